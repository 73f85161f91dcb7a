#!/bin/bash
# What is published is on the disk first: every blob is synced before index.json changes, for a
# new layout, one that is there, with many blobs, and an archive. --no-sync leaves all of it out.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need strace
strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
rootfs app-linux-amd64.tar
rootfs app-linux-arm64.tar other
# Who traces a process cannot be traced by it: no leak detection in a sanitizer's build.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
calls=fsync,fdatasync,syncfs,sync_file_range,rename,renameat2,write,pwrite64

traced() { # OUTPUT OPTION...
  strace -f -y -s 0 -e trace=$calls -o trace "$OCIMUX" merge -q "${@:2}" -o "$1" > /dev/null
}
# Nothing is written to a blob after the syncs, and names change only then.
in_order() {
  awk '
    function last(path) { sub(/.*\//, "", path); return path }
    / (write|pwrite64)\([0-9]+<.*\/(ingest|blobs)\// { if (synced) late = $0 }
    / syncfs\(/ { synced = 1; delete pending }
    / fsync\(/ { synced = 1; split($0, path, /[<>]/); delete pending[last(path[2])] }
    / rename\(.*\/ingest\// { split($0, names, "\""); pending[last(names[4])] = 1 }
    / rename(at2)?\(/ {
      split($0, names, "\"")  # what is renamed within a staging directory shows nowhere yet
      if (names[4] ~ /\.ocimux-/) next
      if (names[4] ~ /\.tar$/) { delete pending; if (!archive) early = $0 }
      for (blob in pending) early = $0 " before " blob " was synced"
      renamed = 1
    }
    / fsync\(.*\/archive>/ { archive = 1 }
    END { if (late != "") print "written late: " late
          if (early != "") print "renamed early: " early
          if (!synced || !renamed) print "no sync, or no rename" }' "${2:-trace}" > complaints
  [ ! -s complaints ]
}
ordered() { in_order "$1" || fail "$1: $(cat complaints)"; }
traced new app-linux-amd64.tar -t one
ordered "a new layout"
# It must notice what it is for.
hex=$(sed -n 's/.* fsync(.*blobs\/sha256\/\([0-9a-f]*\)>.*/\1/p' trace | head -n 1)
grep -v "fsync(.*$hex" trace > without
! in_order "a blob that is not synced" without || fail "a blob that is not synced goes unnoticed"
traced new app-linux-arm64.tar -t two
ordered "a layout that is there"
traced new.tar app-linux-amd64.tar
ordered "an archive"
for i in {1..20}; do
  rootfs "many-$i-windows-amd64.tar" "$i"
  many+=("windows/amd64:10.0.$i=many-$i-windows-amd64.tar")
done
traced many "${many[@]}"
ordered "many blobs"
grep -q 'syncfs(' trace || fail "many blobs: expected one sync for all"

for output in quick quick quick.tar; do
  traced $output app-linux-amd64.tar --no-sync --replace -t one
  if grep -E ' (f|fdata)?sync[a-z_]*\(' trace; then fail "$output: synced"; fi
done
diff -r new/blobs quick/blobs | grep -v '^Only in new' && fail "other blobs without syncing"
true
