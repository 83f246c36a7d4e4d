# The web client: its packages.
# shellcheck shell=bash

readonly web_folder=client/web

# Debian's Node.js unless there is one already, whose packages Debian's would not go with.
require_node() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then require_packages web; fi
}

# Installs the packages that package-lock.json names; nothing when they are there. Not by "npm ci", which refuses a lock
# file that lacks other systems' optional packages, and not every registry carries those.
install_web_packages() {
  local installed=$web_folder/node_modules/.package-lock.json stamp=$web_folder/node_modules/.installed
  require_node
  if [[ -f $installed && -f $stamp ]] && cmp -s "$web_folder/package-lock.json" "$stamp"; then return 0; fi
  say "Installing the web client's packages"
  npm --prefix "$web_folder" install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || return 1
  cp "$web_folder/package-lock.json" "$stamp"
}
