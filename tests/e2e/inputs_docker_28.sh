#!/bin/bash
# `docker save` from Docker 25 on writes layouts: with uncompressed OCI layers from
# the classic store, with Docker's media types and no platform in the descriptors
# from containerd's. Both merge, as does what Docker 20.10 writes.
source "$(dirname "$0")/lib.sh"
need jq
for docker in docker-20.10 docker-28 docker-28-containerd; do
  "$OCIMUX" merge "$TESTDATA/$docker/save-two-platforms.tar" -t example/two:v1 -o "$docker"
  equal "platforms of $docker" $'linux/amd64\nlinux/arm64' "$(platforms "$docker" v1)"
  sound "$docker"
  mkdir "$docker.d" && tar -xf "$TESTDATA/$docker/save-two-platforms.tar" -C "$docker.d"
  # Configs, so image IDs, are kept byte for byte.
  equal "configs of $docker" \
    "$(jq -r '.[].Config' "$docker.d/manifest.json" | sed -E 's|.*/||; s/\.json$//; s/^/sha256:/' | sort)" \
    "$(for p in linux/amd64 linux/arm64; do manifest "$docker" v1 $p | jq -r .config.digest; done | sort)"
  [ "$docker" = docker-20.10 ] || keeps "$docker.d" "$docker"

  # One image with two tags is one platform, not two.
  "$OCIMUX" merge "$TESTDATA/$docker/save-linux-arm64.tar" -t one -o "$docker.one"
  equal "platforms of $docker's image with two tags" linux/arm64 "$(platforms "$docker.one" one)"
  sound "$docker.one"
done

# Two images of one platform cannot be told apart.
refused 1,2,3 'linux/arm64' "$OCIMUX" merge "$TESTDATA/docker-28/save-shared-layer.tar" -t twice -o twice
[ ! -e twice ] || fail "a refused merge leaves its output"
