#!/bin/bash
# Checks the format of all C++ code and runs clang-tidy over src/.
#
# usage: scripts/lint.sh [--fix] [--format] [--analyze] [PATTERN]
#   --fix      formats instead of checking the format
#   --analyze  also clang's static analyzer, which doubles the time
#   --format   leaves out clang-tidy
#   PATTERN    clang-tidy only for sources whose path matches this expression
set -euo pipefail
cd "$(dirname "$0")/.."

format=(--dry-run --Werror)
tidy=yes
checks=(-checks='-clang-analyzer-*')
pattern='/src/[a-z]+/[a-z0-9_]+\.cpp$' # nothing generated, no tests: gtest's macros are not ours
while [ $# -gt 0 ]; do
  case $1 in
    --fix) format=(-i) ;;
    --format) tidy=no ;;
    --analyze) checks=() ;;
    -*) echo "usage: $0 [--fix] [--format] [--analyze] [PATTERN]" >&2; exit 2 ;;
    *) pattern=$1 ;;
  esac
  shift
done

mkdir -p build
found=0
if find src include gtest tests -name '*.[ch]pp' -print0 |
  xargs -0 clang-format-16 "${format[@]}" >build/lint.log 2>&1; then
  echo "lint: the format is right"
else
  grep -o '^[^:]*:[0-9]*:[0-9]*: error: .*' build/lint.log || cat build/lint.log
  echo "lint: scripts/lint.sh --fix --format corrects the format" >&2
  found=1
fi
[ $tidy = yes ] || exit $found

# The clang build's commands: g++ has options that clang does not know.
cmake --preset clang >/dev/null
if scripts/tidy.py build/clang "$pattern" "${checks[@]}"; then
  echo "lint: clang-tidy has no findings"
else
  echo "lint: clang-tidy has findings" >&2
  found=1
fi
exit $found
