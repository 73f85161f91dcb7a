#!/bin/bash
# Standard output has the digest and nothing else; --quiet leaves errors alone on the other one.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rootfs app-linux-amd64.tar
rootfs app-windows-ltsc2022-amd64.tar
status 0 "$OCIMUX" merge app-*.tar -t demo -o out
grep -qxE 'sha256:[0-9a-f]{64}' stdout || fail "expected one digest, found: $(cat stdout)"
says stderr "ltsc2022" "demo -> $(cat stdout)"
digest=$(cat stdout)
status 0 "$OCIMUX" merge -q app-*.tar -t demo -o quiet
[ "$(cat stdout)" = "$digest" ] || fail "expected $digest, found $(cat stdout)"
[ ! -s stderr ] || fail "expected silence, found: $(cat stderr)"
status 1 "$OCIMUX" merge -q app-*.tar -t demo -o quiet
says stderr "ocimux: " "expected no tag 'demo'" "hint: --replace"
[ ! -s stdout ] || fail "expected no result, found: $(cat stdout)"
