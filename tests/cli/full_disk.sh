#!/bin/bash
# A disk that is full, at many sizes: an error that says so, and nothing left behind.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || skip "only root can mount"
mkdir disk
mount -t tmpfs -o size=64k tmpfs disk 2>/dev/null || skip "mounting is not allowed here"
trap 'umount -l "$BUILD/disk"' EXIT
rootfs app-linux-arm64.tar
large big-linux-amd64.tar 1
for size in 64 128 256 512 1024; do
  mount -o remount,size=${size}k disk
  unchanged 1 "$OCIMUX" merge big-linux-amd64.tar app-linux-arm64.tar -t big -o disk/deep/out
  says stderr "No space left on device" "hint: free some space"
  unchanged 1 "$OCIMUX" merge big-linux-amd64.tar -o disk/out.tar
done
mount -o remount,size=4m disk
status 0 "$OCIMUX" merge app-linux-arm64.tar -t first -o disk/out
mount -o remount,size=512k disk
unchanged 1 "$OCIMUX" merge big-linux-amd64.tar -t big -o disk/out
