#!/bin/bash
# Layers that were compressed in blocks are read by everybody: gzip, pigz, Python (zlib),
# libarchive, zstd, Go's own gzip, umoci (pgzip).
source "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/local/go/bin # where Go's own installer puts it
need gzip pigz python3 bsdcat zstd go umoci jq
large=$(inputs large)
head -c 40000000 "$large/velero-main-linux-amd64.tar" >content
tar --mtime=@0 -cf app-linux-amd64.tar content
expected=$(sha256sum <app-linux-amd64.tar)
GOCACHE=$WORK/go go build -o gunzip "$E2E/gunzip.go"

reads() { # NAME COMMAND...
  local found
  found=$("${@:2}" <"$layer" | sha256sum) || fail "$1 fails on $compression"
  equal "$1 on $compression" "$expected" "$found"
}
for compression in gzip:1 gzip:2 gzip:3 gzip gzip:9 zstd:1 zstd zstd:12; do
  rm -rf layout bundle
  "$OCIMUX" merge app-linux-amd64.tar -o layout -t a --platform-tags \
    --compression $compression >/dev/null
  digest=$("$OCIMUX" inspect layout:a --platform linux/amd64 --raw | jq -r '.layers[0].digest')
  layer=layout/blobs/sha256/${digest#sha256:}
  reads libarchive bsdcat
  if [[ $compression = zstd* ]]; then
    reads zstd zstd -dc
    continue
  fi
  reads gzip gzip -dc
  reads pigz pigz -dc
  reads zstd zstd -dc --format=gzip
  reads "Python's gzip" python3 -c 'import gzip, shutil, sys
shutil.copyfileobj(gzip.GzipFile(fileobj=sys.stdin.buffer), sys.stdout.buffer)'
  reads "Go's gzip" ./gunzip
  umoci unpack --image layout:a-linux-amd64 bundle >/dev/null
  same_file "umoci on $compression" content bundle/rootfs/content
done
