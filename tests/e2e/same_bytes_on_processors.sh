#!/bin/bash
# The bytes do not depend on what the processor can do: libraries choose other code on each.
source "$(dirname "$0")/lib.sh"
need qemu-x86_64-static
[ "$(uname -m)" = x86_64 ] || skip "the processors it compares are x86-64"
head -c 3000000 "$(inputs large)/velero-main-linux-amd64.tar" >content
tar --mtime=@0 -cf app-linux-amd64.tar content
for compression in gzip:1 gzip:2 gzip gzip:6 zstd; do
  expected=$("$OCIMUX" merge app-linux-amd64.tar -o native-$compression --compression $compression)
  for processor in Nehalem Haswell max; do
    found=$(qemu-x86_64-static -cpu $processor "$OCIMUX" merge app-linux-amd64.tar \
      -o $processor-$compression --compression $compression 2>/dev/null)
    equal "$compression on $processor" "$expected" "$found"
  done
done
