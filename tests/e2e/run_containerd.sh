#!/bin/bash
# containerd imports the archive that merge writes, with all platforms, and runs
# it: the amd64 half as it is, the arm64 half under emulation.
source "$(dirname "$0")/lib.sh"
need jq ctr
can_run_arm64
digest=$(merge_velero image.tar)
start_containerd

ctr images import --all-platforms --snapshotter native image.tar
listed=$(ctr images ls)
for name in main main-linux-amd64 main-linux-arm64 main-windows-ltsc2022-amd64; do
  contains "images of containerd" "^docker\.io/velero/velero:$name " "$listed"
done
equal "digest and platforms of main" "$digest linux/amd64,linux/arm64,windows/amd64" \
  "$(awk '$1 == "docker.io/velero/velero:main" { print $3, $6 }' <<<"$listed")"
ctr images check | grep -E '^docker.io/velero/velero:main .* complete ' >/dev/null ||
  { ctr images check; fail "something is missing in containerd"; }

for arch in amd64 arm64; do
  equal "what the linux/$arch image says" "hello from linux/$arch" \
    "$(ctr run --rm --snapshotter native --platform "linux/$arch" docker.io/velero/velero:main "e2e-$arch" /usr/bin/velero)"
done
