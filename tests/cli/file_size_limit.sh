#!/bin/bash
# Where the limit of a file's size (or the disk) ends, merge fails, wherever that is, and leaves
# no trace; in a layout that is there as well as in a new one.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rootfs app-linux-amd64.tar
rootfs app-linux-arm64.tar other
large big-linux-s390x.tar 1
export TMPDIR=$BUILD/tmp
mkdir tmp
"$OCIMUX" merge -q app-linux-amd64.tar -t first -o there > /dev/null
for kilobytes in 0 1 4 64 512; do
  # What it says goes through a pipe: the report of this test is not to be limited.
  limited() { (ulimit -f "$kilobytes"; exec "$OCIMUX" "$@") 2>&1 | cat > stderr; return "${PIPESTATUS[0]}"; }
  unchanged_limited() {
    snapshot > .before
    local code=0
    limited "$@" || code=$?
    [ $code = 1 ] || fail "$kilobytes KB, $*: expected exit status 1, found $code: $(cat stderr)"
    snapshot | diff .before - >&2 || fail "$kilobytes KB, $*: expected no trace"
    rm .before
  }
  unchanged_limited merge big-linux-s390x.tar app-linux-arm64.tar -t big -o new/layout
  unchanged_limited merge big-linux-s390x.tar app-linux-arm64.tar -t big -o there
  unchanged_limited merge big-linux-s390x.tar -o new.tar
done
