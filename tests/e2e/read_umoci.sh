#!/bin/bash
# umoci lists the tags that merge writes, and unpacks an image by its platform tag.
source "$(dirname "$0")/lib.sh"
need umoci jq
built=$(inputs buildkit)
merge_velero layout >/dev/null

equal "tags" "main
main-linux-amd64
main-linux-arm64
main-windows-ltsc2022-amd64" "$(umoci ls --layout layout | sort)"

# umoci 0.4 knows no platforms: the tag of an index is "ambiguous" to it, so the
# platform tags are its way in.
for arch in amd64 arm64; do
  umoci unpack --image "layout:main-linux-$arch" "bundle-$arch"
  equal "files of linux/$arch" "$(tree "$built/linux-$arch")" "$(tree "bundle-$arch/rootfs")"
  equal "working folder and PATH of linux/$arch" '["/",["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]]' \
    "$(jq -c '[.process.cwd, [.process.env[] | select(startswith("PATH="))]]' "bundle-$arch/config.json")"
done

# It can also collect garbage without touching what is tagged.
cp -a layout collected
umoci gc --layout collected
equal "umoci finds no garbage" "$(find layout/blobs | sort)" "$(find collected/blobs | sed s/^collected/layout/ | sort)"
