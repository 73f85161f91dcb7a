#!/bin/bash
# pull brings back what another client pushed: the same bytes, with what refers to it, each blob
# once; and nothing again that is there.
source "$(dirname "$0")/lib.sh"
need skopeo jq curl
rootfs_tar amd64.tar linux/amd64
rootfs_tar arm64.tar linux/arm64
"$OCIMUX" merge linux/amd64=amd64.tar linux/arm64=arm64.tar -t x/demo:1 -c 'CMD ["/hello"]' -o layout >/dev/null
start_registry
image=$REGISTRY/x/demo
skopeo copy -q --all --preserve-digests --dest-tls-verify=false oci:layout:1 "docker://$image:1"
digest=$(index_digest layout 1)
pull() { "$OCIMUX" pull "$@" 2>notes; }

forget_requests
equal "digest of what is pulled" "$digest" "$(pull "docker://$image:1" -o back --no-referrers)"
diff -r layout/blobs back/blobs >&2 || fail "other blobs than those that were pushed"
sound back
equal "index.json" "$(jq -S ".manifests[0].annotations[\"io.containerd.image.name\"] = \"$image:1\"" layout/index.json)" \
  "$(jq -S . back/index.json)"
equal "one index, two manifests, two configs, two layers" 7 "$(requests | wc -l)"
equal "each of them once" "" "$(requests | sort | uniq -d)"
contains "what was pulled" "^  $image:1 -> $digest" "$(cat notes)"

# Again: the tag is asked for, and what might refer to the image, nothing else.
forget_requests
equal "pulled again" "$digest" "$(pull "$image:1" -o back)"
equal "blobs fetched again" "" "$(requests /blobs/)"
equal "manifests fetched again, but by tag" "GET /v2/x/demo/manifests/1" "$(requests '/manifests/' | grep -v sha256-)"
sound back

# By digest: no name. And a dry run says what would come.
equal "pulled by digest" "$digest" "$(pull "$image@$digest" -o by_digest --no-referrers)"
equal "names of it" "[null]" "$(jq -c '[.manifests[].annotations]' by_digest/index.json)"
size=$(cat layout/blobs/*/* | wc -c)
equal "bytes of a dry run" "$size" "$(pull "$image:1" -o none --dry-run --json | jq .missing.bytes)"
[ ! -e none ] || fail "a dry run wrote something"
equal "bytes of a dry run where all is there" 0 "$(pull "$image:1" -o back --dry-run --json | jq .missing.bytes)"

# One platform of two.
forget_requests
narrowed=$(pull "$image:1" -p linux/arm64 -t one -o one --no-referrers)
contains "what is told of it" "$digest -> $narrowed" "$(cat notes)"
sound one
equal "platforms" linux/arm64 "$(platforms one one)"
equal "requests of one platform" 4 "$(requests | wc -l)"
equal "its manifest" "$(manifest layout 1 linux/arm64)" "$(manifest one one linux/arm64)"

# An archive, to a file and to a pipe.
pull "$image:1" -o image.tar >/dev/null
pull "$image:1" -o - >piped.tar
same_file "an archive on standard output" image.tar piped.tar
equal "its image" "$digest" "$(skopeo inspect --raw oci-archive:image.tar:1 | sha256sum | sed 's/^/sha256:/; s/ .*//')"

# Tags that exist, and what is not there.
refused 1 "expected no tag '$image:1', found one|--replace" "$OCIMUX" pull "$image:1" -p linux/amd64 -o back
refused 1 'expected no file of that name' "$OCIMUX" pull "$image:1" -o image.tar
refused 4 'expected this manifest, found status 404' "$OCIMUX" pull "$image:2" -o no
refused 4 'linux/s390x' "$OCIMUX" pull "$image:1" -p linux/s390x -o no
[ ! -e no ] || fail "a refusal left something behind"
equal "the layout after refusals" "$digest" "$(index_digest back 1)"

# A blob that the registry lost, or has wrong: nothing is written.
data=$(find "$WORK"/registry.*/data -type d -path "*/blobs/sha256/*/$(manifest layout 1 linux/amd64 | jq -r '.layers[0].digest | sub("sha256:"; "")')")
cp "$data/data" kept
printf 'X' | dd of="$data/data" bs=1 seek=100 conv=notrunc status=none
refused 3 'expected content with digest' "$OCIMUX" pull "$image:1" -o no
head -c 200 kept >"$data/data"
refused 1,3 'of [0-9]+ bytes|expected [0-9]+ bytes' "$OCIMUX" pull "$image:1" -o no --retries 0
rm "$data/data"
refused 1,3,4 "$(basename "$data")" "$OCIMUX" pull "$image:1" -o no --retries 0
[ ! -e no ] || fail "a refusal left something behind"
equal "but the layout has it" "$digest" "$(pull "$image:1" -o back)"
