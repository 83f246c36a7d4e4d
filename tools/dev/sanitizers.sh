# How the sanitizers behave in tests: stop at the first finding, name functions, take known noise out.
# shellcheck shell=bash

sanitizer_environment() {
  local symbolizer=/usr/lib/llvm-19/bin/llvm-symbolizer
  local common="halt_on_error=1:external_symbolizer_path=$symbolizer"
  export ASAN_OPTIONS=$common:detect_stack_use_after_return=1:strict_string_checks=1
  export UBSAN_OPTIONS=$common:print_stacktrace=1
  export TSAN_OPTIONS=$common:second_deadlock_stack=1:suppressions=$PWD/tools/tsan.supp
  export LSAN_OPTIONS=suppressions=$PWD/tools/lsan.supp:print_suppressions=0
}
