#!/bin/bash
# With its standard streams closed no file takes their place: what is written stays whole.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rootfs app-linux-amd64.tar
code=0; "$OCIMUX" merge app-linux-amd64.tar -t demo -o - >&- 2> stderr || code=$?
[ $code = 1 ] || fail "expected exit status 1, found $code"
says stderr "standard output"
status 0 "$OCIMUX" merge app-linux-amd64.tar -t demo -o open
code=0; "$OCIMUX" merge -v app-linux-amd64.tar -t demo -o out <&- >&- 2>&- || code=$?
[ $code = 1 ] || fail "the digest was not written: expected exit status 1, found $code"
diff -r open out
cmp <(sha256sum < app-linux-amd64.tar) <(gzip -dc out/blobs/sha256/* 2>/dev/null | sha256sum) ||
  fail "expected the layer to be the tar"
