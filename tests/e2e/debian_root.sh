#!/bin/bash
# Debian's own root filesystems, made by debootstrap: devices, hard links, setuid
# programs, tens of thousands of names. umoci unpacks what went in.
source "$(dirname "$0")/lib.sh"
need jq umoci
debian=$(inputs debian)
"$OCIMUX" merge "$debian"/debian-bookworm-linux-*.tar -t debian:bookworm --platform-tags -o layout
equal "platforms" $'linux/amd64\nlinux/arm64' "$(platforms layout bookworm)"
sound layout
for arch in amd64 arm64; do
  umoci unpack --image "layout:bookworm-linux-$arch" bundle
  mkdir expected
  tar -xpf "$debian/debian-bookworm-linux-$arch.tar" --numeric-owner -C expected
  tree expected >expected.txt
  tree bundle/rootfs >found.txt
  [ "$(wc -l <expected.txt)" -gt 5000 ] || fail "this is no root filesystem: $(wc -l <expected.txt) names and digests"
  diff expected.txt found.txt | head -n 20 >difference || true
  [ ! -s difference ] || { cat difference; fail "files of linux/$arch differ"; }
  rm -rf expected bundle
done
