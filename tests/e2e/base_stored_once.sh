#!/bin/bash
# Several components on one Debian, in one layout: the base's bytes are stored once.
source "$(dirname "$0")/lib.sh"
need jq umoci
debian=$(inputs debian)/debian-bookworm-linux-amd64.tar
umoci init --layout base
umoci new --image base:1
umoci config --image base:1 --architecture amd64 --os linux
umoci raw add-layer --image base:1 "$debian"
share=$(jq '[.layers[].size] | add' "$(blob base "$(index_digest base 1)")")

mkdir root
tar -xpf "$debian" --numeric-owner -C root
for name in server agent plugin; do
  head -c 100000 /dev/urandom >"root/usr/bin/$name"
  tar -C root --numeric-owner --sort=name -cf "$name-linux-amd64.tar" .
  rm "root/usr/bin/$name"
done

size() { du -sb --apparent-size "$1/blobs" | cut -f1; }
based=0
for name in server agent plugin; do
  "$OCIMUX" merge "$name-linux-amd64.tar" --base base:1 -t "$name" -o based
  "$OCIMUX" merge "$name-linux-amd64.tar" -t "$name" -o whole
  grown=$(($(size based) - based)) based=$(size based)
  say "$name: $grown bytes more over the base of $share, $(size whole) in all without a base"
  [ "$name" = server ] || [ "$grown" -lt $((share / 100)) ] || fail "$name stores the base again"
done
sound based
saved=$(($(size whole) - $(size based)))
say "saved $saved bytes; two times the base's share are $((2 * share))"
[ "$saved" -gt $((2 * share * 95 / 100)) ] || fail "less was saved than the base's share"
