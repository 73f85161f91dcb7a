#!/bin/bash
# skopeo reads what merge writes, layout and archive, and copies all of it with
# every digest as it is.
source "$(dirname "$0")/lib.sh"
need skopeo jq
digest=$(merge_velero layout)
merge_velero image.tar >/dev/null

for image in oci:layout:main oci-archive:image.tar:main; do
  equal "digest of $image" "$digest" "sha256:$(skopeo inspect --raw "$image" | sha256sum | cut -d' ' -f1)"
  for arch in amd64 arm64; do
    equal "what skopeo finds in $image for $arch" "linux $arch" \
      "$(skopeo inspect --override-os linux --override-arch "$arch" "$image" | jq -r '"\(.Os) \(.Architecture)"')"
  done
  equal "what skopeo finds in $image for Windows" "windows amd64" \
    "$(skopeo inspect --override-os windows --override-arch amd64 "$image" | jq -r '"\(.Os) \(.Architecture)"')"

  rm -rf copy
  skopeo copy -q --all "$image" oci:copy:main
  equal "digest of the copy of $image" "$digest" "$(index_digest copy main)"
  sound copy
  keeps copy layout
done

for tag in main-linux-amd64 main-linux-arm64 main-windows-ltsc2022-amd64; do
  skopeo inspect --raw "oci:layout:$tag" | jq -e '.layers | length == 1' >/dev/null ||
    fail "oci:layout:$tag is no image of one layer"
done
