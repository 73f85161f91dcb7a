#!/bin/bash
# diff says of images that other tools changed or copied what they did, and no more.
source "$(dirname "$0")/lib.sh"
need umoci skopeo jq
merge_velero layout >/dev/null
image=layout:main-linux-amd64

# Copied to an archive without manifests, and to another form: nothing that both have differs.
skopeo copy -q "oci:$image" docker-archive:saved.tar:velero:main
"$OCIMUX" diff "$image" saved.tar >text || { cat text >&2; fail "the copy differs"; }

# A file more, by umoci: a layer, an entry of the history, the file.
cp -a layout changed
umoci unpack --image changed:main-linux-amd64 bundle
echo new >bundle/rootfs/new
umoci repack --image changed:main-linux-amd64 bundle
"$OCIMUX" diff "$image" changed:main-linux-amd64 --json >found.json && fail "nothing was found"
equal "the files" "added /new" \
  "$(jq -r '.images[].files[] | select(.path != "/") | "\(.change) \(.path)"' found.json)"
equal "the layers" onlyAfter "$(jq -r '.images[].layers[].relation' found.json)"

# Built again at another time, from the same files.
source=$(inputs buildkit)
mkdir again
for tar in "$source"/velero-main-linux-*.tar; do
  mkdir root
  tar -C root -xpf "$tar"
  tar -C root --sort=name --mtime=@1800000000 -cf once.tar .
  tar -C root --sort=name --mtime=@1800000001 -cf "again/$(basename "$tar")" .
  cp once.tar "$(basename "$tar")"
  rm -r root
done
"$OCIMUX" merge -q velero-main-linux-*.tar -t v -o once >/dev/null
"$OCIMUX" merge -q again/velero-main-linux-*.tar -t v -o twice >/dev/null
"$OCIMUX" diff once twice >text && fail "nothing was found"
contains "times alone are told" "^once and twice differ in time stamps only: " "$(cat text)"
"$OCIMUX" merge -q again/velero-main-linux-*.tar -t v -c 'USER 5' -o other >/dev/null
"$OCIMUX" diff once other >text && fail "nothing was found"
contains "not times alone" "^once and other differ: " "$(cat text)"
