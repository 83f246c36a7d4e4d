# ./dev build
# shellcheck shell=bash
# shellcheck source=tools/dev/packages.sh
source tools/dev/packages.sh
# shellcheck source=tools/dev/web.sh
source tools/dev/web.sh

readonly build_log_lines=60
readonly presets="release debug asan tsan clang"

build_help='./dev build [PRESET…] [--target NAME]

Installs what is missing, then compiles. Presets, each in build/PRESET:
  release   what users run (the default); its programs also appear in build/bin/, the web client in build/web/
  debug     not optimised, for the debugger
  asan      clang, address and undefined-behaviour sanitizers, fuzzers
  tsan      clang, thread sanitizer
  clang     clang, warnings are errors, everything compiled

  --target NAME   build only this target'

require_preset() {
  [[ " $presets " == *" $1 "* ]] || die_usage "there is no preset '$1'; there are: $presets"
}

# The packages a preset needs.
packages_for_preset() {
  case $1 in
    release | debug) require_packages build ;;
    *) require_packages build test ;;
  esac
}

# What a configuration depends on that ninja does not watch: the presets, and which folders take part.
configuration_fingerprint() {
  { cat CMakePresets.json && printf '%s\n' */CMakeLists.txt */*/CMakeLists.txt; } | cksum
}

# Runs CMake when the preset's build folder is absent or was made for another set of folders.
configure_preset() {
  local preset=$1 stamp=build/$1/.configured now log=build/$1/configure.log
  now=$(configuration_fingerprint)
  if [[ -f build/$preset/build.ninja && -f $stamp && $(<"$stamp") == "$now" ]]; then
    return 0
  fi
  mkdir -p "build/$preset"
  rm -f "$stamp"
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    return 1
  fi
  printf '%s\n' "$now" >"$stamp"
}

# A terminal gets ninja's one moving line; a log gets the beginning of what went wrong, since one mistake in a
# template fills pages. Standard output belongs to the command that needed the build.
compile() {
  local preset=$1 log=build/$1/build.log
  local -a ninja
  shift
  ninja=(ninja -C "build/$preset" -j "$(jobs)" "$@")
  if [[ -t 2 ]]; then
    NINJA_STATUS="[$preset %f/%t] " "${ninja[@]}" >&2
  elif ! "${ninja[@]}" --quiet >"$log" 2>&1; then
    head -n "$build_log_lines" "$log" | cut -c 1-400 >&2
    note "The whole of it: $log"
    return 1
  fi
}

# build_preset PRESET [TARGET…]: configures and compiles; the exit code says whether that worked.
build_preset() {
  local preset=$1
  shift
  configure_preset "$preset" || return 1
  compile "$preset" "$@" || return 1
  if [[ $preset == release ]]; then
    mkdir -p build/release/bin
    # A folder of that name would swallow the link instead of being replaced by it.
    [[ -L build/bin || ! -e build/bin ]] || die "build/bin is not a link; remove it"
    ln -sfn release/bin build/bin
  fi
}

build_main() {
  help_if_asked "$build_help" "$@"
  local -a chosen=() targets=()
  local preset started
  while [[ $# -gt 0 ]]; do
    case $1 in
      --target)
        [[ $# -ge 2 ]] || die_usage "--target takes a name"
        targets+=("$2")
        shift
        ;;
      -*) die_usage "./dev build knows no option '$1'; see ./dev build --help" ;;
      *)
        require_preset "$1"
        chosen+=("$1")
        ;;
    esac
    shift
  done
  [[ ${#chosen[@]} -gt 0 ]] || chosen=(release)
  for preset in "${chosen[@]}"; do
    packages_for_preset "$preset"
    started=$SECONDS
    build_preset "$preset" "${targets[@]}" || die "the build '$preset' failed; its first error is above"
    if [[ $preset == release && ${#targets[@]} -eq 0 ]]; then
      build_web || die "the web client could not be built; the error is above"
    fi
    note "build/$preset is up to date ($((SECONDS - started)) s)"
  done
}
