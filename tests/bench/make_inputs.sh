#!/bin/bash
# Makes the large inputs of scripts/bench.sh, each one once: what is there stays.
#
# usage: make_inputs.sh [--quick] DIR
#
#   app-main-*.tar    root filesystems: Debian for two platforms (about 350 MB each), a small one
#                     for Windows
#   linux-*.oci.tar   the Debian ones as OCI archives with a gzip layer each, made by umoci
#   linux-*.oci       the same as layouts
#   many/             small images that share three layers of four, as OCI archives
#   huge.oci.tar      an image of 10 GB, a sparse file
#   push.oci          the archives and the Windows one, merged by the ocimux in PATH
#   verify-*.oci      the Debian ones, merged by the ocimux in PATH: uncompressed, in gzip, in zstd
#   push-latency.oci  five platforms with eight small layers each
#   push-large.oci    an image with a layer of 2 GB, a sparse file
#
# With --quick all of it is small, and nothing is downloaded. Debian needs root.
set -euo pipefail
usage="usage: $0 [--quick] DIR"
quick=no
[ "${1:-}" != --quick ] || { quick=yes; shift; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?$usage}"
cd "$1"

# once NAME COMMAND...: makes NAME, whole or not at all; the command is told where to put it
once() {
  [ ! -e "$1" ] || return 0
  echo "inputs: making $1"
  rm -rf "$1.new"
  "${@:2}" "$1.new"
  mv "$1.new" "$1"
}

# Packages are only unpacked, nothing of them runs: so any architecture can be made anywhere.
debian() { # ARCHITECTURE FILE
  local root=root-$1 deb
  [ "$(id -u)" -eq 0 ] || { echo "inputs: debootstrap needs root" >&2; exit 1; }
  rm -rf "$root"
  if ! debootstrap --foreign --variant=minbase --arch="$1" \
    --include=python3,git,openssh-client,vim,curl,rsync bookworm "$root" \
    >"debootstrap-$1.log" 2>&1; then
    tail -n 5 "debootstrap-$1.log" >&2
    exit 1
  fi
  for deb in "$root"/var/cache/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink
  done
  rm "$root"/var/cache/apt/archives/*.deb
  tar --sort=name --numeric-owner --mtime=@1700000000 -C "$root" -cf "$2" .
  rm -rf "$root" "debootstrap-$1.log"
}

# The generator's form for Windows has no extended attributes, of which buildah refuses one.
generated() { # MEGABYTES SEED FILE
  "$here/../e2e/make_large.py" "$3" "$1" "$2" "$here/make_inputs.sh" windows
}

# By a tool that is not ours, so that a change of ours does not change what it is given.
layout() { # PLATFORM DIR
  umoci init --layout "$2"
  umoci new --image "$2:main"
  umoci raw add-layer --image "$2:main" "app-main-$1.tar"
  umoci config --image "$2:main" --os "${1%-*}" --architecture "${1#*-}"
  umoci gc --layout "$2" >/dev/null 2>&1
  # umoci keeps them from everybody but their owner, and what is not like a copy gets copied.
  chmod 644 "$2"/blobs/sha256/*
}

archive() { tar -C "$1" --sort=name -cf "$2" oci-layout index.json blobs; } # LAYOUT FILE

for arch in amd64 arm64; do
  if [ $quick = yes ]; then
    once app-main-linux-$arch.tar generated 40 $arch
  else
    once app-main-linux-$arch.tar debian $arch
  fi
  once linux-$arch.oci layout linux-$arch
  once linux-$arch.oci.tar archive linux-$arch.oci
done
if [ $quick = yes ]; then
  once app-main-windows-ltsc2022-amd64.tar generated 5 windows
  once many "$here/make_images.py" many 50
  once huge.oci.tar "$here/make_images.py" huge 1
  once push-large.oci "$here/make_images.py" large 200
else
  once app-main-windows-ltsc2022-amd64.tar generated 20 windows
  once many "$here/make_images.py" many 200
  once huge.oci.tar "$here/make_images.py" huge 10
  once push-large.oci "$here/make_images.py" large 2000
fi
once push-latency.oci "$here/make_images.py" index 8
once push.oci ocimux merge -q linux-*.oci.tar app-main-windows-*.tar -t app/app:main -o
for how in none gzip zstd; do
  once verify-$how.oci ocimux merge -q app-main-linux-*.tar -t app/app:main --compression $how -o
done
