#!/bin/bash
# Each kind of input inside gzip, zstd, xz or bzip2 merges to the same bytes as
# without, told by what it holds: no name says that it is compressed.
source "$(dirname "$0")/lib.sh"
need jq gzip zstd xz bzip2
velero=$(inputs velero)
mkdir plain
cp "$velero/velero-main-linux-s390x.tar" plain/velero-main-linux-s390x.tar
cp "$TESTDATA/buildkit-0.33/oci-attested.tar" plain/oci
cp "$TESTDATA/docker-20.10/save-linux-arm64.tar" plain/docker
mkdir layer && tar -xf "$TESTDATA/buildkit-0.33/tar-multi-platform.tar" -C layer
tar -C layer --numeric-owner -cf plain/multi linux_arm_v7 linux_amd64
merge() { # FOLDER
  "$OCIMUX" merge "$1/velero-main-linux-s390x.tar" -t rootfs -o "$1/rootfs.layout"
  "$OCIMUX" merge "$1/oci" -t oci -o "$1/oci.layout"
  "$OCIMUX" merge "$1/docker" -t docker -o "$1/docker.layout"
  "$OCIMUX" merge "$1/multi" -t multi -o "$1/multi.layout"
}
expected=$(merge plain)
for tool in gzip zstd xz bzip2; do
  mkdir "$tool"
  for input in velero-main-linux-s390x.tar oci docker multi; do
    "$tool" -c <"plain/$input" >"$tool/$input"
  done
  equal "index digests with $tool" "$expected" "$(merge "$tool")"
  for kind in rootfs oci docker multi; do
    diff -r "plain/$kind.layout" "$tool/$kind.layout" || fail "another layout with $tool"
    sound "$tool/$kind.layout"
  done
done

# And with the names that such files have.
for pair in gzip:gz zstd:zst xz:xz bzip2:bz2; do
  named=velero-main-linux-s390x.tar.${pair#*:}
  cp "${pair%:*}/velero-main-linux-s390x.tar" "$named"
  equal "index digest of $named" "$(head -n 1 <<<"$expected")" "$("$OCIMUX" merge "$named" -t rootfs -o "$named.layout")"
done
