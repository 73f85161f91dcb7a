#!/bin/bash
# Blobs of an input layout become further names of the same files; --no-hard-links copies them,
# and so does an archive, whatever is said.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rootfs app-linux-amd64.tar
"$OCIMUX" merge -q app-linux-amd64.tar -t a -o in > /dev/null
[ -z "$(find in -type f -links +1)" ] || fail "links in a layout that was made of a tar"
"$OCIMUX" merge -q in -o copied --no-hard-links > /dev/null
"$OCIMUX" merge -q in -o archived.tar > /dev/null
[ -z "$(find in -type f -links +1)" ] || fail "links where none were asked for"
"$OCIMUX" merge -q in -o linked > /dev/null
cp --reflink=always in/index.json clone 2>/dev/null || [ -n "$(find linked -type f -links +1)" ] ||
  fail "no links, and no clones"
diff -r copied linked
