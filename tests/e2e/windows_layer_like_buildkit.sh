#!/bin/bash
# The layer over a Windows base, against that of BuildKit's own differ: the same build is exported
# as an image, whose top layer BuildKit wrote, and as type=tar, of which merge makes one.
source "$(dirname "$0")/lib.sh"
need jq buildkitd buildctl runc
digest=$("$E2E/make_nanoserver.py" nanoserver ltsc2022 10.0.20348.2582)

mkdir -p context/app/usr/bin context/app/Windows/System32
cp "$(inputs programs)/hello-windows-amd64.exe" context/app/velero.exe
printf 'helper' >context/app/usr/bin/velero-helper.exe
printf 'one that the base has, too' >context/app/Windows/System32/library5.dll
mkdir context/app/empty
printf 'FROM base\nCOPY app /\nUSER ContainerUser\n' >context/Dockerfile

mkdir buildkit
daemon buildkit/log buildkitd --root "$WORK/buildkit/root" --addr "unix://$WORK/buildkit/sock" \
  --containerd-worker=false --oci-worker-snapshotter=native --oci-worker-net=host
export BUILDKIT_HOST=unix://$WORK/buildkit/sock
wait_for buildkitd $! buildkit/log buildctl debug workers
buildctl build --frontend dockerfile.v0 --local context=context --local dockerfile=context \
  --opt platform=windows/amd64 --oci-layout "nano=$WORK/nanoserver" \
  --opt "context:base=oci-layout://nano@$digest" \
  --output type=oci,dest=built.tar --output type=tar,dest=velero-windows-ltsc2022-amd64.tar

mkdir built
tar -xf built.tar -C built
manifest=$(jq -r '.manifests[0].digest' built/index.json)
expected=$(jq -r '.layers[-1].digest' "$(blob built "$manifest")")

"$OCIMUX" merge velero-windows-ltsc2022-amd64.tar --base nanoserver:ltsc2022 -t velero -o layout
sound layout
listed=windows/amd64:10.0.20348.2582
equal "two layers, the lower the base's" \
  "$(jq -r '.layers[0].digest' "$(blob nanoserver "$digest")")" \
  "$(manifest layout velero $listed | jq -r '.layers[:-1][].digest')"
equal "the base's user" ContainerUser "$(config layout velero $listed | jq -r .config.User)"
found=$(manifest layout velero $listed | jq -r '.layers[-1].digest')
"$E2E/compare_windows_layers.py" "$(blob built "$expected")" "$(blob layout "$found")" ||
  fail "BuildKit writes another layer"
