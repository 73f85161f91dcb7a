#!/bin/bash
# Sonobuoy's Windows versions in one index, each with the os.version that its name
# stands for, newest first, in OCI's and in Docker's media types.
source "$(dirname "$0")/lib.sh"
need jq skopeo
programs=$(inputs programs)
versions=(1809 1903 1909 2004 20H2 ltsc2022 ltsc2025)
for version in "${versions[@]}"; do
  rootfs_tar "sonobuoy-v0.57-windows-$version-amd64.tar" windows/amd64 "$programs/hello-windows-amd64.exe"
done
for arch in amd64 arm64; do rootfs_tar "sonobuoy-v0.57-linux-$arch.tar" "linux/$arch"; done

for format in oci docker; do
  "$OCIMUX" merge --format "$format" sonobuoy-*.tar -t sonobuoy/sonobuoy:v0.57 --platform-tags -o "$format"
  equal "platforms ($format)" "linux/amd64
linux/arm64
windows/amd64:10.0.26100
windows/amd64:10.0.20348
windows/amd64:10.0.19042
windows/amd64:10.0.19041
windows/amd64:10.0.18363
windows/amd64:10.0.18362
windows/amd64:10.0.17763" "$(platforms "$format" v0.57)"
  equal "tags ($format)" "v0.57
v0.57-linux-amd64
v0.57-linux-arm64
v0.57-windows-1809-amd64
v0.57-windows-1903-amd64
v0.57-windows-1909-amd64
v0.57-windows-2004-amd64
v0.57-windows-20H2-amd64
v0.57-windows-ltsc2022-amd64
v0.57-windows-ltsc2025-amd64" "$(tags "$format" | sort)"
  sound "$format"
  equal "os.version of a config ($format)" 10.0.18363 "$(config "$format" v0.57 windows/amd64:10.0.18363 | jq -r '."os.version"')"
done
equal "media types ($(document docker v0.57 | jq -r .mediaType))" \
  "application/vnd.docker.distribution.manifest.list.v2+json
application/vnd.docker.distribution.manifest.v2+json
application/vnd.docker.container.image.v1+json
application/vnd.docker.image.rootfs.diff.tar.gzip" \
  "$({ document docker v0.57 | jq -r '.mediaType, (.manifests | map(.mediaType) | unique[])'
       manifest docker v0.57 linux/amd64 | jq -r '.config.mediaType, .layers[].mediaType'; })"

# The full versions that `docker manifest annotate --os-version` is given.
"$OCIMUX" merge sonobuoy-*-windows-1809-*.tar sonobuoy-*-windows-ltsc2022-*.tar \
  --os-version windows:1809=10.0.17763.6414 --os-version windows:ltsc2022=10.0.20348.2762 -t v0.57 -o annotated
equal "annotated os.version" "windows/amd64:10.0.20348.2762
windows/amd64:10.0.17763.6414" "$(platforms annotated v0.57)"
sound annotated

# Two that cannot be told apart are refused, and both are named.
cp sonobuoy-v0.57-windows-1809-amd64.tar again-windows-1809-amd64.tar
refused 1,2,3 'again-windows-1809-amd64\.tar' "$OCIMUX" merge sonobuoy-*.tar again-*.tar -t v0.57 -o none
refused 1,2,3 'sonobuoy-v0\.57-windows-1809-amd64\.tar' "$OCIMUX" merge sonobuoy-*.tar again-*.tar -t v0.57 -o none
[ ! -e none ] || fail "a refused merge leaves its output"
