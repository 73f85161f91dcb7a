#!/bin/bash
# Every kind of input in one command makes one image, and shared blobs are stored once.
source "$(dirname "$0")/lib.sh"
need jq zstd skopeo
velero=$(inputs velero)
zstd -qc "$velero/velero-main-linux-s390x.tar" >velero-main-linux-s390x.tar
skopeo copy -q --override-os windows --override-arch amd64 \
  "oci-archive:$TESTDATA/buildkit-0.33/oci-attested.tar:main" oci:windows:main
tar -C "$WORK" --numeric-owner -cf none.tar --files-from /dev/null

digest=$("$OCIMUX" merge \
  velero-main-linux-s390x.tar \
  "$velero/velero-main-linux-386.tar" \
  linux/riscv64="$velero/velero-main-linux-riscv64.tar" \
  "$TESTDATA/buildkit-0.33/oci-zstd-linux-amd64.tar" \
  "$TESTDATA/docker-20.10/save-linux-arm64.tar" \
  windows \
  -t velero/velero:main -t velero/velero:v1.16.0 -o layout)
equal "platforms" "linux/386
linux/amd64
linux/arm64
linux/riscv64
linux/s390x
windows/amd64:10.0.20348.2582" "$(platforms layout main)"
equal "tags" $'main\nv1.16.0' "$(tags layout | sort)"
equal "both tags name one index" "$digest $digest" "$(index_digest layout main) $(index_digest layout v1.16.0)"
sound layout
keeps windows layout

# The same again under another name adds no blob.
find layout/blobs -type f | sort >before
"$OCIMUX" merge windows -t again -o layout
find layout/blobs -type f | sort >after
equal "blobs that a second merge of the same adds" 1 "$(comm -13 before after | wc -l)"
sound layout
