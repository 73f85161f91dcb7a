#!/bin/bash
# Runs the fuzz targets (tests/fuzz, docs/fuzzing.md) under libFuzzer and says what was found.
#
# usage: scripts/fuzz.sh [--minutes N] [--seeds DIRECTORY] [TARGET...]
#        scripts/fuzz.sh --keep [--seeds DIRECTORY] [TARGET...]
#   --minutes N  of processor time for each target (default: 30)
#   --seeds      further inputs to begin with: DIRECTORY/TARGET/*, as tests/fuzz/make_seeds.py makes
#   --keep       runs nothing: makes tests/fuzz/corpus/TARGET of all inputs below 16 KiB, as few as
#                reach the same code
# Exits with 1 when there are findings; they stay in build/fuzz/work/TARGET/findings.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n 's/^# \?//; 3,11p' "$0" >&2
  exit 2
}

minutes=30 seeds='' keep=no
while [ $# -gt 0 ]; do
  case $1 in
    --minutes) [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage; minutes=$2; shift ;;
    --seeds) [ -d "${2:-}" ] || usage; seeds=$2; shift ;;
    --keep) keep=yes ;;
    -*) usage ;;
    *) break ;;
  esac
  shift
done

scripts/setup.sh build fuzz
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
programs=build/fuzz/tests/fuzz
if [ $# -eq 0 ]; then
  mapfile -t targets < <(cd tests/fuzz && printf '%s\n' *_fuzz.cpp | sed 's/_fuzz\.cpp$//')
  set -- "${targets[@]}"
fi
for target in "$@"; do
  [ -x "$programs/fuzz_$target" ] || { echo "fuzz: there is no target $target" >&2; exit 2; }
done

# What inputs unpack to goes to memory; 1 GiB is the most that is unpacked of a small one.
[ -n "${TMPDIR:-}" ] || [ ! -w /dev/shm ] || export TMPDIR=/dev/shm
# leaks: libFuzzer looks for them itself. allocator_may_return_null: a size nobody can have is to be
# an exception, as without sanitizers.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

inputs_of() { # target: the directories there are
  local directory
  for directory in "build/fuzz/work/$1/corpus" "tests/fuzz/corpus/$1" \
      "tests/fuzz/regressions/$1" ${seeds:+"$seeds/$1"}; do
    [ ! -d "$directory" ] || echo "$directory"
  done
}

keep_inputs() { # target
  local kept=build/fuzz/work/$1/kept small=build/fuzz/work/$1/small directories directory
  rm -rf "$kept" "$small" && mkdir -p "$kept" "$small"
  mapfile -t directories < <(inputs_of "$1")
  for directory in "${directories[@]}"; do
    mkdir -p "$small/$directory"
    find "$directory" -type f -size -17k -exec cp -t "$small/$directory" {} +
  done
  "$programs/fuzz_$1" -set_cover_merge=1 -use_counters=0 -timeout=60 -rss_limit_mb=2048 -verbosity=0 \
    "$kept" "$small" >"build/fuzz/work/$1/merge.log" 2>&1 ||
    { tail -20 "build/fuzz/work/$1/merge.log" >&2; return 1; }
  rm -rf "tests/fuzz/corpus/$1"
  mv "$kept" "tests/fuzz/corpus/$1"
  echo "$1: $(find "tests/fuzz/corpus/$1" -type f | wc -l) inputs," \
    "$(find "tests/fuzz/corpus/$1" -type f -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }') bytes"
}

if [ $keep = yes ]; then
  for target in "$@"; do keep_inputs "$target"; done
  exit
fi

statistic() { # name: the sum of what all runs of this target said
  awk -v name="stat::$1:" '$1 == name { sum += $2 } END { print sum + 0 }' "$log"
}

# libFuzzer counts the time on the wall; so it runs a minute at a time, until the processor has
# worked as long as it was to.
run_target() { # target
  local target=$1 work=build/fuzz/work/$1 wanted=$((minutes * 60)) directories dictionary=() slice
  used=0 log=$work/log
  mkdir -p "$work/corpus" "$work/findings"
  : >"$log"
  mapfile -t directories < <(inputs_of "$target")
  [ ! -f "tests/fuzz/$target.dict" ] || dictionary=("-dict=tests/fuzz/$target.dict")
  while [ "$used" -lt "$wanted" ]; do
    slice=$((wanted - used < 60 ? wanted - used : 60))
    if ! /usr/bin/time -f 'cpu %U %S' -o "$work/time" \
      "$programs/fuzz_$target" -max_total_time="$slice" -timeout=25 -rss_limit_mb=2048 \
      -print_final_stats=1 -artifact_prefix="$work/findings/" "${dictionary[@]}" \
      "${directories[@]}" >>"$log" 2>&1; then
      break
    fi
    used=$((used + $(awk '$1 == "cpu" { printf "%d", $2 + $3 + 1 }' "$work/time")))
  done
  findings=$(find "$work/findings" -type f | wc -l)
}

failed=0
printf '%-12s %10s %14s %10s %9s\n' target 'CPU min' executions 'new inputs' findings
for target in "$@"; do
  run_target "$target"
  printf '%-12s %10s %14s %10s %9s\n' "$target" \
    "$(awk -v s="$used" 'BEGIN { printf "%.1f", s / 60 }')" \
    "$(statistic number_of_executed_units)" "$(statistic new_units_added)" "$findings"
  if [ "$findings" -gt 0 ] || [ "$used" -lt $((minutes * 60)) ]; then
    failed=1
    grep -E '^(fuzz: |==[0-9]+== ?ERROR|SUMMARY|.*runtime error)' "$log" | head -5 || tail -5 "$log"
  fi
done
[ $failed = 0 ] || echo "fuzz: findings are in build/fuzz/work/*/findings" >&2
exit $failed
