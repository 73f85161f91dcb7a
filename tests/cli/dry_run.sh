#!/bin/bash
# --dry-run decides everything and writes nothing, not even parents of the output.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rootfs app-linux-amd64.tar
rootfs app-linux-arm64.tar other
unchanged 0 "$OCIMUX" merge app-*.tar -t demo --platform-tags -o new/deep/out --dry-run --digestfile digest
says stdout "linux/amd64" "app-linux-arm64.tar" "tag demo" "tag demo-linux-arm64"
unchanged 0 "$OCIMUX" merge app-*.tar -t demo -o out.tar --dry-run --json
says stdout '"dryRun": true'
unchanged 0 "$OCIMUX" merge app-*.tar -t demo -o - --dry-run
"$OCIMUX" merge -q app-linux-amd64.tar -t demo -o there > /dev/null
unchanged 1 "$OCIMUX" merge app-linux-arm64.tar -t demo -o there --dry-run
unchanged 0 "$OCIMUX" merge app-linux-arm64.tar -t demo -o there --dry-run --replace
mkdir -p other && touch other/file
unchanged 1 "$OCIMUX" merge app-linux-arm64.tar -o other --dry-run
says stderr "expected an OCI layout"
unchanged 1 "$OCIMUX" merge app-linux-arm64.tar -o other/file --dry-run
