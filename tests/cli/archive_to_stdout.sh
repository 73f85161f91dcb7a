#!/bin/bash
# The archive on standard output is the bytes of the archive in a file, and holds the layout.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rootfs app-linux-amd64.tar
rootfs app-linux-arm64.tar other
status 0 "$OCIMUX" merge app-*.tar -t demo -o out.tar
"$OCIMUX" merge app-*.tar -t demo -o - > piped.tar 2> stderr
cmp out.tar piped.tar
"$OCIMUX" merge app-*.tar -t demo -o - --digestfile digest 2>/dev/null | cmp - out.tar
[ "$(cat digest)" = "$(cat stdout)" ] || fail "expected the same digest, found $(cat digest)"
mkdir layout && tar -C layout -xf out.tar
status 0 "$OCIMUX" merge app-*.tar -t demo -o direct
diff -r layout direct
status 2 "$OCIMUX" merge app-*.tar -o - --json
says stderr "found two: the archive and --json"
