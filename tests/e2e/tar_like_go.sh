#!/bin/bash
# Tars whose headers are put together at random: what ocimux verify passes, ocimux files reads as
# Go's archive/tar does, with which engines unpack.
#
#   TAR_LIKE_GO_COUNT, TAR_LIKE_GO_SEED   more than the sample, or another
source "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/local/go/bin # where Go's own installer puts it
need go python3
count=${TAR_LIKE_GO_COUNT:-1500}
GOCACHE=$WORK/go go build -o list_tar "$E2E/list_tar.go"
python3 "$E2E/odd_tars.py" make "$WORK/odd" "$count" "${TAR_LIKE_GO_SEED:-1}"
(cd odd/tars && seq -f t%g 0 $((count - 1)) | xargs "$WORK/list_tar" >../go.jsonl)
python3 "$E2E/odd_tars.py" compare "$WORK/odd" "$OCIMUX" || fail "see above"
