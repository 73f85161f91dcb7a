#!/bin/bash
# A command line that cannot be is told with exit status 2 and a hint, and nothing is written.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rootfs app-linux-amd64.tar
for line in "" "bogus" "merge" "merge app-linux-amd64.tar" "merge -o out" "inspect" \
  "merge app-linux-amd64.tar -o out --bogus" "inspect app-linux-amd64.tar --bogus" \
  "merge app-linux-amd64.tar -o out -j 0" "merge app-linux-amd64.tar -o out -j many" \
  "merge app-linux-amd64.tar -o out --format tar" "merge app-linux-amd64.tar -o out --attestations no" \
  "inspect app-linux-amd64.tar --raw --json" "inspect app-linux-amd64.tar --config --raw" \
  "merge app-linux-amd64.tar -o out -o other"; do
  # shellcheck disable=SC2086
  unchanged 2 "$OCIMUX" $line
  says stderr "ocimux: " "hint: ocimux"
  [ ! -s stdout ] || fail "$line: expected nothing on standard output"
done
for line in "-p linux" "-p linux/nonsense" "-p linux/amd64,," "-t UPPER/case:x" "-t a//b:x" "-t a:b:c" \
  "-t .x" "-t -x" "-t host:port/a:" "--compression gzip:10" "--compression lzma" "--platform-tags" \
  "--annotation novalue" "--annotation =x" "--annotation linux/amd64=key=value" "--os-version recent" \
  "--annotation descriptor:linux/arm64=key=value" "--format docker --compression zstd" \
  "--format docker --annotation key=value" "--format docker --annotation descriptor:key=value" \
  "--format docker --annotation manifest:key=value" "-c linux/arm64=USER=x" "--variant linux/arm64=v8" \
  "--os-version windows=10.0.1" "--os-features windows=win32k" "-c NONSENSE"; do
  # shellcheck disable=SC2086
  unchanged 2 "$OCIMUX" merge app-linux-amd64.tar -o out $line
  says stderr "ocimux: "
done
unchanged 2 env SOURCE_DATE_EPOCH=today "$OCIMUX" merge app-linux-amd64.tar -o out
unchanged 2 "$OCIMUX" merge nonsense/amd64=app-linux-amd64.tar -o out
says stderr "'nonsense'"
unchanged 4 "$OCIMUX" merge linux/amd64=missing.tar -o out
unchanged 4 "$OCIMUX" inspect missing
