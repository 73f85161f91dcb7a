#!/bin/bash
# `umoci insert` ends a layer right behind its last content: no padding, no blocks of zeros. All that
# reads layers takes that, as engines do, and merge stores the very bytes.
source "$(dirname "$0")/lib.sh"
need umoci jq
umoci init --layout in
umoci new --image in:1
umoci config --image in:1 --architecture arm64 --os linux
printf 'hello\n' > file
umoci insert --image in:1 file /etc/greeting
blob() { printf 'in/blobs/sha256/%s\n' "${1#sha256:}"; }
layer=$(jq -r '.layers[-1].digest' "$(blob "$(jq -r '.manifests[0].digest' in/index.json)")")
equal "umoci still leaves out the padding" 6 $(($(zcat "$(blob "$layer")" | wc -c) % 512))

equal "cat" hello "$("$OCIMUX" cat in:1 /etc/greeting)"
"$OCIMUX" files in:1 --json > files.json
equal "files" /etc/greeting "$(jq -r '.files[] | select(.kind == "file").path' files.json)"
"$OCIMUX" diff in:1 in:1 >/dev/null
"$OCIMUX" verify in:1 --json > verify.json
equal "verify warns" "layer-end warning" \
  "$(jq -r '.inputs[].findings[] | .code + " " + .severity' verify.json)"

# As an image of its own, and as a base: the layer stays what it is.
mkdir root && printf 'program\n' > root/app
tar --owner=0 --group=0 --numeric-owner -C root -cf app-linux-arm64.tar app
"$OCIMUX" merge -q in:1 -o image -t main >/dev/null
"$OCIMUX" merge -q app-linux-arm64.tar --base in:1 -o based -t main >/dev/null
for layout in image based; do
  cmp "$(blob "$layer")" "$layout/blobs/sha256/${layer#sha256:}"
  "$OCIMUX" verify -q "$layout"
done
equal "a layer that hides the file" '["/app"]' \
  "$("$OCIMUX" files based:main --json | jq -c '[.files[] | select(.kind == "file").path]')"
umoci unpack --image image:main bundle 2>/dev/null || umoci unpack --rootless --image image:main bundle
equal "umoci reads it back" hello "$(cat bundle/rootfs/etc/greeting)"

# A root filesystem has no digest that says whether it is whole.
zcat "$(blob "$layer")" > cut-linux-arm64.tar
status=0
"$OCIMUX" merge -q cut-linux-arm64.tar -o refused -t main 2>stderr || status=$?
equal "a root filesystem that may be cut" 3 "$status"
[ ! -e refused ] || fail "expected no layout of what was refused"
