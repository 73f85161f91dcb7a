#!/bin/bash
# Docker Engine pulls each platform of a merged image from a registry, and runs it.
source "$(dirname "$0")/lib.sh"
need skopeo jq
can_run_arm64
merge_velero layout >/dev/null
start_registry
skopeo copy -q --all --dest-tls-verify=false oci:layout:main "docker://$REGISTRY/velero/velero:main"
start_dockerd

for arch in amd64 arm64; do
  docker pull -q --platform "linux/$arch" "$REGISTRY/velero/velero:main"
  equal "image ID of linux/$arch" "$(manifest layout main "linux/$arch" | jq -r .config.digest)" \
    "$(docker image inspect --format '{{.Id}}' "$REGISTRY/velero/velero:main")"
  equal "what the linux/$arch image says" "hello from linux/$arch" \
    "$(docker run --rm --network=none --platform "linux/$arch" "$REGISTRY/velero/velero:main" /usr/bin/velero)"
done
