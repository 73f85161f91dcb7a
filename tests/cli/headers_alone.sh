#!/bin/bash
# inspect reads headers and documents, never the layers: ten gigabytes take no time.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3
python3 - <<'P'
import hashlib, json, tarfile
size = 10 << 30
layer = "sha256:" + "1" * 64
blobs = {}
def put(document, kind):
    data = json.dumps(document).encode()
    digest = hashlib.sha256(data).hexdigest()
    blobs[digest] = data
    return {"mediaType": "application/vnd.oci.image." + kind, "digest": "sha256:" + digest,
            "size": len(data)}
config = put({"os": "linux", "architecture": "arm64",
              "rootfs": {"type": "layers", "diff_ids": [layer]}}, "config.v1+json")
manifest = put({"schemaVersion": 2, "config": config, "layers": [
    {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": layer, "size": size}]},
    "manifest.v1+json")
def header(name, length):
    info = tarfile.TarInfo(name)
    info.size = length
    return info.tobuf(tarfile.GNU_FORMAT)
with open("big.tar", "wb") as out:
    out.write(header("blobs/sha256/" + "1" * 64, size))
    out.seek(size, 1)
    for name, data in [("blobs/sha256/" + d, b) for d, b in blobs.items()] + [
            ("index.json", json.dumps({"schemaVersion": 2, "manifests": [manifest]}).encode()),
            ("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')]:
        out.write(header(name, len(data)))
        out.write(data.ljust(-(-len(data) // 512) * 512, b"\0"))
    out.write(bytes(1024))
P
status 0 timeout 20 "$OCIMUX" inspect big.tar --json
says stdout '"architecture": "arm64"' '"size": 10737418240'
status 0 timeout 20 "$OCIMUX" inspect big.tar
says stdout "linux/arm64" "10.7 GB"
if command -v strace > /dev/null && strace -o /dev/null true 2>/dev/null; then
  strace -f -e trace=read,pread64 -o trace "$OCIMUX" inspect big.tar > /dev/null 2>&1 || exit 0
  bytes=$(sed -nE 's/.*(read|pread64)\(.* = ([0-9]+)$/\2/p' trace | awk '{ n += $1 } END { print n + 0 }')
  [ "$bytes" -lt 8000000 ] || fail "expected a few kilobytes read, found $bytes"
fi
