# Debian packages: which are missing, and installing those. The lists are in tools/packages.txt.
# shellcheck shell=bash

readonly package_list=tools/packages.txt

# Prints the packages of the groups named, one a line, each once.
packages_of() {
  awk -v wanted=" $* " '
    { sub(/#.*/, ""); gsub(/[ \t]/, "") }
    /^\[.*\]$/ { group = substr($0, 2, length($0) - 2); inside = index(wanted, " " group " "); next }
    $0 != "" && inside && !seen[$0]++ { print }
  ' "$package_list"
}

# Prints those of the packages named that are not installed.
missing_of() {
  [[ $# -gt 0 ]] || return 0
  # dpkg-query fails when it does not know a package, which is one way of being missing.
  { dpkg-query -W -f='${Package} ${db:Status-Abbrev}\n' "$@" 2>/dev/null || true; } |
    awk -v wanted="$*" '
      $2 ~ /^.i/ { installed[$1] = 1 }
      END {
        count = split(wanted, names, " ")
        for (i = 1; i <= count; i++) if (!(names[i] in installed)) print names[i]
      }'
}

am_root() { [[ $EUID -eq 0 ]]; }

# Runs a command as root, through sudo when needed.
as_root() {
  if am_root; then
    "$@"
  else
    sudo "$@"
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet=2 --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >&2
}

# Installs what the groups named lack; silent and quick when nothing is missing.
require_packages() {
  local -a wanted missing
  command -v dpkg-query >/dev/null ||
    die_machine "this is not Debian (no dpkg-query); build on Debian 12 or in a Debian 12 container"
  mapfile -t wanted < <(packages_of "$@")
  [[ ${#wanted[@]} -gt 0 ]] || die "no packages listed for: $* ($package_list)"
  mapfile -t missing < <(missing_of "${wanted[@]}")
  [[ ${#missing[@]} -gt 0 ]] || return 0

  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  if ! am_root && ! command -v sudo >/dev/null; then
    die_machine "neither root nor sudo here; as root run: apt-get install --no-install-recommends ${missing[*]}"
  fi
  # The lists may be old, or absent as on a minimal image: fetch them only when the first try fails.
  if ! apt_install "${missing[@]}"; then
    note "Fetching the package lists and trying again."
    as_root apt-get update --quiet=2 >&2 || die_machine "apt-get update failed; see its message above"
    apt_install "${missing[@]}" || die_machine "apt-get install failed; see its message above"
  fi
  mapfile -t missing < <(missing_of "${missing[@]}")
  [[ ${#missing[@]} -eq 0 ]] || die_machine "still not installed: ${missing[*]}"
}
