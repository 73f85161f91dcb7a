#!/bin/bash
# An image of `docker save` whose layer is a symbolic link to another image's.
source "$(dirname "$0")/lib.sh"
need jq
archive=$TESTDATA/docker-20.10/save-shared-layer-two-platforms.tar
grep -q -- '-> ../.*/layer.tar' <(tar -tvf "$archive") || fail "no symbolic link in $archive"

"$OCIMUX" merge "$archive" -t example/two:v1 -o layout
equal "platforms" $'linux/amd64\nlinux/arm64' "$(platforms layout v1)"
sound layout
# The configs are kept byte for byte, so their digests are the names they had.
equal "configs" "$(tar -tf "$archive" | grep -E '^[0-9a-f]{64}\.json$' | sed 's/^/sha256:/; s/\.json$//' | sort)" \
  "$(for p in linux/amd64 linux/arm64; do manifest layout v1 $p | jq -r .config.digest; done | sort)"
