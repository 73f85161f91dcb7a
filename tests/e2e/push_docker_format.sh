#!/bin/bash
# push --format docker turns manifests and indexes into Docker's on the way, tells the new digests,
# and Docker Engine pulls them; layers and configs stay as they are. zstd has no type there.
source "$(dirname "$0")/lib.sh"
need crane jq
merge_velero layout >/dev/null
digest=$(index_digest layout main)
start_registry
repository=$REGISTRY/velero/velero

"$OCIMUX" push layout "$repository" --format docker >printed 2>notes
list=$(crane digest "$repository:main")
[ "$list" != "$digest" ] || fail "nothing was converted"
contains "the line of main" "^$repository:main@$list$" "$(cat printed)"
contains "old and new digest of the index" "$digest -> $list" "$(cat notes)"
crane manifest "$repository:main" >list
equal "type of the list" application/vnd.docker.distribution.manifest.list.v2+json "$(jq -r .mediaType list)"
equal "platforms as before" "$(document layout main | jq -c '[.manifests[].platform]')" "$(jq -c '[.manifests[].platform]' list)"
for number in 0 1 2; do
  before=$(document layout main | jq -r ".manifests[$number].digest")
  after=$(jq -r ".manifests[$number].digest" list)
  contains "old and new digest of image $number" "$before -> $after" "$(cat notes)"
  crane manifest "$repository@$after" >converted
  equal "types of image $number" '["application/vnd.docker.distribution.manifest.v2+json","application/vnd.docker.container.image.v1+json","application/vnd.docker.image.rootfs.diff.tar.gzip"]' \
    "$(jq -c '[.mediaType, .config.mediaType, .layers[].mediaType]' converted)"
  equal "config and layers of image $number" "$(jq -c '[.config.digest, .layers[].digest]' "$(blob layout "$before")")" \
    "$(jq -c '[.config.digest, .layers[].digest]' converted)"
  equal "the platform tag goes along" "$after" \
    "$(crane digest "$repository:$(jq -r --arg d "$before" '.manifests[] | select(.digest == $d) | .annotations["org.opencontainers.image.ref.name"]' layout/index.json)")"
done
crane validate --remote "$repository:main" >&2
complete_registry "$REGISTRY"
equal "--json tells what was replaced" "$digest $list" \
  "$("$OCIMUX" push layout "$repository" --format docker --json 2>/dev/null |
    jq -r --arg d "$digest" '.replaced[] | select(.before == $d) | "\(.before) \(.after)"')"

# And back: a list of Docker's as an index.
"$OCIMUX" merge --format docker "$(inputs buildkit)"/velero-main-linux-*.tar -t main -o docker >/dev/null 2>&1
"$OCIMUX" push docker:main "$REGISTRY/as/oci" --format oci >/dev/null 2>&1
equal "an index of OCI's" application/vnd.oci.image.index.v1+json "$(crane manifest "$REGISTRY/as/oci:main" | jq -r .mediaType)"
"$OCIMUX" push docker:main "$REGISTRY/as/docker" >/dev/null 2>&1
equal "as it is without --format" "$(index_digest docker main)" "$(crane digest "$REGISTRY/as/docker:main")"

"$OCIMUX" merge "$(inputs buildkit)"/velero-main-linux-*.tar --compression zstd -t main -o zstd >/dev/null 2>&1
refused 3 'zstd' "$OCIMUX" push zstd "$REGISTRY/no/zstd" --format docker
"$OCIMUX" push zstd "$REGISTRY/with/zstd" >/dev/null 2>&1
equal "zstd as it is" "$(index_digest zstd main)" "$(crane digest "$REGISTRY/with/zstd:main")"

start_dockerd
docker pull -q --platform linux/amd64 "$repository:main" >&2
equal "image ID" "$(manifest layout main linux/amd64 | jq -r .config.digest)" "$(docker image inspect --format '{{.Id}}' "$repository:main")"
equal "what it says" "hello from linux/amd64" "$(docker run --rm --network=none "$repository:main" /usr/bin/velero)"
