#!/bin/bash
# Makes FOLDER/windows: one build over a Windows base, as the layer that BuildKit's own differ
# wrote and as type=tar, with the BuildKit that listens at $BUILDKIT_HOST. README.md says which.
#
# usage: testdata/make_windows_layer.sh testdata/buildkit-0.26
set -euo pipefail
out=$(mkdir -p "$1/windows" && cd "$1/windows" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$here/../tests/e2e/make_programs.sh" programs windows/amd64 >/dev/null
digest=$("$here/../tests/e2e/make_nanoserver.py" nanoserver ltsc2022 10.0.20348.2582)
mkdir -p context/app/usr/bin context/app/Windows/System32
cp programs/hello-windows-amd64.exe context/app/velero.exe
printf 'helper' >context/app/usr/bin/velero-helper.exe
printf 'one that the base has, too' >context/app/Windows/System32/library5.dll
mkdir context/app/empty
printf 'FROM base\nCOPY app /\nUSER ContainerUser\n' >context/Dockerfile
buildctl build --frontend dockerfile.v0 --local context=context --local dockerfile=context \
  --opt platform=windows/amd64 --oci-layout "nano=$work/nanoserver" \
  --opt "context:base=oci-layout://nano@$digest" \
  --output type=oci,dest=built.tar --output "type=tar,dest=rootfs.tar"
mkdir built
tar -xf built.tar -C built
blob() { echo "built/blobs/${1/://}"; }
manifest=$(jq -r '.manifests[0].digest' built/index.json)
cp "$(blob "$(jq -r '.layers[-1].digest' "$(blob "$manifest")")")" "$out/layer.tar.gz"
gzip -9n <rootfs.tar >"$out/velero-windows-ltsc2022-amd64.tar.gz"
