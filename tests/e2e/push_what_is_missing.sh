#!/bin/bash
# push sends what a registry lacks and nothing else, and says so before and after.
source "$(dirname "$0")/lib.sh"
need skopeo crane jq
merge_velero layout >/dev/null
digest=$(index_digest layout main)
start_registry
start_fault_proxy "$REGISTRY"
to=$PROXY/velero/velero

# bytes_of LAYOUT: of its blobs that are no manifests, each once
bytes_of() {
  local blob
  for blob in "$1"/blobs/sha256/*; do
    jq -e 'has("layers") or has("manifests")' "$blob" >/dev/null 2>&1 || stat -c %s "$blob"
  done | awk '{ s += $1 } END { print s }'
}

# --- a dry run says it, and sends nothing ---
all=$(bytes_of layout)
"$OCIMUX" push layout "$to" --dry-run --json >dry.json 2>/dev/null
equal "bytes that would go" "$all" "$(jq .bytes.sent dry.json)"
equal "tags that would be" 4 "$(jq '.tags | length' dry.json)"
contains "what a dry run prints" 'would' "$("$OCIMUX" push layout "$to" --dry-run 2>/dev/null)"
equal "requests of dry runs that change something" "" "$(passed | but '^(HEAD|GET) ')"

# --- all of it, then nothing ---
"$OCIMUX" push layout "$to" --json >first.json 2>/dev/null
equal "bytes that went" "$all" "$(jq .bytes.sent first.json)"
equal "as the proxy counted them" "$all" "$(sent /blobs/uploads/)"
equal "tags and digests" "$(for t in $(tags layout); do echo "$to:$t@$(index_digest layout "$t")"; done)" \
  "$(jq -r '.tags[] | .name + "@" + .digest' first.json)"
"$OCIMUX" push layout "$to" --json >second.json 2>/dev/null
equal "bytes of a second push" 0 "$(jq .bytes.sent second.json)"
equal "tags of a second push" "$(jq -c .tags first.json)" "$(jq -c .tags second.json)"

# --- another image with the same layers: a config, a manifest, an index ---
"$OCIMUX" merge "$(inputs buildkit)"/velero-main-linux-*.tar -t main -c 'LABEL new=1' -o changed >/dev/null 2>&1
faults
"$OCIMUX" push changed:main "$to" --json >changed.json 2>/dev/null
equal "blobs that went: two configs" '{"sent":2,"there":2,"mounted":0}' "$(jq -c .blobs changed.json)"
equal "requests that send blobs" 2 "$(passed '^PUT .*/blobs/' | wc -l)"
equal "requests that send manifests" 3 "$(passed '^PUT .*/manifests/' | wc -l)"
equal "the tag was moved" "$(index_digest changed main)" "$(crane digest "$REGISTRY/velero/velero:main")"

# --- of a manifest that is there the blobs are, too, unless one wants to know ---
"$OCIMUX" push layout "$to" >/dev/null 2>&1
layer=$(manifest layout main linux/arm64 | jq -r '.layers[0].digest')
crane --insecure delete "$REGISTRY/velero/velero@$layer" 2>/dev/null ||
  curl -sS -f -X DELETE "http://$REGISTRY/v2/velero/velero/blobs/$layer"
! python3 "$E2E/check_registry.py" "$REGISTRY" >/dev/null || fail "the layer is still there"
"$OCIMUX" push layout "$to" --check-blobs --json >mended.json 2>/dev/null
equal "what was missing went" 1 "$(jq .blobs.sent mended.json)"
complete_registry "$REGISTRY"
equal "digest" "$digest" "$(crane digest "$REGISTRY/velero/velero:main")"

# --- one tag, under another name; one platform; one digest; into a repository of a mount ---
faults
to=$PROXY/other/name
equal "what is printed of one tag" "$to:v1@$digest" \
  "$("$OCIMUX" push layout:main "$to:v1" --mount-from "$PROXY/velero/velero" --json 2>/dev/null | tee mounted.json |
    jq -r '.tags[] | .name + "@" + .digest')"
equal "bytes that went where all could be mounted" 0 "$(jq .bytes.sent mounted.json)"
equal "bytes that were mounted" "$all" "$(jq .bytes.mounted mounted.json)"
equal "bodies that the proxy saw" 0 "$(sent /blobs/uploads/)"
complete_registry "$REGISTRY"
arm64=$(manifest_digest changed main linux/arm64) # that no tag names
equal "what is printed of a digest" "$PROXY/by/digest@$arm64" "$("$OCIMUX" push "changed@$arm64" "$PROXY/by/digest" 2>/dev/null)"
crane manifest "$REGISTRY/by/digest@$arm64" | cmp - "$(blob changed "$arm64")" || fail "the manifest is another one"
"$OCIMUX" push layout:main "$PROXY/some/platforms" -p linux/arm64,linux/amd64 >/dev/null 2>some.notes
equal "platforms" "linux/amd64 linux/arm64" \
  "$(crane manifest "$REGISTRY/some/platforms:main" | jq -r '[.manifests[].platform | .os + "/" + .architecture] | join(" ")')"
contains "the new digest is told" "$digest -> $(crane digest "$REGISTRY/some/platforms:main")" "$(cat some.notes)"
complete_registry "$REGISTRY"

# --- what cannot go ---
refused 4 'linux/s390x' "$OCIMUX" push layout:main "$PROXY/no/x" -p linux/s390x
refused 4 'expected .*, found' "$OCIMUX" push layout:none "$PROXY/no/x"
layer=$(blob layout "$(manifest layout main linux/amd64 | jq -r '.layers[0].digest')")
cp -r layout damaged
printf x | dd of="damaged${layer#layout}" bs=1 seek=100 conv=notrunc status=none
refused 3 "${layer##*/}" "$OCIMUX" push damaged "$PROXY/no/damaged"
cp -r layout sparse
rm "sparse${layer#layout}"
refused 3,4 "${layer##*/}" "$OCIMUX" push sparse "$PROXY/no/sparse"
equal "tags of what cannot go" "" "$(curl -sS "http://$REGISTRY/v2/_catalog" | jq -r '.repositories[] | select(startswith("no/"))' |
  while read -r name; do crane ls "$REGISTRY/$name" 2>/dev/null || true; done)"
refused 2 'HOST/REPO' "$OCIMUX" push layout velero/velero
refused 2 'HOST/REPO|destination' "$OCIMUX" push layout
refused 2 'expected one image' "$OCIMUX" push layout "$PROXY/no/x:v1"
