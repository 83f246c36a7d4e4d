# ./dev bench
# shellcheck shell=bash
# shellcheck source=tools/dev/build.sh
source tools/dev/build.sh

bench_help='./dev bench NAME… [--json]
./dev bench --list

Installs what is missing (also the peers to measure against), builds the release preset, runs the
benchmarks named and prints their figures beside the peers'"'"' and the aims.

  --json   the same as {"figures": [{bench, name, value, unit, peer, peer_value, ratio, aim, met}]}
  --list   print the benchmarks and leave

A benchmark is a folder of bench/ with a program "run", or the micro-benchmarks of a folder
(*_bench.cpp, by the name of the folder). See docs/build/benches.md.'

bench_main() {
  help_if_asked "$bench_help" "$@"
  local argument names=0
  for argument in "$@"; do
    case $argument in
      --list)
        python3 tools/bench.py --list
        return
        ;;
      --json) ;;
      -*) die_usage "./dev bench knows no '$argument'; see ./dev bench --help" ;;
      *) names=$((names + 1)) ;;
    esac
  done
  ((names > 0)) || die_usage "./dev bench takes the names of benchmarks; ./dev bench --list prints them"
  require_packages build bench browser
  build_preset release || die "the build failed; its first error is above"
  # Debian puts mumble's server, as others, where only root's PATH looks.
  PATH=$PATH:/usr/sbin:/sbin python3 tools/bench.py "$@"
}
