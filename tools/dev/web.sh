# The web client: its packages and its build.
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

# What the web client is made of, as one number.
web_fingerprint() {
  {
    git ls-files -z --cached --others --exclude-standard -- "$web_folder" client/tokens.json protocol CMakeLists.txt |
      sort -z | xargs -0 sha256sum
  } 2>/dev/null | cksum
}

# Builds into build/web; nothing when it is up to date.
build_web() {
  local now stamp=build/web.built log=build/web.log
  [[ -f $web_folder/package.json ]] || return 0
  install_web_packages || return 1
  now=$(web_fingerprint)
  if [[ -f build/web/index.html && -f $stamp && $(<"$stamp") == "$now" ]]; then return 0; fi
  mkdir -p build
  rm -f "$stamp"
  if ! npm --prefix "$web_folder" run --silent build >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    return 1
  fi
  printf '%s\n' "$now" >"$stamp"
}
