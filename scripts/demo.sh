#!/bin/bash
# Shows ocimux at work, from a fresh machine on: builds it, makes root filesystem
# tars for eight platforms with true programs inside, merges them into one
# multi-arch image, has tools that are not ours read it, and sends it to a registry
# on this machine and back.
#
# usage: scripts/demo.sh [FOLDER]
#
# FOLDER/ocimux-demo keeps what is made; without it, a temporary folder goes at the end.
set -euo pipefail
step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
fail() { printf 'demo: %s\n' "$*" >&2; exit 1; }
# same WHAT OURS THEIRS
same() {
  [ "$2" = "$3" ] || fail "$1: ocimux says $2, the other tool $3"
  printf 'the same: %-28s %s\n' "$1" "$2"
}

registry_process= temporary=
clean_up() {
  [ -z "$registry_process" ] || kill "$registry_process" 2>/dev/null || true
  [ -z "$temporary" ] || rm -rf "$temporary"
}
trap clean_up EXIT

if [ $# -gt 0 ]; then
  rm -rf "$1/ocimux-demo"
  mkdir -p "$1/ocimux-demo"
  work=$(cd "$1/ocimux-demo" && pwd)
else
  work=$(mktemp -d)
  temporary=$work
fi
cd "$(dirname "$0")/.."

step "Installing what is needed"
scripts/setup.sh build demo

step "Building ocimux"
log=$work/build.log
{ cmake --preset release && cmake --build --preset release --target ocimux_cli; } >"$log" 2>&1 ||
  { tail -n 30 "$log"; fail "the build failed"; }
export PATH=$PWD/build/release/bin:$PATH
run ocimux --version

step "Making root filesystems, one tar a platform, as Velero's Makefile names them"
platforms=(linux/386 linux/amd64 linux/arm/v7 linux/arm64 linux/ppc64le linux/riscv64
  linux/s390x windows/amd64)
tests/e2e/make_programs.sh "$work/programs" "${platforms[@]}" >/dev/null
mkdir "$work/_output"
for platform in "${platforms[@]}"; do
  name=${platform//\//-}
  tests/e2e/make_root.sh "$work/roots/$name" "$platform" "$work/programs/hello-$name"
  tar -C "$work/roots/$name" --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner \
    -cf "$work/_output/velero-main-${name/windows/windows-ltsc2022}.tar" .
done
cd "$work"
(cd programs && file -- *) | sed 's/, version.*//; s/, with debug.*//'
run ls _output

step "Asking whether the binaries are what the names say"
run ocimux verify _output/velero-main-*.tar
cp _output/velero-main-linux-amd64.tar lie-main-linux-arm64.tar
run ocimux merge lie-main-linux-arm64.tar -o lie && fail "an amd64 program passed for arm64"

step "Merging them"
run ocimux merge _output/velero-main-*.tar -t velero/velero:main --platform-tags -o layout | tee digest
digest=$(tail -n 1 digest)

step "Looking at the result"
run ocimux inspect layout

step "Asking which image a node would run"
run ocimux match layout:main --node windows/amd64:10.0.20348.2000 --runtime containerd
run ocimux match layout:main --node windows/amd64:ltsc2019 --runtime docker || true

step "Storing a newer version as the first one and a difference"
cp -a "roots/linux-amd64" roots/newer
echo "newer" >roots/newer/etc/version
tar -C roots/newer --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner \
  -cf velero-next-linux-amd64.tar .
run ocimux merge velero-next-linux-amd64.tar --base layout:main -t velero/velero:next -o layout
run ocimux inspect layout:next

step "Reading it with skopeo and umoci"
same "index, by skopeo" "$digest" "sha256:$(skopeo inspect --raw oci:layout:main | sha256sum | cut -d' ' -f1)"
for arch in amd64 arm64 s390x; do
  same "linux/$arch, by skopeo" \
    "sha256:$(ocimux inspect --raw --platform "linux/$arch" layout:main | sha256sum | cut -d' ' -f1)" \
    "sha256:$(skopeo inspect --raw "oci:layout:main-linux-$arch" | sha256sum | cut -d' ' -f1)"
done
same "number of tags, by umoci" $((${#platforms[@]} + 2)) "$(umoci ls --layout layout | wc -l)"
run umoci ls --layout layout
# Unpacking as another user than root takes --rootless.
rootless=()
[ "$(id -u)" -eq 0 ] || rootless=(--rootless)
case $(uname -m) in
  aarch64) ours=arm64 ;;
  *) ours=amd64 ;;
esac
run umoci unpack "${rootless[@]}" --image "layout:main-linux-$ours" bundle
same "program of linux/$ours" "$(sha256sum <"programs/hello-linux-$ours" | cut -c1-16)" \
  "$(sha256sum <bundle/rootfs/usr/bin/velero | cut -c1-16)"
run bundle/rootfs/usr/bin/velero

step "Starting a registry"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
registry=127.0.0.1:$port
printf '{version: 0.1, storage: {filesystem: {rootdirectory: "%s"}}, http: {addr: "%s"}}\n' \
  "$work/registry" "$registry" >registry.yml
docker-registry serve registry.yml >registry.log 2>&1 &
registry_process=$!
for _ in $(seq 100); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  kill -0 "$registry_process" 2>/dev/null || break
  sleep 0.1
done
kill -0 "$registry_process" || { tail registry.log; fail "the registry did not start"; }
echo "docker-registry at $registry"

step "Sending it there: every tag, every platform, each blob once"
run ocimux push layout "$registry/velero/velero"
step "And again: nothing is left to send"
run ocimux push layout "$registry/velero/velero"

step "Having skopeo pull one platform, and ocimux all of them"
run skopeo copy --override-os linux --override-arch arm64 --src-tls-verify=false \
  "docker://$registry/velero/velero:main" oci:pulled:arm64
same "linux/arm64, pulled by skopeo" \
  "sha256:$(ocimux inspect --raw --platform linux/arm64 layout:main | sha256sum | cut -d' ' -f1)" \
  "sha256:$(skopeo inspect --raw oci:pulled:arm64 | sha256sum | cut -d' ' -f1)"
run ocimux pull "$registry/velero/velero:main" -o back | tee digest
same "index, there and back" "$digest" "$(tail -n 1 digest)"

step "Done after $SECONDS s: one image for ${#platforms[@]} platforms, $digest"
[ $# -eq 0 ] || echo "It is in $work/layout"
