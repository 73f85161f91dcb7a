#!/bin/bash
# --digestfile holds the digest; where it cannot be written, that is told before the merge.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rootfs app-linux-amd64.tar
status 0 "$OCIMUX" merge -q app-linux-amd64.tar -o out --digestfile digest
cmp stdout digest
unchanged 1 "$OCIMUX" merge app-linux-amd64.tar -o other --digestfile missing/digest
says stderr "missing/digest: expected to write the digest there"
unchanged 1 "$OCIMUX" merge app-linux-amd64.tar -o other --digestfile out
