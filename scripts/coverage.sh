#!/bin/bash
# The share of src/'s lines that unit and CLI tests run; fails below MINIMUM
# percent (default 85). The details are in build/coverage/report/index.html.
#
# usage: scripts/coverage.sh [MINIMUM]
set -euo pipefail
cd "$(dirname "$0")/.."
minimum=${1:-85}

cmake --preset coverage
cmake --build --preset coverage
# Counts of earlier runs, and of sources that are gone, must not count.
find build/coverage -name '*.gcda' -delete
ctest --preset coverage -j "$(nproc)" -L '^(unit|cli)$'

mkdir -p build/coverage/report
# Branches that only exist because something might throw are nobody's to cover.
gcovr --root . --object-directory build/coverage \
  --filter 'src/' --filter 'include/' --exclude-throw-branches \
  --html-details build/coverage/report/index.html \
  --print-summary --fail-under-line "$minimum" -j "$(nproc)"
