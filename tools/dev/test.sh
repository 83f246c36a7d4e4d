# ./dev test
# shellcheck shell=bash
# shellcheck source=tools/dev/fuzz.sh
source tools/dev/fuzz.sh

test_help='./dev test [--only unit|system|fuzz]… [--preset release|asan|tsan|debug|clang]… [--fuzz-seconds N]

Installs what is missing, builds and runs every test:
  release   unit and system tests, the unit tests of the web client, and its engine in a real browser; the unit
            tests of the firewall lab and a dozen of its networks
  asan      the same under the address and undefined-behaviour sanitizers, then each fuzzer for a short while
  tsan      the same under the thread sanitizer
and ends with a table and the line "N passed, N failed". A build that fails counts as one failure;
the remaining builds are still tried.

  --only KIND        only this kind of test; may be repeated
  --preset NAME      only this build; may be repeated
  --fuzz-seconds N   how long each fuzzer runs (default 5)
Results: build/test-results/, as JUnit XML and logs.'

readonly results=build/test-results

# note_result STAGE PASSED FAILED SECONDS: a result that did not come from ctest.
note_result() { printf '%s\t%s\t%s\t0\t%s\n' "$@" >>"$results/other.tsv"; }

# run_ctest PRESET KIND JOBS CTEST-OPTION…
run_ctest() {
  local preset=$1 kind=$2 parallel=$3 report
  shift 3
  report=$PWD/$results/$preset-$kind.xml
  say "[$preset] $kind tests"
  # The whole output of a passing test is kept: the summary reads from it how many cases ran.
  ctest --test-dir "build/$preset" --no-tests=error --output-on-failure -j "$parallel" "$@" \
    --output-junit "$report" --test-output-size-passed 1000000 --test-output-size-failed 1000000 \
    --test-output-truncation head >"$results/$preset-$kind.log" 2>&1 || {
    # Failed tests print their output; passed ones are of no interest here.
    sed -e '/\.\.\. *Passed/d' "$results/$preset-$kind.log" >&2
    # No report means that ctest itself failed, for instance because it found no tests.
    [[ -s $report ]] || note_result "$preset $kind" 0 1 0
  }
}

run_unit_tests() { run_ctest "$1" unit "$(jobs)" --label-exclude system; }

# One at a time: they start servers, and share the machine's ports and its two cores.
run_system_tests() {
  if [[ -f system-tests/CMakeLists.txt ]]; then
    run_ctest "$1" system 1 --label-regex system
  fi
}

# Every fuzzer for a short while, as many at once as there are jobs.
run_short_fuzzing() {
  local seconds=$1 parallel name running=0
  local -a names
  mapfile -t names < <(fuzzer_names)
  [[ ${#names[@]} -gt 0 ]] || return 0
  say "[asan] ${#names[@]} fuzzers, $seconds s each"
  parallel=$(jobs)
  for name in "${names[@]}"; do
    if ((running >= parallel)); then
      wait -n || true
      running=$((running - 1))
    fi
    fuzz_shortly "$name" "$seconds" &
    running=$((running + 1))
  done
  wait
}

fuzz_shortly() {
  local name=$1 log=$results/$1.log
  if run_fuzzer "$name" "$2" "$log"; then
    note_result "asan fuzz" 1 0 "$2"
  else
    note_result "asan fuzz" 0 1 "$2"
    { complain "$name failed:" && tail -n 40 "$log"; } >&2
  fi
}

# The web client's unit tests.
run_web_tests() {
  local started=$SECONDS passed failed report=$PWD/$results/web.json log=$PWD/$results/web.log
  say "[web] unit tests"
  if ! { install_web_packages && npm --prefix "$web_folder" run --silent messages; } >"$log" 2>&1; then
    cat "$log" >&2
    note_result "web unit" 0 1 $((SECONDS - started))
    return 0
  fi
  (
    cd "$web_folder" && npx --no-install tsc --noEmit &&
      npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$report"
  ) >>"$log" 2>&1 || cat "$log" >&2
  # Without a report the tests did not run. A file that cannot be read fails as a suite, without a test.
  read -r passed failed < <(python3 -c 'import json, sys
report = json.load(open(sys.argv[1]))
print(report["numPassedTests"], report["numFailedTests"] or report["numFailedTestSuites"])' \
    "$report" 2>/dev/null || echo 0 1)
  note_result "web unit" "$passed" "$failed" $((SECONDS - started))
}

# The web client and its engine in a real browser, against the release build's programs.
run_browser_tests() {
  local started=$SECONDS passed failed report=$PWD/$results/browser.tap log=$PWD/$results/browser.log
  say "[web] tests in a browser"
  require_packages browser
  if build_web >"$log" 2>&1 && npm --prefix "$web_folder" run --silent build:testing >>"$log" 2>&1; then
    # One file at a time: each fills the machine.
    node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stdout \
      --test-reporter=tap --test-reporter-destination="$report" system-tests/web/ >>"$log" 2>&1 || cat "$log" >&2
  else
    cat "$log" >&2
  fi
  # Without a report the tests did not run.
  passed=$(sed -n 's/^# pass //p' "$report" 2>/dev/null)
  failed=$(sed -n 's/^# fail //p' "$report" 2>/dev/null)
  note_result "web system" "${passed:-0}" "${failed:-1}" $((SECONDS - started))
}

# The lab's own unit tests, and a dozen of its networks with the release build's programs. What is not as expected is tried
# once more: a network that another program's load has slowed down is no failure.
run_lab_tests() {
  local started=$SECONDS passed failed status report=$PWD/$results/lab.json log=$PWD/$results/lab.log
  local -a again
  say "[lab] unit tests"
  if (cd firewall-lab && python3 -m unittest discover --pattern '*_test.py') >"$log" 2>&1; then
    note_result "lab unit" "$(sed -n 's/^Ran \([0-9]*\) tests.*/\1/p' "$log")" 0 $((SECONDS - started))
  else
    cat "$log" >&2
    note_result "lab unit" 0 1 $((SECONDS - started))
  fi
  started=$SECONDS
  say "[lab] a dozen networks"
  status=0
  ./dev lab --representative --programs build/release/bin --json >"$report" 2>>"$log" || status=$?
  if ((status == 3)); then
    tail -n 5 "$log" >&2
    say "[lab] this machine cannot hold the networks: left out"
    return 0
  fi
  mapfile -t again < <(lab_results "$report" failed)
  passed=$(lab_results "$report" passed | wc -l)
  failed=${#again[@]}
  if ((failed > 0)); then
    ./dev lab "${again[@]}" --programs build/release/bin --jobs 1 --json >"$report" 2>>"$log" || cat "$log" >&2
    passed=$((passed + $(lab_results "$report" passed | wc -l)))
    failed=$(lab_results "$report" failed | wc -l)
  fi
  if ((passed + failed == 0)); then
    cat "$log" >&2
    failed=1
  fi
  note_result "lab system" "$passed" "$failed" $((SECONDS - started))
}

# lab_results REPORT passed|failed: names, a line each.
lab_results() {
  python3 -c 'import json, sys
for network in json.load(open(sys.argv[1]))["networks"]:
    if network["as_expected"] == (sys.argv[2] == "passed"):
        print(network["name"])' "$1" "$2" 2>/dev/null || true
}

# wants KIND: whether --only allows it.
wants() { [[ ${#only[@]} -eq 0 || " ${only[*]} " == *" $1 "* ]]; }

test_preset() {
  local preset=$1 fuzz_seconds=$2 started=$SECONDS
  local -a targets=()
  if ! wants unit && ! wants system; then
    [[ $preset == asan ]] || return 0
    mapfile -t targets < <(fuzzer_names)
  fi
  say "[$preset] building"
  if ! build_preset "$preset" "${targets[@]}"; then
    note_result "$preset build" 0 1 $((SECONDS - started))
    return 0
  fi
  note_result "$preset build" 0 0 $((SECONDS - started))
  if wants unit; then run_unit_tests "$preset"; fi
  if wants system; then run_system_tests "$preset"; fi
  if [[ $preset == asan ]] && wants fuzz; then run_short_fuzzing "$fuzz_seconds"; fi
}

test_main() {
  help_if_asked "$test_help" "$@"
  local fuzz_seconds=5 preset
  local -a chosen=() only=()
  while [[ $# -gt 0 ]]; do
    [[ $# -ge 2 || $1 != --* ]] || die_usage "$1 takes a value; see ./dev test --help"
    case $1 in
      --only)
        [[ " unit system fuzz " == *" $2 "* ]] || die_usage "--only takes unit, system or fuzz, not '$2'"
        only+=("$2")
        ;;
      --preset)
        require_preset "$2"
        chosen+=("$2")
        ;;
      --fuzz-seconds)
        require_number --fuzz-seconds "$2"
        fuzz_seconds=$2
        ;;
      *) die_usage "./dev test knows no '$1'; see ./dev test --help" ;;
    esac
    shift 2
  done
  [[ ${#chosen[@]} -gt 0 ]] || chosen=(release asan tsan)

  require_packages build test
  rm -rf "$results"
  mkdir -p "$results"
  sanitizer_environment
  for preset in "${chosen[@]}"; do
    test_preset "$preset" "$fuzz_seconds"
    if [[ $preset == release ]] && wants unit; then run_web_tests; fi
    if [[ $preset == release ]] && wants system; then
      run_browser_tests
      run_lab_tests
    fi
  done
  python3 tools/test_summary.py "$results" || exit 1
}
