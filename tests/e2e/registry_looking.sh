#!/bin/bash
# inspect, verify and match look at a registry as they do at the layout that was pushed there.
source "$(dirname "$0")/lib.sh"
need skopeo jq
for arch in amd64 arm64 s390x; do rootfs_tar $arch.tar linux/$arch; done
"$OCIMUX" merge linux/amd64=amd64.tar linux/arm64=arm64.tar -c 'CMD ["/hello"]' -t x/demo:1 -o layout >/dev/null 2>&1
start_registry
image=docker://$REGISTRY/x/demo
skopeo copy -q --all --preserve-digests --dest-tls-verify=false oci:layout:1 "$image:1"
digest=$(index_digest layout 1) arm64=$(manifest_digest layout 1 linux/arm64)
# look ARGUMENT...: without the note that there is no TLS
look() { "$OCIMUX" "$@" 2>notes; }

# --- inspect: documents alone ---
forget_requests
equal "inspect --json" "$("$OCIMUX" inspect layout:1 --json | jq -S 'del(.path, .kind) | .references[0].name = "'"$REGISTRY/x/demo:1"'"')" \
  "$(look inspect "$image:1" --json | jq -S 'del(.path, .kind)')"
equal "one index, two manifests, two configs" 5 "$(requests | wc -l)"
equal "its kind" registry "$(look inspect "$image:1" --json | jq -r .kind)"
contains "the table" "$REGISTRY/x/demo:1" "$(look inspect "$image:1")"
forget_requests
look inspect "$image:1" --raw >raw
same_file "inspect --raw" "$(blob layout "$digest")" raw
equal "a question for what is printed" 1 "$(requests | wc -l)"
look inspect "$image@$digest" -p linux/arm64 --raw >raw
same_file "inspect --raw of a platform" "$(blob layout "$arm64")" raw
equal "inspect --config" "$(config layout 1 linux/arm64)" "$(look inspect "$image@$arm64" --config)"

# --- match ---
for node in linux/arm64 linux/amd64; do
  equal "match for $node" "$("$OCIMUX" match layout:1 --node $node --json | jq 'del(.path)')" \
    "$(look match "$image:1" --node $node --json | jq 'del(.path)')"
done
refused_match=0
look match "$image:1" --node linux/s390x >/dev/null || refused_match=$?
equal "match where nothing fits" 4 "$refused_match"

# --- verify: layers, too ---
equal "verify" "$("$OCIMUX" verify layout:1 --json | jq '[.ok, .inputs[].findings, .inputs[].images[].binaries]')" \
  "$(look verify "$image:1" --json | jq '[.ok, .inputs[].findings, .inputs[].images[].binaries]')"
"$OCIMUX" merge linux/arm64=s390x.tar -c 'CMD ["/hello"]' --allow-mismatch -t x/lie:1 -o lie >/dev/null 2>&1
skopeo copy -q --all --preserve-digests --dest-tls-verify=false oci:lie:1 "docker://$REGISTRY/x/lie:1"
# broken IMAGE PATTERN: verify finds that, and says so with status 3
broken() {
  local status=0
  look verify "$1" --retries 0 --json >found || status=$?
  equal "exit status of verify $1" 3 "$status"
  contains "what verify finds" "$2" "$(jq -r '.inputs[].findings[] | .expected + .found + (.digest // "")' found)"
}
broken "docker://$REGISTRY/x/lie:1" 'linux/s390x'
# lose DIGEST: the registry has that blob no more
lose() { rm -r "$WORK"/registry.*/data/docker/registry/v2/blobs/sha256/??/"${1#sha256:}"; }
lost=$(manifest layout 1 linux/amd64 | jq -r '.layers[0].digest')
lose "$lost"
broken "$image:1" "$lost"
equal "images that are looked at all the same" 2 "$(jq '.inputs[0].images | length' found)"
lost=$(manifest layout 1 linux/arm64 | jq -r .config.digest)
lose "$lost"
broken "$image:1" "$lost"

# --- what is not there, and a pinned digest that is another's ---
for command in "inspect" "inspect --raw" "verify" "match --node linux/amd64"; do
  # shellcheck disable=SC2086
  refused 4 "$image:none: expected this manifest, found status 404" "$OCIMUX" $command "$image:none"
done
refused 2 '--creds' "$OCIMUX" verify "$image:1" docker://other.example/x --creds a:b
printf ' ' >>"$(find "$WORK"/registry.* -path "*/${digest#sha256:}/data")"
for command in "inspect" "inspect --raw" "match --node linux/amd64"; do
  # shellcheck disable=SC2086
  refused 1,3,4 "digest|manifest" "$OCIMUX" $command "$image@$digest" --retries 0
done
