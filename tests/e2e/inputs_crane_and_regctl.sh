#!/bin/bash
# Archives that crane and regctl pull from a registry merge: crane's tarballs hold
# compressed layers under Docker's names, regctl's are layouts with a manifest.json.
source "$(dirname "$0")/lib.sh"
need skopeo crane regctl jq
start_registry
image=$REGISTRY/velero/velero:main
skopeo copy -q --all --dest-tls-verify=false "oci-archive:$TESTDATA/buildkit-0.33/oci-attested.tar:main" "docker://$image"
skopeo copy -q --all "oci-archive:$TESTDATA/buildkit-0.33/oci-attested.tar:main" oci:original:main

crane pull --platform linux/amd64 --format tarball "$image" tarball.tar
crane pull --platform linux/arm64 --format oci "$image" oci
"$OCIMUX" merge tarball.tar oci -t velero/velero:main -o layout
equal "platforms" $'linux/amd64\nlinux/arm64' "$(platforms layout main)"
sound layout
for arch in amd64 arm64; do
  # Layers and config come compressed and named by digest: they are kept.
  equal "config and layers of linux/$arch" \
    "$(manifest original main "linux/$arch" | jq -c '[.config.digest, .layers[].digest]')" \
    "$(manifest layout main "linux/$arch" | jq -c '[.config.digest, .layers[].digest]')"
done
keeps oci layout

regctl registry set --tls disabled "$REGISTRY" >/dev/null
regctl image export "$image" exported.tar
"$OCIMUX" merge exported.tar -t velero/velero:main -o from-export
mkdir exported && tar -xf exported.tar -C exported
keeps exported from-export
sound from-export
