#!/bin/bash
# Makes a set of inputs that several tests use, once for each build tree, and
# prints its folder. Whoever comes second waits for the first, or finds it made.
#
# usage: make_inputs.sh SET
#   programs  one true program for each platform (tests/e2e/hello.c)
#   velero    root filesystem tars of those, as Velero's Makefile names them
#   buildkit  what Docker's BuildKit makes of them: type=tar for three platforms
#   large     two root filesystems of 300 MB and a Windows one of 100 MB
#   medium    the same, a twentieth of the size
#   debian    two of Debian's own, made by debootstrap
set -euo pipefail
set_name=${1:?usage: make_inputs.sh SET}
OCIMUX=${OCIMUX:-/bin/true}
# shellcheck source=tests/e2e/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2034 # lib.sh says it in messages
NAME=inputs.$set_name

make_programs() {
  need x86_64-linux-gnu-gcc aarch64-linux-gnu-gcc arm-linux-gnueabihf-gcc i686-linux-gnu-gcc \
    powerpc64le-linux-gnu-gcc s390x-linux-gnu-gcc riscv64-linux-gnu-gcc x86_64-w64-mingw32-gcc
  "$E2E/make_programs.sh" "$1" >&2
}

make_velero() {
  local platform name
  for platform in linux/386 linux/amd64 linux/arm/v6 linux/arm/v7 linux/arm64 \
    linux/ppc64le linux/riscv64 linux/s390x windows/amd64; do
    name=${platform//\//-}
    rootfs_tar "$1/velero-main-${name/windows/windows-ltsc2022}.tar" "$platform"
  done
}

# As `make build-image` does it: one platform a build, no base image but scratch.
make_buildkit() {
  local platform name programs
  programs=$(inputs programs)
  mkdir context
  for platform in linux/amd64 linux/arm64 windows/amd64; do
    "$E2E/make_root.sh" "context/${platform//\//-}" "$platform" "$programs/hello-${platform//\//-}"
  done
  cat >context/Dockerfile <<'DOCKERFILE'
FROM scratch
ARG TARGETOS
ARG TARGETARCH
LABEL maintainer="ocimux"
COPY $TARGETOS-$TARGETARCH /
DOCKERFILE
  start_dockerd
  for platform in linux/amd64 linux/arm64 windows/amd64; do
    name=${platform//\//-}
    docker build -q --platform "$platform" \
      --output "type=tar,dest=$1/velero-main-${name/windows/windows-ltsc2022}.tar" context >&2
    cp -a "context/$name" "$1/$name"
  done
}

make_of_size() { # FOLDER MB WINDOWS-MB
  local programs
  programs=$(inputs programs)
  "$E2E/make_large.py" "$1/velero-main-linux-amd64.tar" "$2" amd64 "$programs/hello-linux-amd64"
  "$E2E/make_large.py" "$1/velero-main-linux-arm64.tar" "$2" arm64 "$programs/hello-linux-arm64"
  "$E2E/make_large.py" "$1/velero-main-windows-ltsc2022-amd64.tar" "$3" windows \
    "$programs/hello-windows-amd64.exe" windows
}
make_large() { make_of_size "$1" 300 100; }
make_medium() { make_of_size "$1" 15 5; }

make_debian() {
  need debootstrap
  local arch
  for arch in amd64 arm64; do
    debootstrap --foreign --arch="$arch" --variant=minbase bookworm "debian-$arch" >"debootstrap-$arch.log" 2>&1 ||
      { tail -n 5 "debootstrap-$arch.log" >&2; skip "debootstrap cannot reach a Debian mirror"; }
    tar -C "debian-$arch" --sort=name --numeric-owner --xattrs --xattrs-include='*' \
      -cf "$1/debian-bookworm-linux-$arch.tar" .
  done
}

declare -F "make_$set_name" >/dev/null || fail "there is no set of that name"
mkdir -p "$E2E_INPUTS"
exec 9>"$E2E_INPUTS/.$set_name.lock"
flock 9
made=$E2E_INPUTS/$set_name
# Made anew whenever a script that makes it is younger than what it made.
if [ ! -e "$made" ] || [ -n "$(find "$E2E"/make_* "$E2E/hello.c" -newer "$made" -print -quit)" ]; then
  say "making $made"
  rm -rf "$made" "$made.new"
  mkdir "$made.new"
  # Not to daemons: one that lives on would hold the lock.
  "make_$set_name" "$made.new" 9>&-
  mv "$made.new" "$made"
  touch "$made"
fi
printf '%s\n' "$made"
