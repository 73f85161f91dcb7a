#!/bin/bash
# Attestations that BuildKit puts as files beside a root filesystem are no part of
# the image.
source "$(dirname "$0")/lib.sh"
need jq
cp "$TESTDATA/buildkit-0.33/tar-attested-linux-arm64.tar" velero-main-linux-arm64.tar
"$OCIMUX" merge velero-main-linux-arm64.tar -t one:main -o one
unpack_layers one "$(manifest_digest one main linux/arm64)" files
[ -e files/usr/bin/velero ] || fail "the program is gone"
[ ! -e files/provenance.json ] || fail "provenance.json is a file of the image"

"$OCIMUX" merge "$TESTDATA/buildkit-0.33/tar-multi-platform-attested.tar" -t two:main -o two
equal "platforms" $'linux/amd64\nlinux/arm64' "$(platforms two main)"
for arch in amd64 arm64; do
  unpack_layers two "$(manifest_digest two main "linux/$arch")" "files-$arch"
  [ -e "files-$arch/usr/bin/velero" ] || fail "the program of $arch is gone"
  [ ! -e "files-$arch/provenance.json" ] || fail "provenance.json is a file of the image for $arch"
done
