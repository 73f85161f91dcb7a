#!/bin/bash
# Docker Engine, podman and containerd pull what push sent, for each platform, and run it.
source "$(dirname "$0")/lib.sh"
need jq podman ctr
can_run_arm64
merge_velero layout >/dev/null
start_registry
image=$REGISTRY/velero/velero:main
"$OCIMUX" push layout "${image%:*}" >/dev/null
start_dockerd
start_containerd

for arch in amd64 arm64; do
  id=$(manifest layout main "linux/$arch" | jq -r .config.digest)
  said="hello from linux/$arch"
  docker pull -q --platform "linux/$arch" "$image" >&2
  equal "Docker's image of linux/$arch" "$id" "$(docker image inspect --format '{{.Id}}' "$image")"
  equal "what it says in Docker" "$said" "$(docker run --rm --network=none --platform "linux/$arch" "$image" /usr/bin/velero)"

  ctr images pull --plain-http --platform "linux/$arch" --snapshotter native "$image" >/dev/null
  equal "what it says in containerd" "$said" \
    "$(ctr run --rm --snapshotter native --platform "linux/$arch" "$image" "e2e-$arch" /usr/bin/velero)"

  equal "podman's image of linux/$arch" "$id" "sha256:$(podman pull -q --tls-verify=false --os linux --arch "$arch" "$image")"
done
equal "what containerd has" "$(index_digest layout main)" "$(ctr images ls | awk -v i="$image" '$1 == i { print $3 }')"

# Each platform by its own tag.
docker pull -q "${image%:*}:main-linux-amd64" >&2
equal "what the tag of linux/amd64 says" "hello from linux/amd64" \
  "$(docker run --rm --network=none "${image%:*}:main-linux-amd64" /usr/bin/velero)"
