#!/bin/bash
# Velero's image under its four tags goes to a registry with one command, byte for byte, and clients
# that are not ours read it back. Nothing is sent twice; the tags come last.
source "$(dirname "$0")/lib.sh"
need skopeo crane regctl oras jq
merge_velero layout >/dev/null
names=$(tags layout)
digest=$(index_digest layout main)
start_registry
direct=$REGISTRY/velero/velero
start_fault_proxy "$REGISTRY"

# expected REPOSITORY: what push prints
expected() { for name in $names; do echo "$1:$name@$(index_digest layout "$name")"; done; }
to=$PROXY/velero/velero
equal "what push prints" "$(expected "$to")" "$("$OCIMUX" push layout "$to" 2>notes)"
contains "what is said of the way" "speaks no TLS" "$(cat notes)"

# --- what was asked for ---
blobs=$(cd layout/blobs/sha256 && echo *)
for blob in $blobs; do
  jq -e 'has("layers") or has("manifests")' "layout/blobs/sha256/$blob" >/dev/null 2>&1 && continue
  equal "uploads of $blob" 1 \
    "$(jq -s --arg b "$blob" 'map(select(.method == "PUT" and (.query | test($b)))) | length' "$PROXY_LOG")"
done
equal "nothing is sent in parts" "" "$(passed '^PATCH')"
equal "nothing is asked twice" "" "$(passed '^(HEAD|GET|PUT)' | sort | uniq -d)"
equal "tags come last" "$(sort <<<"$names")" \
  "$(jq -r 'select(.method == "PUT") | .path' "$PROXY_LOG" | tail -n 4 | sed 's,.*/,,' | sort)"
equal "no answer was an error" "" "$(passed ' [45][0-9][0-9]$' | but ' 404$')"
complete_registry "$REGISTRY"

# --- and is there: skopeo, crane, regctl and oras ---
for name in $names; do
  same_file "$name as skopeo reads it" "$(blob layout "$(index_digest layout "$name")")" \
    <(skopeo inspect --raw --tls-verify=false "docker://$direct:$name")
done
skopeo copy -q --all --preserve-digests --src-tls-verify=false "docker://$direct:main" oci:back:main
equal "digest of skopeo's copy" "$digest" "$(index_digest back main)"
keeps layout back
sound back
equal "digest for crane" "$digest" "$(crane digest "$direct:main")"
crane validate --remote "$direct:main" >&2
equal "tags for crane" "$(sort <<<"$names")" "$(crane ls "$direct" | sort)"
regctl registry set --tls disabled "$REGISTRY" >/dev/null
same_file "the index as regctl reads it" "$(blob layout "$digest")" <(regctl manifest get --format raw-body "$direct:main")
for platform in linux/amd64 linux/arm64; do
  equal "digest of $platform for regctl" "$(manifest_digest layout main "$platform")" \
    "$(regctl image digest --platform "$platform" "$direct:main")"
done
same_file "the index as oras reads it" "$(blob layout "$digest")" <(oras manifest fetch --plain-http "$direct:main")
oras cp --from-plain-http --to-oci-layout "$direct:main" by_oras:main >/dev/null
keeps layout by_oras

# --- a second push ---
faults
equal "what a second push prints" "$(expected "$to")" "$("$OCIMUX" push layout "$to" 2>/dev/null)"
equal "all of its requests ask" "" "$(passed | but '^HEAD ')"
equal "none twice" "" "$(passed | sort | uniq -d)"
documents=$(jq -s 'map(select(has("layers") or has("manifests"))) | length' <(
  for blob in $blobs; do jq -c . "layout/blobs/sha256/$blob" 2>/dev/null || true; done))
[ "$(passed | wc -l)" -le $((documents + 4)) ] ||
  fail "$(passed | wc -l) requests for $documents manifests and 4 tags: $(passed)"
