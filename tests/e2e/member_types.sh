#!/bin/bash
# Types of tar members that engines do not unpack: verify finds them in layers, and merge writes
# root filesystem tars with them anew, which umoci unpacks.
source "$(dirname "$0")/lib.sh"
need tar umoci jq python3
mkdir -p root/bin root/etc
cp "$(type -P true)" root/bin/true
truncate -s 1M root/etc/holes
echo end >>root/etc/holes
tar --format=gnu -S -C root -cf holes.tar bin etc
python3 - <<'END'
import io, tarfile
with tarfile.open("contiguous.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
    tar.add("root/bin/true", "bin/true")
    for name, kind, content in (("etc/file", b"7", b"hello\n"), ("etc/directory/", b"0", b"")):
        member = tarfile.TarInfo(name)
        member.type, member.size = kind, len(content)
        tar.addfile(member, io.BytesIO(content))
END

in_a_layer() { # TAR: a layout in which it is the layer, as it is
  local layer config manifest
  rm -rf layout
  mkdir -p layout/blobs/sha256
  put() { # FILE: its descriptor, without media type
    local digest
    digest=$(sha256sum <"$1" | cut -d' ' -f1)
    cp "$1" "layout/blobs/sha256/$digest"
    printf '"digest": "sha256:%s", "size": %s' "$digest" "$(stat -c %s "$1")"
  }
  layer=$(put "$1")
  printf '{"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": ["%s"]}}' \
    "$(jq -r .digest <<<"{$layer}")" >config
  config=$(put config)
  printf '{"schemaVersion": 2, "mediaType": "%s.manifest.v1+json", "config": {"mediaType": "%s.config.v1+json", %s}, "layers": [{"mediaType": "%s.layer.v1.tar", %s}]}' \
    "$OCI" "$OCI" "$config" "$OCI" "$layer" >manifest
  manifest=$(put manifest)
  printf '{"schemaVersion": 2, "manifests": [{"mediaType": "%s.manifest.v1+json", %s, "annotations": {"org.opencontainers.image.ref.name": "a"}}]}' \
    "$OCI" "$manifest" >layout/index.json
  echo '{"imageLayoutVersion": "1.0.0"}' >layout/oci-layout
}
OCI=application/vnd.oci.image

for tar in holes contiguous; do
  in_a_layer $tar.tar
  status=0
  "$OCIMUX" verify --json layout >report 2>/dev/null || status=$?
  equal "verify of $tar" 3 $status
  jq -e '[.inputs[].findings[] | select(.code == "member-type")] | length > 0' report >/dev/null ||
    fail "verify does not tell the type in $tar"
  rm -rf bundle
  ! umoci unpack --image layout:a bundle >umoci.log 2>&1 ||
    fail "umoci unpacks $tar: is this finding needed?"

  rm -rf merged bundle
  "$OCIMUX" verify $tar.tar >/dev/null || fail "$tar is no sound root filesystem to verify"
  "$OCIMUX" merge $tar.tar --platform linux/amd64 -t a -o merged >/dev/null
  "$OCIMUX" verify merged >/dev/null || fail "what merge made of $tar is wrong"
  umoci unpack --image merged:a bundle >/dev/null
  same_file "$tar" root/bin/true bundle/rootfs/bin/true
done
[ -d bundle/rootfs/etc/directory ] || fail "a directory by its name is none"
equal "the contiguous file" hello "$(cat bundle/rootfs/etc/file)"
