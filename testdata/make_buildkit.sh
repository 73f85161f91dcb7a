#!/bin/bash
# Makes the fixtures of FOLDER with the BuildKit that listens at $BUILDKIT_HOST.
# README.md says which version made which folder.
#
# usage: testdata/make_buildkit.sh testdata/buildkit-0.33
set -euo pipefail
out=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/../tests/e2e/make_programs.sh" "$work/programs" linux/amd64 linux/arm64 linux/arm/v7 windows/amd64
for platform in linux/amd64 linux/arm64 linux/arm/v7 windows/amd64; do
  root=$work/context/${platform//\//-}
  program=$work/programs/hello-${platform//\//-}
  "$here/../tests/e2e/make_root.sh" "$root" "$platform" "$program"
done
find "$work/context" -exec touch -h -d @1700000000 {} +
cat >"$work/context/Dockerfile" <<'DOCKERFILE'
FROM scratch AS linux
ARG TARGETARCH TARGETVARIANT
COPY linux-${TARGETARCH}${TARGETVARIANT:+-$TARGETVARIANT} /
USER 1002:1000
ENTRYPOINT ["/usr/bin/velero"]

FROM scratch AS windows
COPY windows-amd64 /
USER ContainerUser
ENTRYPOINT ["/velero.exe"]

FROM $TARGETOS
LABEL maintainer="ocimux"
DOCKERFILE

build() { # PLATFORMS OUTPUT [OPTION...]
  buildctl build --progress plain --frontend dockerfile.v0 \
    --local "context=$work/context" --local "dockerfile=$work/context" \
    --opt "platform=$1" --output "$2" "${@:3}" 2>/dev/null
}
provenance=(--opt attest:provenance=mode=min)
windows='windows(10.0.20348.2582)/amd64'
newer='windows(10.0.26100.1742)/amd64'

build "linux/amd64,linux/arm64,linux/arm/v7,$windows" "type=tar,dest=$out/tar-multi-platform.tar"
build linux/amd64,linux/arm64 "type=tar,dest=$out/tar-multi-platform-attested.tar" "${provenance[@]}"
build linux/arm64 "type=tar,dest=$out/tar-attested-linux-arm64.tar" "${provenance[@]}"
build "linux/amd64,linux/arm64,$windows,$newer" \
  "type=oci,dest=$out/oci-attested.tar,name=velero/velero:main" "${provenance[@]}"
build linux/amd64 "type=oci,dest=$out/oci-zstd-linux-amd64.tar,name=velero/velero:main,compression=zstd,force-compression=true"
build linux/arm64 "type=docker,dest=$out/docker-linux-arm64.tar,\"name=velero/velero:main,velero/velero:v1\""
