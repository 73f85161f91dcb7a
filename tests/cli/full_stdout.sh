#!/bin/bash
# A full disk or a closed pipe behind standard output is an error, and leaves no trace.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
[ -c /dev/full ] || skip "there is no /dev/full"
export TMPDIR=$BUILD/tmp
mkdir tmp
rootfs app-linux-amd64.tar
snapshot > .before
code=0; "$OCIMUX" merge app-linux-amd64.tar -o - > /dev/full 2> stderr || code=$?
[ $code = 1 ] || fail "expected exit status 1, found $code"
says stderr "ocimux: writing standard output: No space left on device"
code=0; "$OCIMUX" inspect app-linux-amd64.tar > /dev/full 2> stderr || code=$?
[ $code = 1 ] || fail "inspect: expected exit status 1, found $code"
large big-linux-amd64.tar 1
rm .before; snapshot > .before
{ code=0; "$OCIMUX" merge big-linux-amd64.tar -o - 2> stderr || code=$?; echo $code > "$BUILD/stdout"; } | head -c 1 > /dev/null
[ "$(cat stdout)" = 1 ] || fail "closed pipe: expected exit status 1, found $(cat stdout)"
says stderr "writing standard output: Broken pipe"
snapshot | diff .before - || fail "expected no trace"
