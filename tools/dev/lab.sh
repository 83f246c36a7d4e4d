# ./dev lab
# shellcheck shell=bash
# shellcheck source=tools/dev/packages.sh
source tools/dev/packages.sh

lab_help='./dev lab [NAME|NUMBER…] [OPTION…]

Builds the networks that offices, hotels and providers really have, from namespaces, nftables, squid and others,
joins a meeting through each and judges it: can both hear, see and chat, by which route, and is each failure named
rightly. All of firewall-lab/networks/ unless some are named. Needs root or sudo; build first (./dev build).

  --list             print the networks and leave
  --representative   only the dozen that ./dev test runs
  --controls         only prove that the networks do what they say; no meeting
  --jobs N           labs side by side (default 2)
  --keep             leave a lab standing and print how to enter it; Ctrl-C ends it
  --json             print {"networks": [{name, expected, got, as_expected, route, join_ms, …}]}
  --programs DIR     where vistimed and vistime are (default build/bin)

A run over all writes firewall-lab/results/matrix.md and matrix.svg. Logs: build/lab/NAME/.
Exit codes: 0 all as expected, 1 not, 2 the command line is wrong, 3 this machine lacks something.'

# Debian starts the services of what it installs; the lab wants the programs only, and a squid or unbound that listens
# on the developer's machine is nothing we may leave behind. policy-rc.d is how Debian is told.
install_lab_packages() {
  local -a wanted missing
  mapfile -t wanted < <(packages_of lab)
  mapfile -t missing < <(missing_of "${wanted[@]}")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  local policy=/usr/sbin/policy-rc.d
  if [[ -e $policy ]]; then
    require_packages lab
    return
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  # shellcheck disable=SC2064 # the path is known now
  trap "as_root rm -f $policy" EXIT
  require_packages lab
  as_root rm -f "$policy"
  trap - EXIT
}

lab_main() {
  help_if_asked "$lab_help" "$@"
  local -a arguments=()
  while (($# > 0)); do
    case $1 in
      --programs)
        [[ $# -ge 2 ]] || die_usage "--programs takes a folder"
        arguments+=(--programs "$(from_caller "$2")")
        shift
        ;;
      --list)
        python3 firewall-lab/lab.py "$@"
        return
        ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  install_lab_packages
  # In this shell's place, so that a signal sent to ./dev reaches the driver, which ends its labs.
  local -a driver=(env "NO_COLOR=${NO_COLOR:-}" PYTHONDONTWRITEBYTECODE=1 python3 firewall-lab/lab.py)
  if am_root; then
    exec "${driver[@]}" "${arguments[@]}"
  fi
  exec sudo "${driver[@]}" "${arguments[@]}"
}
