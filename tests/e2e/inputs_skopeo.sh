#!/bin/bash
# Archives and layouts that skopeo writes merge in one command, and what they
# hold stays as it is, byte for byte.
source "$(dirname "$0")/lib.sh"
need skopeo jq
source=oci-archive:$TESTDATA/buildkit-0.33/oci-attested.tar:main
skopeo copy -q --override-os linux --override-arch amd64 "$source" oci-archive:amd64:main
skopeo copy -q --override-os linux --override-arch arm64 "$source" docker-archive:arm64:velero/velero:main
skopeo copy -q --override-os windows --override-arch amd64 "$source" oci:windows:main

"$OCIMUX" merge amd64 arm64 windows -t velero/velero:main -o layout
equal "platforms" "linux/amd64
linux/arm64
windows/amd64:10.0.20348.2582" "$(platforms layout main)"
sound layout
mkdir amd64.d arm64.d
tar -xf amd64 -C amd64.d
keeps amd64.d layout
keeps windows layout
tar -xf arm64 -C arm64.d
config=$(jq -r '.[0].Config' arm64.d/manifest.json)
equal "config of the docker-archive" "sha256:$(sha256sum <"arm64.d/$config" | cut -d' ' -f1)" \
  "$(manifest layout main linux/arm64 | jq -r .config.digest)"

# The kinds can also be said.
said=$("$OCIMUX" merge oci-archive:amd64 docker-archive:arm64:velero/velero:main oci:windows:main \
  -t velero/velero:main -o said)
equal "what comes out when the kinds are said" "$(index_digest layout main)" "$said"
diff -r layout said

# Docker's media types inside an archive of skopeo's.
skopeo copy -q --override-os linux --override-arch amd64 --format v2s2 "$source" dir:docker-types 2>/dev/null
if [ -f docker-types/manifest.json ]; then
  jq -e '.mediaType == "application/vnd.docker.distribution.manifest.v2+json"' docker-types/manifest.json >/dev/null
fi

# A copy of all of it: an index with attestations.
skopeo copy -q --all "$source" oci-archive:all:main
"$OCIMUX" merge all -t velero/velero:main -o from-all
mkdir all.d && tar -xf all -C all.d
keeps all.d from-all
sound from-all
