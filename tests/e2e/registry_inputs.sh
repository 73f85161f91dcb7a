#!/bin/bash
# merge reads images of a registry: the same bytes as from a layout, no more requests than needed,
# and nothing of platforms that are left out but their manifests and configs.
source "$(dirname "$0")/lib.sh"
need skopeo jq
rootfs_tar amd64.tar linux/amd64
rootfs_tar arm64.tar linux/arm64
"$OCIMUX" merge linux/amd64=amd64.tar linux/arm64=arm64.tar -t x/demo:1 -c 'CMD ["/hello"]' -o layout >/dev/null
start_registry
image=docker://$REGISTRY/x/demo
skopeo copy -q --all --preserve-digests --dest-tls-verify=false oci:layout:1 "$image:1"
digest=$(index_digest layout 1)

forget_requests
equal "digest of what is merged again" "$digest" "$("$OCIMUX" merge "$image:1" -t x/demo:1 -o same 2>notes)"
diff -r layout same >&2 || fail "another layout than the one that was pushed"
contains "that there is no TLS" "note: $REGISTRY speaks no TLS" "$(cat notes)"
equal "one index, two manifests, two configs, two layers" 7 "$(requests | wc -l)"
equal "each of them once" "" "$(requests | sort | uniq -d)"
equal "by digest" "$digest" "$("$OCIMUX" merge "$image@$digest" -o by_digest)"

# One platform of two.
forget_requests
"$OCIMUX" merge "$image:1" -p linux/arm64 -t one -o one >/dev/null
sound one
other=$(manifest layout 1 linux/amd64 | jq -r '.layers[0].digest')
equal "requests for the layer of the other platform" "" "$(requests "$other")"
equal "requests for blobs: two configs and a layer" 3 "$(requests '/blobs/' | wc -l)"

# A dry run asks for no layer, and blobs that the output has are not fetched again.
forget_requests
"$OCIMUX" merge "$image:1" -o dry --dry-run >/dev/null
equal "blobs of a dry run: the configs" 2 "$(requests '/blobs/' | wc -l)"
forget_requests
"$OCIMUX" merge "$image:1" -t again -o same >/dev/null
equal "blobs where all are there: the configs" 2 "$(requests '/blobs/' | wc -l)"

# Beside other inputs, recompressed, and at other numbers of threads.
arm64=$(manifest_digest layout 1 linux/arm64)
equal "merged from two places" "$digest" \
  "$("$OCIMUX" merge "linux/amd64=oci:layout@$(manifest_digest layout 1 linux/amd64)" "$image@$arm64" -o two)"
local_digest=$("$OCIMUX" merge oci:layout:1 --recompress --compression zstd -o zstd1)
forget_requests
equal "recompressed" "$local_digest" "$("$OCIMUX" merge "$image:1" --recompress --compression zstd -j 8 -o zstd2)"
equal "each layer fetched once" "" "$(requests | sort | uniq -d)"

# Another image's settings.
rootfs_tar other.tar linux/arm64
"$OCIMUX" merge linux/arm64=other.tar --config-from "$image:1" -t c -o config >/dev/null
equal "CMD of --config-from" '["/hello"]' "$(config config c linux/arm64 | jq -c .config.Cmd)"

# What is not there.
refused 4 "$image:2: expected this manifest, found status 404: manifest unknown" "$OCIMUX" merge "$image:2" -o no
refused 4 'repository name not known|expected this manifest' "$OCIMUX" merge "docker://$REGISTRY/none:1" -o no
refused 4 'expected an image for linux/s390x' "$OCIMUX" merge "$image:1" -p linux/s390x -o no
refused 2 'expected a repository' "$OCIMUX" merge "docker://$REGISTRY/Upper:1" -o no
refused 1 'expected an answer from https://127.0.0.1:1, found: ' "$OCIMUX" merge docker://127.0.0.1:1/x -o no
[ ! -e no ] || fail "a refusal left something behind"

# An offline command stays offline.
refused 3,4 'expected' "$OCIMUX" merge "$REGISTRY/x/demo:1" -o no
