#!/bin/bash
# A full disk, at whichever byte or file it is full, gives a clear error and leaves
# no trace: nothing of a new layout or archive, an existing layout as it was.
source "$(dirname "$0")/lib.sh"
need jq
velero=$(inputs velero)
inputs=("$velero"/velero-main-linux-{amd64,arm64,s390x}.tar)
merge() { "$OCIMUX" merge "${inputs[@]}" -t velero/velero:main --platform-tags -o "$1"; }
"$OCIMUX" merge "$velero/velero-main-linux-386.tar" -t velero/velero:before -o before >/dev/null
merge expected.tar >/dev/null
mkdir disk

# try OPTIONS DESTINATION new|existing: merges on a disk with so much room, and says
# in `fits` and `refusals` how it went.
try() {
  local before status=0 text
  mount -t tmpfs -o "$1" tmpfs disk 2>/dev/null || skip "a tmpfs cannot be mounted"
  if [ "$2" = disk/layout ] && [ "$3" = existing ]; then
    cp -a before disk/layout 2>/dev/null || { umount disk; return 0; } # too small for that
  fi
  before=$(snapshot disk)
  text=$(merge "$2" 2>&1 >out) || status=$?
  if [ "$status" -eq 0 ]; then
    fits=yes
    if [ -d disk/layout ]; then sound disk/layout; else same_file "the archive that just fits" expected.tar "$2"; fi
  else
    refusals=$((refusals + 1))
    equal "exit status on a full disk ($1)" 1 "$status"
    contains "what is said on a full disk ($1)" '^ocimux: .*disk.*: .*no space left' "$text"
    equal "what is left on a full disk ($1, $2, $3)" "$before" "$(snapshot disk)"
    [ ! -s out ] || fail "a failed merge prints a result"
  fi
  umount disk
}
for case in "disk/layout new" "disk/layout existing" "disk/image.tar new"; do
  read -r destination state <<<"$case"
  # By bytes: from too little for one blob to enough, a page at a time.
  fits=no refusals=0
  for pages in $(seq 1 64); do
    try "size=$((pages * 4))k" "$destination" "$state"
    [ "$fits" = no ] || break
  done
  equal "it fits into 256 KiB ($case)" yes "$fits"
  [ "$refusals" -ge 4 ] || fail "the disk was full only $refusals times ($case)"
  # By files.
  fits=no refusals=0
  for files in $(seq 64); do
    try "size=4m,nr_inodes=$files" "$destination" "$state"
    [ "$fits" = no ] || break
  done
  equal "64 files are enough ($case)" yes "$fits"
  [ "$refusals" -ge 1 ] || fail "there was never a file too many ($case)"
  say "$case: done"
done

# Large layers, and a disk that is full in the middle of one.
medium=$(inputs medium)
inputs=("$medium"/velero-main-*.tar)
for case in "disk/layout new" "disk/layout existing" "disk/image.tar new"; do
  read -r destination state <<<"$case"
  fits=no refusals=0
  try size=4m "$destination" "$state"
  equal "a disk of 4 MB is full ($case)" 1 "$refusals"
done
