#!/bin/bash
# Everything that must hold before a change lands.
#
# usage: scripts/test.sh            all parts: release asan e2e lint
#        scripts/test.sh --fast     release only
#        scripts/test.sh PART...    these parts (there are also: clang tsan analyze)
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)

build() { # preset [option...]
  cmake --preset "$1" "${@:2}"
  cmake --build --preset "$1"
}

# Unit and CLI tests, the layering, the installed package, embedding; and that the benchmarks
# still run.
part_release() {
  scripts/setup.sh build
  build release -DOCIMUX_BENCH=ON
  ctest --preset release -j "$jobs" -LE '^e2e$'
}

part_asan() {
  scripts/setup.sh build
  build asan
  ctest --preset asan -j "$jobs"
}

# Not among the parts that run by default: for work on what runs in parallel.
part_tsan() {
  scripts/setup.sh build
  build tsan
  ctest --preset tsan -j "$jobs" -L '^unit$'
}

# Against the real tools. One that is missing skips a test, which is a failure
# here: setup installs them all.
part_e2e() {
  scripts/setup.sh build e2e
  build release -DOCIMUX_E2E=ON
  # One more than there are processors: daemons take their time to start.
  ctest --preset release -j $((jobs + 1)) -L '^e2e$' | tee build/e2e.log
  if grep -q '\*\*\*Skipped' build/e2e.log; then
    echo "test: end-to-end tests were skipped" >&2
    return 1
  fi
}

# Another compiler; clang-tidy tells most of its warnings in the lint part.
part_clang() {
  scripts/setup.sh build lint
  build clang
  ctest --preset clang -j "$jobs" -L '^unit$'
}

part_lint() {
  scripts/setup.sh build lint
  scripts/lint.sh
}

# With clang's static analyzer, which takes as long again as all other checks.
part_analyze() {
  scripts/setup.sh build lint
  scripts/lint.sh --analyze
}

case ${1:-} in
  '') set -- release asan e2e lint ;;
  --fast) set -- release ;;
esac
for part in "$@"; do
  if ! declare -F "part_$part" >/dev/null; then
    sed -n 's/^# \?//; 2,6p' "$0" >&2
    exit 2
  fi
done

if [ $# -eq 1 ]; then
  echo "=== $1"
  "part_$1"
  echo "=== $1 passed after $SECONDS s"
  exit
fi
# All parts run even where one fails: a red run should tell everything it knows.
failed=()
for part in "$@"; do
  scripts/test.sh "$part" || { echo "=== $part FAILED"; failed+=("$part"); }
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "test: failed: ${failed[*]}" >&2
  exit 1
fi
echo "test: passed: $* ($SECONDS s)"
