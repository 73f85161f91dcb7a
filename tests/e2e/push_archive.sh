#!/bin/bash
# push sends straight from an OCI archive: nothing is unpacked, nowhere. Only one that is compressed on
# the outside needs room, which it gives back. Foreign layers go when they are there, else it is said
# where they are.
source "$(dirname "$0")/lib.sh"
need crane jq zstd strace
digest=$(merge_velero image.tar 2>/dev/null)
start_registry "validation: {manifests: {urls: {allow: [\"^https?://\"]}}}"

# pushed WHAT FILE [COMMAND...]
pushed() {
  local what=$1 to=$REGISTRY/archive/$((++NUMBER))
  contains "$what: what is printed" "^$to:main@$digest$" "$("${@:3}" "$OCIMUX" push "$2" "$to" 2>notes || cat notes)"
  crane validate --remote "$to:main" >&2
  complete_registry "$REGISTRY" "${to#*/}"
  equal "$what: tags" 4 "$(crane ls "$to" | wc -l)"
}
NUMBER=0
mkdir tmp
snapshot . >before
pushed "an archive" image.tar env TMPDIR="$WORK/nowhere"
pushed "an archive that may not be written to" image.tar \
  strace -f -o "$WORK/tmp/trace" -e trace=openat,open,creat,memfd_create
equal "files that were made" "" \
  "$(grep -E 'O_CREAT|O_TMPFILE|creat\(|memfd_create' tmp/trace | grep -Ev 'ENOENT|/ocimux/uploads|/dev/null' || true)"
rm tmp/trace
zstd -q image.tar -o image.tar.zst
gzip -k image.tar
pushed "a zstd archive" image.tar.zst env TMPDIR="$WORK/tmp"
pushed "a gzip archive" image.tar.gz env TMPDIR="$WORK/tmp"
equal "what is left in TMPDIR" "" "$(ls -A tmp)"
contains "one tag" "^$REGISTRY/one/tag:v1@$digest$" "$("$OCIMUX" push image.tar:main "$REGISTRY/one/tag:v1" 2>/dev/null)"
equal "one tag's tags" v1 "$(crane ls "$REGISTRY/one/tag")"

# What was damaged is not sent as if it were right.
mkdir unpacked
tar -C unpacked -xf image.tar
layer=$(manifest unpacked main linux/amd64 | jq -r '.layers[0].digest')
printf x | dd of="$(blob unpacked "$layer")" bs=1 seek=50 conv=notrunc status=none
tar -C unpacked -cf damaged.tar .
refused 3 "$layer" "$OCIMUX" push damaged.tar "$REGISTRY/damaged/x"

# --- foreign layers ---
python3 - <<'PYTHON'
import gzip, hashlib, json, os
os.makedirs("foreign/blobs/sha256")
def put(data, media_type, **more):
    digest = hashlib.sha256(data).hexdigest()
    open(f"foreign/blobs/sha256/{digest}", "wb").write(data)
    return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data), **more}
oci = "application/vnd.oci.image."
def layer(text, kind, **more):
    data = gzip.compress(text.encode() + bytes(10240 - len(text)), mtime=0)
    return put(data, oci + kind, **more), "sha256:" + hashlib.sha256(gzip.decompress(data)).hexdigest()
own, own_id = layer("own", "layer.v1.tar+gzip")
there, there_id = layer("there", "layer.nondistributable.v1.tar+gzip", urls=["https://mcr.example.com/there"])
absent, absent_id = layer("absent", "layer.nondistributable.v1.tar+gzip", urls=["https://mcr.example.com/absent"])
os.remove("foreign/blobs/" + absent["digest"].replace(":", "/"))
platform = {"os": "windows", "architecture": "amd64", "os.version": "10.0.20348.1"}
config = put(json.dumps({**platform, "rootfs": {"type": "layers", "diff_ids": [absent_id, there_id, own_id]}}).encode(), oci + "config.v1+json")
manifest = put(json.dumps({"schemaVersion": 2, "mediaType": oci + "manifest.v1+json", "config": config,
                           "layers": [absent, there, own]}).encode(), oci + "manifest.v1+json")
index = put(json.dumps({"schemaVersion": 2, "mediaType": oci + "index.v1+json", "manifests": [{**manifest, "platform": platform}]}).encode(), oci + "index.v1+json")
index["annotations"] = {"org.opencontainers.image.ref.name": "w"}
open("foreign/oci-layout", "w").write('{"imageLayoutVersion":"1.0.0"}')
open("foreign/index.json", "w").write(json.dumps({"schemaVersion": 2, "manifests": [index]}))
open("there", "w").write(there["digest"])
open("absent", "w").write(absent["digest"])
PYTHON
tar -C foreign -cf foreign.tar .
for from in foreign foreign.tar; do
  contains "foreign layers from $from" "^$REGISTRY/windows/$from:w@$(index_digest foreign w)$" "$("$OCIMUX" push $from "$REGISTRY/windows/$from" 2>notes || cat notes)"
  contains "the layer that is missing" "$(cat absent).*https://mcr.example.com/absent" "$(cat notes)"
  ! grep "$(cat there)" notes || fail "a layer that was there is told as missing"
  equal "the layer that was there" 200 "$(curl -sS -I -o /dev/null -w '%{http_code}' "http://$REGISTRY/v2/windows/$from/blobs/$(cat there)")"
  equal "the one that was not" 404 "$(curl -sS -I -o /dev/null -w '%{http_code}' "http://$REGISTRY/v2/windows/$from/blobs/$(cat absent)")"
  complete_registry "$REGISTRY" "windows/$from"
done
