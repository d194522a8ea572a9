#!/usr/bin/env bash
# ./pktlab test [--only NAME] [--long]: builds everything, runs all tests, counts them from their reports.
#   --only NAME  the tests of one module (a folder of bundles/, mlets/ or itests/), or of classes with that name (* allowed)
#   --long       soak, fuzz and fault counts in full
# Exit status: 0 all passed; 1 a test failed, or was skipped without being optional, or the build failed; 2 wrong command line.
set -euo pipefail

here="$1"
maven="$2"
shift 2
only=""
long=false

usage() {
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

while (($# > 0)); do
  case "$1" in
    --only)
      [[ $# -ge 2 ]] || { echo "pktlab: --only needs a name" >&2; exit 2; }
      only="$2"
      shift 2
      ;;
    --only=*) only="${1#--only=}"; shift ;;
    --long) long=true; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "pktlab: test does not know '$1'" >&2; usage >&2; exit 2 ;;
  esac
done

cd -- "$here"
log="$here/features/target/test.log"
mkdir -p "${log%/*}"
arguments=(-B -fae "-Dmaven.test.failure.ignore=true" "-Dpktlab.long=$long")
reported="$here"
if [[ -n "$only" ]]; then
  module=""
  for group in bundles mlets itests; do
    [[ -f "$group/$only/pom.xml" ]] && module="$group/$only"
  done
  if [[ -n "$module" ]]; then
    # The modules it stands on are built, and their tests left out.
    reported="$here/$module"
    arguments+=(-pl "$module" -am "-Dsurefire.failIfNoSpecifiedTests=false")
    if [[ ! -d "$module/src/test/java" ]]; then
      arguments+=("-Dtest=NoneOfThese") # its tests run inside a framework, and those of the modules it stands on are left out
    else
      sources="$(cd "$module/src/test/java" && find . -name '*.java' -printf '%h\n' | sort -u | sed -e 's,^\./,,' -e 's,$,/*,' | paste -sd, -)"
      arguments+=("-Dtest=$sources")
    fi
  else
    arguments+=("-Dtest=$only" "-Dit.test=$only" "-Dsurefire.failIfNoSpecifiedTests=false" "-Dfailsafe.failIfNoSpecifiedTests=false")
  fi
fi

# What an earlier run reported is not to be counted again.
find "$here" -type d \( -name surefire-reports -o -name failsafe-reports -o -name test-reports \) -path '*/target/*' -prune -exec rm -rf {} +

begin=$SECONDS
echo "Building and testing (log: $log)"
status=0
"$maven" "${arguments[@]}" verify 2>&1 | tee "$log" | grep --line-buffered -E '^\[INFO\] Building |^\[INFO\] Tests run: .*[0-9] s$|^\[ERROR\] .*(Failed to execute|COMPILATION)' || true
status="${PIPESTATUS[0]}"
if ((status == 0)) && [[ -z "$only" ]]; then
  touch -r "$log" "$here/features/target/dist/.built" 2> /dev/null || true
fi

java="java"
[[ -n "${JAVA_HOME:-}" && -x "$JAVA_HOME/bin/java" ]] && java="$JAVA_HOME/bin/java"
echo "Took $((SECONDS - begin)) s"
if ((status != 0)); then
  grep -m 10 -E '^\[ERROR\]' "$log" || tail -n 20 "$log"
  echo "The build failed; the whole log is in $log"
fi
counted=0
"$java" "$here/features/TestReport.java" "$reported" || counted=$?
((status == 0)) || exit 1
exit "$counted"
