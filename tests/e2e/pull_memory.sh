#!/bin/bash
# The peak memory of a pull is below 64 MiB, whatever the size of a blob and the number of
# connections.
source "$(dirname "$0")/lib.sh"
need skopeo jq
[ -x /usr/bin/time ] || skip "GNU time is not installed"
limit=$((64 * 1024))
# One blob of 500 MB, which takes no room here, and sixteen of 8 MB.
mkdir -p image/blobs/sha256
add() { # FILE: moves it among the blobs, prints a descriptor
  local sum size
  sum=$(sha256sum "$1" | cut -d' ' -f1) size=$(stat -c %s "$1")
  mv "$1" "image/blobs/sha256/$sum"
  jq -cn --arg t "$2" --arg d "sha256:$sum" --argjson s "$size" '{mediaType: $t, digest: $d, size: $s}'
}
layer=application/vnd.oci.image.layer.v1.tar
truncate -s 500M large
add large $layer >layers
for i in $(seq 16); do
  head -c 8000000 /dev/zero | tr '\0' "\\$(printf %o "$i")" >part
  add part $layer >>layers
done
jq -s '{architecture: "amd64", os: "linux", rootfs: {type: "layers", diff_ids: [.[].digest]}}' layers >config
add config application/vnd.oci.image.config.v1+json >config.json
jq -s --slurpfile c config.json '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $c[0], layers: .}' layers >manifest
add manifest application/vnd.oci.image.manifest.v1+json >manifest.json
jq -s '{schemaVersion: 2, manifests: [.[0] + {annotations: {"org.opencontainers.image.ref.name": "1"}}]}' manifest.json >image/index.json
echo '{"imageLayoutVersion":"1.0.0"}' >image/oci-layout
start_registry
skopeo copy -q --preserve-digests --dest-compress=false --dest-tls-verify=false oci:image:1 "docker://$REGISTRY/x/large:1"
rm -rf image/blobs/sha256

for jobs in 1 16; do
  /usr/bin/time -f %M -o peak "$OCIMUX" pull "$REGISTRY/x/large:1" --no-sync -j "$jobs" -o layout >/dev/null 2>&1
  found=$(tail -n 1 peak)
  say "-j $jobs: $((found / 1024)) MiB"
  [ "$found" -lt "$limit" ] || fail "-j $jobs takes $((found / 1024)) MiB of memory, the limit is $((limit / 1024)) MiB"
  equal "blobs" 19 "$(find layout/blobs -type f | wc -l)"
  rm -rf layout
done
