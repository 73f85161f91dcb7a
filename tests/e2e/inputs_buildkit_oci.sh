#!/bin/bash
# BuildKit's type=oci and type=docker archives, with attestations in the old and in
# the new form, with zstd layers, with two tags: kept as they are, or dropped when
# asked.
source "$(dirname "$0")/lib.sh"
need jq zstd
images="linux/amd64
linux/arm64
windows/amd64:10.0.26100.1742
windows/amd64:10.0.20348.2582"
unknown=$'unknown/unknown\nunknown/unknown\nunknown/unknown\nunknown/unknown'

for version in 0.26 0.33; do
  archive=$TESTDATA/buildkit-$version/oci-attested.tar
  mkdir "original-$version" && tar -xf "$archive" -C "original-$version"

  "$OCIMUX" merge "$archive" -t velero/velero:main -o "kept-$version"
  equal "platforms, newest Windows first, attestations last" "$images"$'\n'"$unknown" "$(platforms "kept-$version" main)"
  keeps "original-$version" "kept-$version"
  sound "kept-$version"
  # Each attestation still says which image it is about.
  equal "what the attestations are about" \
    "$(document "kept-$version" main | jq -r '.manifests[] | select(.platform.os != "unknown") | .digest' | sort)" \
    "$(document "kept-$version" main | jq -r '.manifests[].annotations["vnd.docker.reference.digest"] | values' | sort)"

  "$OCIMUX" merge --attestations drop "$archive" -t velero/velero:main -o "dropped-$version"
  equal "platforms without attestations" "$images" "$(platforms "dropped-$version" main)"
  sound "dropped-$version"

  "$OCIMUX" merge --attestations drop --platform linux/arm64,windows/amd64:10.0.20348.2582 \
    "$archive" -t velero/velero:main -o "some-$version"
  equal "only these platforms" $'linux/arm64\nwindows/amd64:10.0.20348.2582' "$(platforms "some-$version" main)"
  sound "some-$version"

  # With attestations: those of the images that were left out go with them.
  "$OCIMUX" merge --platform linux/arm64 "$archive" -t velero/velero:main -o "one-$version"
  equal "one platform with its attestation" $'linux/arm64\nunknown/unknown' "$(platforms "one-$version" main)"
  sound "one-$version"
done

"$OCIMUX" merge "$TESTDATA/buildkit-0.33/oci-zstd-linux-amd64.tar" "$TESTDATA/buildkit-0.33/docker-linux-arm64.tar" \
  -t velero/velero:main -o both
equal "platforms" $'linux/amd64\nlinux/arm64' "$(platforms both main)"
contains "zstd stays zstd" '^application/vnd.oci.image.layer.v1.tar\+zstd$' \
  "$(manifest both main linux/amd64 | jq -r '.layers[].mediaType')"
for name in oci-zstd-linux-amd64 docker-linux-arm64; do
  mkdir "$name" && tar -xf "$TESTDATA/buildkit-0.33/$name.tar" -C "$name"
  keeps "$name" both
done
sound both
