#!/bin/bash
# All the platforms that kubectl's images are built for, and 32-bit ARM in two
# variants, come together in one index; each holds its own program.
source "$(dirname "$0")/lib.sh"
need jq skopeo
velero=$(inputs velero)
digest=$("$OCIMUX" merge "$velero"/velero-main-*.tar -t bitnami/kubectl:1.31 --platform-tags -o layout)
equal "platforms" "linux/386
linux/amd64
linux/arm/v6
linux/arm/v7
linux/arm64
linux/ppc64le
linux/riscv64
linux/s390x
windows/amd64:10.0.20348" "$(platforms layout 1.31)"
equal "tags" "1.31
1.31-linux-386
1.31-linux-amd64
1.31-linux-arm-v6
1.31-linux-arm-v7
1.31-linux-arm64
1.31-linux-ppc64le
1.31-linux-riscv64
1.31-linux-s390x
1.31-windows-ltsc2022-amd64" "$(tags layout | sort)"
sound layout
for platform in linux/386 linux/amd64 linux/arm/v6 linux/arm/v7 linux/arm64 linux/ppc64le linux/riscv64 linux/s390x; do
  unpack_layers layout "$(manifest_digest layout 1.31 "$platform")" files
  equal "the files are those of" "$platform" "$(cat files/platform)"
  rm -rf files
done
equal "skopeo reads the same index" "$digest" "sha256:$(skopeo inspect --raw oci:layout:1.31 | sha256sum | cut -d' ' -f1)"

# A list of platforms, in any spelling, picks exactly these; one that is missing is an
# error.
"$OCIMUX" merge -p linux/amd64,linux/armhf -p linux/aarch64 "$velero"/velero-main-*.tar -t some -o some
equal "picked platforms" $'linux/amd64\nlinux/arm/v7\nlinux/arm64' "$(platforms some some)"
sound some
refused 3,4 'mips64le' "$OCIMUX" merge -p linux/amd64,linux/mips64le "$velero"/velero-main-*.tar -t none -o none
[ ! -e none ] || fail "a refused merge leaves its output"
