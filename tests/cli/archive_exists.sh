#!/bin/bash
# An archive that is there stays, unless --replace is said.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rootfs app-linux-amd64.tar
echo precious > out.tar
unchanged 1 "$OCIMUX" merge app-linux-amd64.tar -o out.tar
says stderr "out.tar: expected no file of that name, found one" "hint: --replace"
status 0 "$OCIMUX" merge app-linux-amd64.tar -o out.tar --replace
grep -qx index.json <(tar -tf out.tar)
unchanged 2 "$OCIMUX" merge app-linux-amd64.tar -o out.tar.gz
says stderr "hint: " "-o - | "
