# ./dev screenshots
# shellcheck shell=bash
# shellcheck source=tools/dev/build.sh
source tools/dev/build.sh

screenshots_help='./dev screenshots

Installs what is missing, builds, opens every view of the web client in a real browser and keeps a picture of each at
375x812, 1280x800 and 1920x1080, light and dark, in build/screenshots. Look at them after a change of what people see.'

screenshots_main() {
  help_if_asked "$screenshots_help" "$@"
  [[ $# -eq 0 ]] || die_usage "./dev screenshots takes no arguments"
  require_packages build browser
  build_preset release || die "the build failed; its first error is above"
  build_web || die "the web client was not built; see above"
  VISTIME_SCREENSHOTS=all node --test --test-reporter=spec system-tests/web/views.test.mjs >&2
  say "build/screenshots holds $(find build/screenshots -name '*.png' | wc -l) pictures"
}
