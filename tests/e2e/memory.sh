#!/bin/bash
# The peak memory of a merge is bounded: below 96 MiB for root filesystems of 300 MB,
# with one thread or more, compressed on the outside or not.
source "$(dirname "$0")/lib.sh"
need jq zstd
[ -x /usr/bin/time ] || skip "GNU time is not installed"
limit=$((96 * 1024))
large=$(inputs large)

# peak WHAT ARGUMENT...: of a merge, in KiB
peak() {
  local what=$1 found
  shift
  rm -rf layout
  /usr/bin/time -f %M -o peak "$OCIMUX" merge "$@" -t velero/velero:main -o layout >/dev/null
  found=$(tail -n 1 peak)
  say "$what: $((found / 1024)) MiB"
  [ "$found" -lt "$limit" ] || fail "$what takes $((found / 1024)) MiB of memory, the limit is $((limit / 1024)) MiB"
}
peak "root filesystems, default" "$large"/velero-main-*.tar
equal "platforms" $'linux/amd64\nlinux/arm64\nwindows/amd64:10.0.20348' "$(platforms layout main)"
sound layout
peak "root filesystems, -j1" -j1 "$large"/velero-main-*.tar
peak "root filesystems, -j4" -j4 "$large"/velero-main-*.tar
peak "root filesystems, zstd" --compression zstd "$large"/velero-main-linux-*.tar
sound layout

# The levels that need the most, on less: 36 MB keep every thread busy for several blocks.
head -c 36000000 "$large/velero-main-linux-amd64.tar" >content
tar -cf less-linux-amd64.tar content
for compression in gzip:1 gzip:9 zstd:9 zstd:12 zstd:19; do
  peak "$compression, -j2" -j2 --compression $compression less-linux-amd64.tar
done

zstd -q -3 "$large/velero-main-linux-amd64.tar" -o velero-main-linux-amd64.tar
peak "a compressed root filesystem" velero-main-linux-amd64.tar
# What comes compressed only passes through.
mv layout made
tar -C made -cf oci .
peak "an archive" oci
