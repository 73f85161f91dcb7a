#!/bin/bash
# What refers to an image comes along: from a registry that lists it, and from one that does not,
# where clients keep the list under a tag; cosign's tags, too. Other clients find it in the layout.
source "$(dirname "$0")/lib.sh"
need regctl jq
rootfs_tar amd64.tar linux/amd64
rootfs_tar arm64.tar linux/arm64
"$OCIMUX" merge linux/amd64=amd64.tar linux/arm64=arm64.tar -t x/demo:1 -o layout >/dev/null
arm64=$(manifest_digest layout 1 linux/arm64)
digest=$(index_digest layout 1)

# check REGISTRY: pushes everything there with another client, and pulls it
check() {
  local image=$1/x/demo out=from_${1/:/_} sbom signature note cosign
  regctl registry set --tls disabled "$1"
  regctl image copy ocidir://layout:1 "$image:1" >/dev/null
  sbom=$(echo sbom | regctl artifact put --artifact-type application/spdx+json --subject "$image@$arm64" --format '{{.Manifest.GetDescriptor.Digest}}')
  signature=$(echo signature | regctl artifact put --artifact-type application/x.signature --subject "$image@$sbom" --format '{{.Manifest.GetDescriptor.Digest}}')
  note=$(echo note | regctl artifact put --artifact-type application/x.note --subject "$image@$digest" --format '{{.Manifest.GetDescriptor.Digest}}')
  cosign=$(echo cosign | regctl artifact put --artifact-type application/x.cosign "$image:${digest/:/-}.sig" --format '{{.Manifest.GetDescriptor.Digest}}')

  equal "what is pulled" "$digest" "$("$OCIMUX" pull "$image:1" -o "$out" 2>notes)"
  contains "its names" "  ${digest/:/-}.sig -> $cosign" "$(cat notes)"
  if grep -i warning notes; then fail "it warns of something"; fi
  equal "entries without a name" "$(printf '%s\n' "$sbom" "$signature" "$note" | sort)" \
    "$(jq -r '.manifests[] | select(.annotations == null) | .digest' "$out/index.json" | sort)"
  equal "tags" "$(printf '1 %s\n%s.sig %s\n' "$digest" "${digest/:/-}" "$cosign")" \
    "$(jq -r '.manifests[] | select(.annotations) | "\(.annotations["org.opencontainers.image.ref.name"]) \(.digest)"' "$out/index.json")"
  for one in "$sbom" "$signature" "$note" "$cosign"; do
    regctl manifest get "$image@$one" --format raw-body >expected
    same_file "a referrer" expected "$(blob "$out" "$one")"
    jq -r '.layers[].digest' expected | while read -r layer; do blob "$out" "$layer" >/dev/null; done
  done
  cp -a "$out" again
  "$OCIMUX" pull "$image:1" -o again >/dev/null 2>&1
  diff -r "$out" again >&2 || fail "pulled again, it is another layout"
  rm -rf again
  if command -v oras >/dev/null; then
    equal "what oras finds in the layout" "$note" \
      "$(oras discover --oci-layout "$out:1" --depth 1 --format json | jq -r '.referrers[].digest')"
  fi

  # Without the platform that it speaks of it does not come; nor when nobody wants it.
  "$OCIMUX" pull "$image:1" -p linux/amd64 -o "$out.one" >/dev/null 2>&1
  sound "$out.one"
  equal "entries of one platform" 1 "$(jq '.manifests | length' "$out.one/index.json")"
  "$OCIMUX" pull "$image:1" --no-referrers -o "$out.alone" >/dev/null 2>&1
  equal "entries without referrers" 1 "$(jq '.manifests | length' "$out.alone/index.json")"
}

start_registry
check "$REGISTRY"

command -v olareg >/dev/null || { say "olareg is not installed: no registry that lists referrers"; exit 0; }
port=$(free_port)
daemon olareg.log olareg serve --addr 127.0.0.1 --port "$port" --store-type mem
wait_for olareg $! olareg.log curl -sS -o /dev/null "http://127.0.0.1:$port/v2/"
check "127.0.0.1:$port"
