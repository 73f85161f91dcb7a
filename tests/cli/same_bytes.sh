#!/bin/bash
# The same inputs give the same bytes: with any number of threads, in any order, on any day, from
# compressed copies, whatever the files' own times are.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
large big-linux-amd64.tar 9
rootfs app-linux-arm64.tar
rootfs app-linux-armv7.tar other
mkdir touched packed
cp ./*.tar touched
touch -d '2001-01-01' touched/*
for file in *.tar; do xz -0 -c "$file" > "packed/${file}.xz"; done
digest=
for inputs in "big-linux-amd64.tar app-linux-arm64.tar app-linux-armv7.tar" \
  "app-linux-armv7.tar app-linux-arm64.tar big-linux-amd64.tar" \
  "touched/app-linux-arm64.tar touched/big-linux-amd64.tar touched/app-linux-armv7.tar" \
  "packed/app-linux-arm64.tar.xz packed/big-linux-amd64.tar.xz app-linux-armv7.tar"; do
  for threads in 1 2 8; do
    for tags in "-t a -t x/y:b" "-t x/y:b -t a -t a"; do
      # shellcheck disable=SC2086
      status 0 "$OCIMUX" merge -q -j $threads $inputs $tags --platform-tags -o out.tar --replace
      found=$(sha256sum < out.tar)
      : "${digest:=$found}"
      [ "$digest" = "$found" ] || fail "-j $threads, $inputs, $tags: expected the same bytes"
    done
  done
done

# Tars that end where a zstd job ends: noise, so that output lags behind.
for size in 28 36; do
  noise=$((size * 1048576 - 1536))
  openssl enc -aes-128-ctr -nosalt -K 00000000000000000000000000000000 \
    -iv 00000000000000000000000000000000 -in /dev/zero 2>/dev/null | head -c $noise > data || true
  tar -b 1 --mtime=@0 --owner=0 --group=0 --numeric-owner -cf even-linux-amd64.tar data
  [ "$(stat -c %s even-linux-amd64.tar)" = $((size * 1048576)) ] || fail "a tar of another size"
  digest=
  for threads in 1 2 8 1 2; do
    status 0 "$OCIMUX" merge -q -j $threads --compression zstd --no-sync even-linux-amd64.tar \
      -t a --replace -o even
    : "${digest:=$(cat stdout)}"
    [ "$digest" = "$(cat stdout)" ] || fail "-j $threads, zstd, $size MiB: expected the same bytes"
  done
done
