#!/bin/bash
# podman pulls each platform out of the layout, and gets the files that were built.
source "$(dirname "$0")/lib.sh"
need podman jq
built=$(inputs buildkit)
merge_velero layout >/dev/null

for arch in amd64 arm64; do
  id=$(podman pull -q --os linux --arch "$arch" oci:layout:main)
  equal "the image is the config in the layout" \
    "$(manifest layout main "linux/$arch" | jq -r .config.digest)" "sha256:$id"
  equal "platform" "linux/$arch" "$(podman image inspect "$id" | jq -r '.[0] | "\(.Os)/\(.Architecture)"')"
  container=$(podman create "$id" /usr/bin/velero 2>create.log) || { cat create.log; fail "podman create"; }
  mkdir "files-$arch"
  podman export "$container" | tar -x -C "files-$arch" usr home platform
  for file in usr/bin/velero usr/bin/velero-helper platform; do
    same_file "$file of linux/$arch" "$built/linux-$arch/$file" "files-$arch/$file"
  done
  podman rm -f "$container" >/dev/null
done
podman pull -q --os windows --arch amd64 oci:layout:main >/dev/null || fail "podman cannot pull the Windows image"
