# ./dev fuzz, and the short fuzzing inside ./dev test
# shellcheck shell=bash
# shellcheck source=tools/dev/build.sh
source tools/dev/build.sh
# shellcheck source=tools/dev/sanitizers.sh
source tools/dev/sanitizers.sh

fuzz_help='./dev fuzz [NAME…] [--seconds N] [--list]

Builds the fuzzers with the address and undefined-behaviour sanitizers and runs those named, or all.

  --seconds N   how long each runs (default 60)
  --list        print the fuzzers and leave

Inputs that were found interesting are kept in build/fuzz/NAME/ for the next run; a crash is written
there too, with the command that repeats it. Once mended, keep its input in NAME_corpus/ beside the
fuzzer: ./dev test then runs it for good.'

# The slowest input and the most memory that a parser of a few kilobytes may take under sanitizers.
readonly fuzz_input_seconds=10 fuzz_memory_mib=2048

# Prints the names of the fuzzers in the sources, sorted.
fuzzer_names() {
  find . -path ./build -prune -o -path ./.git -prune -o -name node_modules -prune -o \
    -name '*_fuzz.cpp' -printf '%f\n' | sed 's/\.cpp$//' | sort
}

# Prints the folders that seed a fuzzer: its own corpus and, for the protocol's parsers, the golden vectors.
seeds_of() {
  local source
  source=$(find . -path ./build -prune -o -name "$1.cpp" -print -quit)
  [[ -d ${source%.cpp}_corpus ]] && printf '%s\n' "${source%.cpp}_corpus"
  if [[ $source == ./protocol/* && -d protocol/vectors ]]; then
    printf '%s\n' protocol/vectors
  fi
}

# run_fuzzer NAME SECONDS LOG: the exit code says whether it held.
run_fuzzer() {
  local name=$1 seconds=$2 log=$3 found=build/fuzz/$1
  local -a seeds
  mkdir -p "$found/corpus"
  mapfile -t seeds < <(seeds_of "$name")
  "build/asan/fuzzers/$name" -max_total_time="$seconds" -timeout="$fuzz_input_seconds" \
    -rss_limit_mb="$fuzz_memory_mib" -artifact_prefix="$found/" -print_final_stats=1 -verbosity=0 \
    "$found/corpus" "${seeds[@]}" >"$log" 2>&1
}

fuzz_main() {
  help_if_asked "$fuzz_help" "$@"
  local seconds=60 list=no name log executed failed=0
  local -a chosen=() known
  mapfile -t known < <(fuzzer_names)
  while [[ $# -gt 0 ]]; do
    case $1 in
      --seconds)
        [[ $# -ge 2 ]] || die_usage "--seconds takes a number"
        require_number --seconds "$2"
        seconds=$2
        shift
        ;;
      --list) list=yes ;;
      -*) die_usage "./dev fuzz knows no option '$1'; see ./dev fuzz --help" ;;
      *)
        [[ " ${known[*]} " == *" $1 "* ]] || die_usage "there is no fuzzer '$1'; ./dev fuzz --list prints them"
        chosen+=("$1")
        ;;
    esac
    shift
  done
  if [[ $list == yes ]]; then
    printf '%s\n' "${known[@]}"
    return
  fi
  [[ ${#chosen[@]} -gt 0 ]] || chosen=("${known[@]}")
  [[ ${#chosen[@]} -gt 0 ]] || die "no fuzzers in the tree (*_fuzz.cpp)"

  require_packages build test
  build_preset asan "${chosen[@]}" || die "the build 'asan' failed; its first error is above"
  sanitizer_environment
  for name in "${chosen[@]}"; do
    log=build/fuzz/$name/last.log
    mkdir -p "build/fuzz/$name"
    say "$name for $seconds s"
    if run_fuzzer "$name" "$seconds" "$log"; then
      executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
      note "  held: ${executed:-0} inputs"
    else
      failed=$((failed + 1))
      tail -n 40 "$log" >&2
      complain "  $name failed; repeat with: build/asan/fuzzers/$name build/fuzz/$name/(crash|timeout|oom|leak)-…"
    fi
  done
  ((failed == 0)) || die "$failed of ${#chosen[@]} fuzzers failed"
}
