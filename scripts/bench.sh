#!/bin/bash
# Compares ocimux with every peer that is installed, on the same work in one run, the tools in
# turn: prints tables of medians and of the bound, and draws them. What it makes is in build/bench:
# results.md, results.json, bench.svg, bench.log, and the inputs, which are made once.
#
# usage: scripts/bench.sh [--runs N] [--quick] [JOB...]
#
#   JOB        gzip, zstd, copy, many, inspect, verify; push, push-latency, push-again, push-large (to a
#              docker-registry on loopback, started for each run); without one, all
#   --runs N   how often each command runs (default: 5)
#   --quick    once, with small inputs that are made without a download, in build/bench/quick:
#              to try it
#
# Full inputs take root (debootstrap), a Debian mirror and 7 GB; some six minutes a run of all.
# The machine should have nothing else to do: `cp; sync` waits for everybody's writes.
#
# By the function: build/release/bin/ocimux_bench --benchmark_filter=gzip (see --help).
set -euo pipefail
cd "$(dirname "$0")/.."

runs= inputs=build/bench/inputs results=build/bench quick=() jobs=()
while [ $# -gt 0 ]; do
  case $1 in
    --runs) runs=${2:?--runs needs a number}; shift ;;
    --quick) inputs=build/bench/quick/inputs results=build/bench/quick quick=(--quick) ;;
    -*) sed -n 's/^# \?//; 2,16p' "$0" >&2; exit 2 ;;
    *) jobs+=("$1") ;;
  esac
  shift
done

if [ -z "$runs" ]; then
  runs=5
  [ ${#quick[@]} -eq 0 ] || runs=1
fi

scripts/setup.sh build bench
mkdir -p $results
log=$results/build.log
{ cmake --preset release -DOCIMUX_BENCH=ON &&
  cmake --build --preset release --target ocimux_cli ocimux_bench ocimux_bound; } >$log 2>&1 ||
  { tail -n 30 $log; echo "bench: the build failed" >&2; exit 1; }
PATH=$PWD/build/release/bin:$PATH tests/bench/make_inputs.sh "${quick[@]}" $inputs

status=0
tests/bench/compare.py --inputs $inputs --work $results/work --results $results \
  --programs build/release/bin --runs "$runs" "${jobs[@]}" || status=$?
[ $status -le 1 ] || exit $status
tests/bench/plot.py $results/results.json $results/bench.svg
echo "bench: $results/results.md, $results/bench.svg (what the tools said: $results/bench.log)"
exit $status
