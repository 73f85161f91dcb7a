#!/bin/bash
# What `docker save` writes merges: one image a file, several in a file, layers
# that are symbolic links. Image IDs and DiffIDs stay what Docker says they are.
source "$(dirname "$0")/lib.sh"
need jq
programs=$(inputs programs)
mkdir context
cp "$programs"/hello-linux-{amd64,arm64} context/
cat >context/Dockerfile <<'DOCKERFILE'
FROM scratch AS base
ARG TARGETARCH
COPY hello-linux-$TARGETARCH /hello
FROM scratch
ARG TARGETARCH
ENV GREETING=hello
COPY Dockerfile /
COPY hello-linux-$TARGETARCH /hello
ENTRYPOINT ["/hello"]
DOCKERFILE
start_dockerd
for arch in amd64 arm64; do
  docker build -q --platform "linux/$arch" -t "velero/velero:main-$arch" context >/dev/null
  docker save -o "$arch.tar" "velero/velero:main-$arch"
done
docker build -q --platform linux/amd64 --target base -t velero/base context >/dev/null
docker save -o both.tar velero/velero:main-amd64 velero/velero:main-arm64

one=$("$OCIMUX" merge amd64.tar arm64.tar -t velero/velero:main -o layout)
equal "platforms" $'linux/amd64\nlinux/arm64' "$(platforms layout main)"
sound layout
for arch in amd64 arm64; do
  equal "image ID of linux/$arch" "$(docker image inspect --format '{{.Id}}' "velero/velero:main-$arch")" \
    "$(manifest layout main "linux/$arch" | jq -r .config.digest)"
  equal "DiffIDs of linux/$arch" \
    "$(docker image inspect "velero/velero:main-$arch" | jq -c '.[0].RootFS.Layers')" \
    "$(config layout main "linux/$arch" | jq -c .rootfs.diff_ids)"
done

equal "both in one file give the same index" "$one" "$("$OCIMUX" merge both.tar -t velero/velero:main -o both)"
diff -r layout both || fail "both in one file give another layout"

# The layer that the two images of linux/amd64 share is saved as a symbolic link.
docker save -o shared.tar velero/base velero/velero:main-amd64
grep -q -- '-> ../.*/layer.tar' <(tar -tvf shared.tar) || fail "this Docker saves no symbolic link; the test needs one"
refused 1,2,3 'linux/amd64' "$OCIMUX" merge shared.tar -t twice -o twice
[ ! -e twice ] || fail "a refused merge leaves its output"
