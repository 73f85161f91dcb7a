#!/bin/bash
# BuildKit's type=tar of several platforms at once: a folder for each, absolute
# links rewritten into it. Merged, each platform has its own root again.
source "$(dirname "$0")/lib.sh"
need jq
"$OCIMUX" merge "$TESTDATA/buildkit-0.33/tar-multi-platform.tar" -t velero/velero:main --platform-tags -o layout
equal "platforms" "linux/amd64
linux/arm/v7
linux/arm64
windows/amd64:10.0.20348.2582" "$(platforms layout main)"
equal "tags" "main
main-linux-amd64
main-linux-arm-v7
main-linux-arm64
main-windows-ltsc2022-amd64" "$(tags layout | sort)"
sound layout

programs=$(inputs programs)
for platform in linux/amd64 linux/arm/v7 linux/arm64 windows/amd64; do
  name=${platform//\//-}
  mkdir "built-$name"
  "$E2E/make_root.sh" "$PWD/built-$name" "$platform" "$programs/hello-$name"
  unpack_layers layout "$(manifest_digest layout main "${platform/windows\/amd64/windows\/amd64:10.0.20348.2582}")" "$name"
  equal "files of $platform" "$(tree "built-$name")" "$(tree "$(root_of "$name")")"
done
equal "the hard link is one" 2 "$(stat -c %h linux-arm-v7/usr/bin/velero)"
equal "the absolute link leads to the root" /usr/bin/velero "$(readlink linux-arm-v7/velero)"
equal "the relative link is as it was" ../../passwd "$(readlink linux-arm-v7/etc/ssl/certs/link)"
