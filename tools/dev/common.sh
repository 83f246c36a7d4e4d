# What every ./dev command shares. Sourced with the repository's root as the working directory.
# shellcheck shell=bash

if [[ -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  readonly bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
  readonly bold='' red='' plain=''
fi

# Progress goes to standard error, so that standard output stays what the command was asked for.
say() { printf '%s%s%s\n' "$bold" "$*" "$plain" >&2; }
note() { printf '%s\n' "$*" >&2; }
complain() { printf '%s%s%s\n' "$red" "$*" "$plain" >&2; }

die() {
  complain "dev: $1"
  exit "${2:-1}"
}
die_usage() { die "$1" 2; }
die_machine() { die "$1" 3; }

# Prints help and leaves when --help stands anywhere before a bare "--".
# $1: the help text; then the command's arguments.
help_if_asked() {
  local text=$1 argument
  shift
  for argument in "$@"; do
    case $argument in
      --) return 0 ;;
      -h | --help)
        printf '%s\n' "$text"
        exit 0
        ;;
    esac
  done
}

# $1: an option's name, $2: its value. Leaves with a usage error unless it is a whole number above zero.
require_number() {
  [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || die_usage "$1 takes a whole number above zero, not '$2'"
}

# A path given on the command line means what it meant where ./dev was called.
from_caller() {
  if [[ $1 == /* ]]; then printf '%s\n' "$1"; else printf '%s\n' "${called_from:-$PWD}/$1"; fi
}

# Parallel jobs: one per processor, but no more than memory allows (a heavy Asio file takes about 1.5 GB).
jobs() {
  local processors memory_kib by_memory
  if [[ -n ${VISTIME_JOBS:-} ]]; then
    require_number VISTIME_JOBS "$VISTIME_JOBS"
    echo "$VISTIME_JOBS"
    return
  fi
  processors=$(nproc)
  memory_kib=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  by_memory=$((memory_kib / 1572864))
  ((by_memory >= 1)) || by_memory=1
  echo $((processors < by_memory ? processors : by_memory))
}

# No __pycache__ folders among the sources.
export PYTHONDONTWRITEBYTECODE=1

# One ccache serves every clone: paths below the root are hashed relative to it.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$PWD} CCACHE_NOHASHDIR=1
# Without these ccache declines whatever uses a precompiled header.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}
