#!/bin/bash
# regctl reads the layout in place, by tag, digest and platform, and copies it.
source "$(dirname "$0")/lib.sh"
need regctl jq
digest=$(merge_velero layout)

equal "tags" "main
main-linux-amd64
main-linux-arm64
main-windows-ltsc2022-amd64" "$(regctl tag ls ocidir://layout | sort)"
equal "digest" "$digest" "$(regctl image digest ocidir://layout:main)"
same_file "index" "$(blob layout "$digest")" <(regctl manifest get --format raw-body ocidir://layout:main)
for platform in linux/amd64 linux/arm64; do
  equal "digest of $platform" "$(manifest_digest layout main "$platform")" \
    "$(regctl image digest --platform "$platform" ocidir://layout:main)"
  equal "config of $platform" "$platform" \
    "$(regctl image config --platform "$platform" --format '{{.GetConfig.OS}}/{{.GetConfig.Architecture}}' ocidir://layout:main)"
done
equal "digest of the Windows image" "$(manifest_digest layout main windows/amd64:10.0.20348)" \
  "$(regctl image digest --platform 'windows/amd64,osver=10.0.20348.2582' ocidir://layout:main)"

regctl image copy ocidir://layout:main ocidir://copy:main
equal "digest of the copy" "$digest" "$(index_digest copy main)"
sound copy
regctl image export ocidir://layout:main exported.tar
mkdir exported && tar -xf exported.tar -C exported
keeps exported layout
