#!/bin/bash
# Velero's chain: what Docker's BuildKit exports for three platforms becomes one
# image under Velero's four tags, and holds the files that were built.
source "$(dirname "$0")/lib.sh"
need jq
built=$(inputs buildkit)

digest=$(merge_velero layout)

equal "the index digest is what is printed" "$(index_digest layout main)" "$digest"
equal "tags" "main
main-linux-amd64
main-linux-arm64
main-windows-ltsc2022-amd64" "$(tags layout | sort)"
equal "platforms of main" "linux/amd64
linux/arm64
windows/amd64:10.0.20348" "$(platforms layout main)"
sound layout

for platform in linux/amd64 linux/arm64 windows/amd64; do
  name=${platform//\//-}
  listed=${platform/windows\/amd64/windows\/amd64:10.0.20348}
  manifest=$(manifest_digest layout main "$listed")
  equal "the platform tag of $platform" "$manifest" \
    "$(index_digest layout "main-${name/windows/windows-ltsc2022}")"
  unpack_layers layout "$manifest" "unpacked-$name"
  equal "files of $platform" "$(tree "$built/$name")" "$(tree "$(root_of "unpacked-$name")")"
done

equal "names for containerd" "docker.io/velero/velero:main
docker.io/velero/velero:main-linux-amd64
docker.io/velero/velero:main-linux-arm64
docker.io/velero/velero:main-windows-ltsc2022-amd64" \
  "$(jq -r '.manifests[].annotations["io.containerd.image.name"]' layout/index.json | sort)"

# A root filesystem carries no config: it gets what BuildKit would write.
equal "PATH and working folder on Linux" \
  '[["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"/"]' \
  "$(config layout main linux/arm64 | jq -c '[.config.Env, .config.WorkingDir]')"
equal "no PATH on Windows" 'null' "$(config layout main windows/amd64:10.0.20348 | jq -c '.config.Env')"
