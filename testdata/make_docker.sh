#!/bin/bash
# Makes the fixtures of FOLDER with the Docker Engine that listens at $DOCKER_HOST.
# README.md says which version made which folder.
#
# usage: testdata/make_docker.sh testdata/docker-20.10
set -euo pipefail
out=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
docker=${DOCKER:-/usr/bin/docker}
export DOCKER_BUILDKIT=1

"$here/../tests/e2e/make_programs.sh" "$work" linux/amd64 linux/arm64 >/dev/null
touch -d @1700000000 "$work"/hello*
cat >"$work/Dockerfile" <<'DOCKERFILE'
FROM scratch AS one
ARG TARGETARCH
COPY hello-linux-$TARGETARCH /hello
ENTRYPOINT ["/hello"]

# The same layer, but on top of another one: Docker before 25 saves it a second
# time as a symbolic link.
FROM scratch AS two
ARG TARGETARCH
COPY Dockerfile /
COPY hello-linux-$TARGETARCH /hello
ENTRYPOINT ["/hello"]

# Both have the Dockerfile as a layer, this one on top.
FROM scratch AS three
ARG TARGETARCH
COPY hello-linux-$TARGETARCH /hello
COPY Dockerfile /
ENTRYPOINT ["/hello"]
DOCKERFILE
touch -d @1700000000 "$work/Dockerfile"
build() { "$docker" build -q "$@" "$work" >/dev/null; } # OPTION...

build --platform linux/arm64 --target one -t example/one:arm64
build --platform linux/arm64 --target two -t example/two:arm64 -t example/two:latest
build --platform linux/amd64 --target two -t example/two:amd64
"$docker" save -o "$out/save-linux-arm64.tar" example/two:arm64 example/two:latest
"$docker" save -o "$out/save-shared-layer.tar" example/one:arm64 example/two:arm64
"$docker" save -o "$out/save-two-platforms.tar" example/two:amd64 example/two:arm64
build --platform linux/amd64 --target three -t example/three:amd64
"$docker" save -o "$out/save-shared-layer-two-platforms.tar" example/three:amd64 example/two:arm64
container=$("$docker" create example/two:amd64)
"$docker" export -o "$out/export-linux-amd64.tar" "$container"
"$docker" rm "$container" >/dev/null
