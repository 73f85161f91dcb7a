#!/bin/bash
# files and cat show what skopeo and umoci unpack of the same image, whatever form it comes in.
source "$(dirname "$0")/lib.sh"
need umoci skopeo jq
merge_velero layout >/dev/null
umoci unpack --image "layout:main-linux-amd64" bundle
skopeo copy -q "oci:layout:main-linux-amd64" docker-archive:saved.tar:velero:main

# path kind mode uid gid size target, of what umoci made
(cd bundle/rootfs && find . -printf '/%P %y %#m %U %G %s %l\n' |
  sed -E 's/ 0([0-7]{4}) / \1 /; s/ ([0-7]{3}) / 0\1 /; / [dl] /s/ [0-9]+ ([^ ]*)$/ - \1/' | sort) >unpacked
listed() {
  jq -r '.files[] | "\(.path) \({file: "f", directory: "d", symlink: "l"}[.kind]) \(.mode) \(.uid) \(.gid) \(.size // "-") \(.target // "")"' |
    sort
}
for image in "layout:main -p linux/amd64" saved.tar; do
  # shellcheck disable=SC2086
  "$OCIMUX" files $image --json >files.json
  equal "the paths of $image" "$(cut -d' ' -f1 unpacked)" "$(jq -r '.files[].path' files.json | sort)"
  equal "the files of $image" "$(but '^/ ' <unpacked)" "$(listed <files.json | but '^/ ')"
  equal "the digests of $image" "$(cd bundle/rootfs && find . -type f -exec sha256sum {} + | sed 's/  \./ /' | sort)" \
    "$(jq -r '.files[] | select(.kind == "file") | "\(.digest | ltrimstr("sha256:")) \(.path)"' files.json | sort)"
done
program=$(cd bundle/rootfs && find . -type f -size +0 | sort | head -n 1)
"$OCIMUX" cat layout:main -p linux/amd64 "$program" >printed
same_file "cat $program" "bundle/rootfs/$program" printed

# In a registry, too: every layer once for a list, the one with the file twice for its content.
start_registry
skopeo copy -q --dest-tls-verify=false "oci:layout:main-linux-amd64" "docker://$REGISTRY/velero:main"
"$OCIMUX" files layout:main -p linux/amd64 --json | jq -S .files >here.json
forget_requests
"$OCIMUX" files "docker://$REGISTRY/velero:main" --json | jq -S .files >there.json
same_file "the files in a registry" here.json there.json
layer=$(manifest layout main linux/amd64 | jq -r '.layers[0].digest')
equal "the layer is fetched once" 1 "$(requests "GET .*/blobs/$layer" | wc -l)"
forget_requests
"$OCIMUX" cat "docker://$REGISTRY/velero:main" "$program" >printed
same_file "cat $program of a registry" "bundle/rootfs/$program" printed
equal "the layer is fetched twice" 2 "$(requests "GET .*/blobs/$layer" | wc -l)"
