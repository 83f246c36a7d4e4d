# ./dev check
# shellcheck shell=bash
# shellcheck source=tools/dev/build.sh
source tools/dev/build.sh

check_help='./dev check [--quick] [--all] [--full] [--fix]

  format        clang-format on every C++ file
  dependencies  folders include one another in one direction only
  files         no file above 600 lines; remarks on long functions and on sources without a test
  text          no marks of unfinished work, no paths of one machine, no package hosts in lock files
  coroutines    no closure made inside a co_await expression, which g++ 12 destroys twice
  shell         shellcheck on the scripts
  web           Biome: format and lint of the web client
  lint          clang-tidy on the C++ files changed since the main branch

  --quick   leave lint out (seconds; what continuous integration runs)
  --all     lint every file
  --full    also compile everything with clang and -Werror
  --fix     format the files instead of complaining'

# source_files ENDING…: the project's files; a check that finds none has looked in the wrong place.
source_files() {
  python3 tools/source_files.py "$@" || {
    echo "no files found that end in: $*" >&2
    return 1
  }
}

# The C++ sources that differ from the main branch, or from HEAD when on it.
changed_sources() {
  local since=HEAD
  since=$(git merge-base HEAD origin/main 2>/dev/null || git merge-base HEAD main 2>/dev/null || echo HEAD)
  {
    git diff --name-only --diff-filter=d "$since" -- '*.cpp'
    git ls-files --others --exclude-standard -- '*.cpp'
  } | sort -u
}

check_format() {
  local names
  local -a files
  names=$(source_files .cpp .hpp) || return 1
  mapfile -t files <<<"$names"
  if [[ $1 == fix ]]; then
    clang-format-19 -i "${files[@]}"
  else
    local complaints
    complaints=$(clang-format-19 --dry-run -Werror "${files[@]}" 2>&1) && return 0
    # The first complaint of each file is enough.
    grep -F 'error:' <<<"$complaints" | sort -t: -k1,1 -u
    echo "./dev check --fix formats these files"
    return 1
  fi
}

check_shell() {
  local names
  local -a files
  names=$(source_files .sh .ci/run) || return 1
  mapfile -t files <<<"$names"
  files+=(dev)
  shellcheck --external-sources "${files[@]}"
}

check_lint() {
  local -a files
  if [[ $1 == all ]]; then
    mapfile -t files < <(source_files .cpp)
  else
    mapfile -t files < <(changed_sources)
  fi
  [[ ${#files[@]} -gt 0 ]] || return 0
  # Generated headers must exist, so everything is built first; clang reads clang's own command lines best.
  build_preset clang || return 1
  printf '%s\0' "${files[@]}" |
    xargs -0 -n 1 -P "$(jobs)" clang-tidy-19 -p build/clang --quiet --warnings-as-errors='*'
}

check_web() {
  local -a fix=()
  if [[ $1 == fix ]]; then fix=(--write); fi
  install_web_packages || return 1
  (cd "$web_folder" && npx --no-install biome check "${fix[@]}" .)
}

# run_check NAME COMMAND…: runs one check; its output is shown when it fails or has remarks.
run_check() {
  local name=$1 output code=0
  shift
  output=$("$@" 2>&1) || code=$?
  if ((code == 0)); then
    note "$(printf '%-13s ok' "$name")"
    if [[ $output == *'(remark)'* ]]; then grep -F '(remark)' <<<"$output" | sed 's/^/  /' >&2; fi
  else
    complain "$(printf '%-13s failed' "$name")"
    printf '%s\n' "$output" | sed 's/^/  /' >&2
    failed_checks+=("$name")
  fi
}

check_main() {
  help_if_asked "$check_help" "$@"
  local quick=no lint=changed full=no format=look
  local -a failed_checks=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      --quick) quick=yes ;;
      --all) lint=all ;;
      --full) full=yes ;;
      --fix) format=fix ;;
      *) die_usage "./dev check knows no '$1'; see ./dev check --help" ;;
    esac
    shift
  done
  require_packages build check
  run_check format check_format "$format"
  run_check dependencies python3 tools/check_dependencies.py
  run_check files python3 tools/check_files.py
  run_check text python3 tools/check_text.py
  run_check coroutines python3 tools/check_coroutines.py
  run_check shell check_shell
  run_check web check_web "$format"
  if [[ $full == yes ]]; then run_check clang build_preset clang; fi
  if [[ $quick == no ]]; then run_check lint check_lint "$lint"; fi
  [[ ${#failed_checks[@]} -eq 0 ]] || die "failed: ${failed_checks[*]}"
}
