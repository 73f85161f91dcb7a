#!/bin/bash
# The peak memory of a push is below 64 MiB with a blob of 600 MB, on one connection or sixteen, in one
# piece or in parts, from a layout or an archive.
source "$(dirname "$0")/lib.sh"
need jq
[ -x /usr/bin/time ] || skip "GNU time is not installed"
limit=$((64 * 1024))
for name in linux-amd64 linux-arm64 linux-riscv64 linux-s390x linux-ppc64le linux-386; do
  rootfs_tar "app-$name.tar" "${name/-//}"
  mkdir "root-$name"
  tar -C "root-$name" -xf "app-$name.tar"
  # Zeros, which cost nothing to make; a name of its own, so that no two layers are the same.
  truncate -s "$([ $name = linux-amd64 ] && echo 600 || echo 12)M" "root-$name/zeros-$name"
  tar -C "root-$name" --sort=name -cf "app-$name.tar" .
  rm -r "root-$name"
done
"$OCIMUX" merge app-*.tar --compression none --no-sync -t 1 -o layout >/dev/null 2>&1
rm app-*.tar
start_registry

# peak WHAT FROM OPTION...: of a push, in KiB
number=0
peak() {
  local what=$1 from=$2 found
  shift 2
  number=$((number + 1))
  /usr/bin/time -f %M -o peak "$OCIMUX" push "$from" "$REGISTRY/memory/$number" "$@" >/dev/null 2>notes || { cat notes >&2; fail "$what"; }
  found=$(tail -n 1 peak)
  say "$what: $((found / 1024)) MiB"
  [ "$found" -lt "$limit" ] || fail "$what takes $((found / 1024)) MiB of memory, the limit is $((limit / 1024)) MiB"
}
peak "one connection" layout -j 1
peak "sixteen connections" layout -j 16
peak "one connection, in parts" layout -j 1 --chunk-size 16M
peak "sixteen connections, in parts" layout -j 16 --chunk-size 64M
tar -C layout -cf layout.tar .
rm -r layout
peak "an archive" layout.tar
complete_registry "$REGISTRY"
