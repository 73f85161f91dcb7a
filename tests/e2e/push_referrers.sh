#!/bin/bash
# What speaks of an image goes along: to a registry that lists referrers itself, and to one that does
# not, where the list is kept under a tag and what others put there stays. Signatures of cosign, too.
source "$(dirname "$0")/lib.sh"
need oras crane regctl jq curl
merge_velero layout >/dev/null
digest=$(index_digest layout main)
arm64=$(manifest_digest layout main linux/arm64)
printf '{"spdxVersion":"SPDX-2.3"}' >sbom.json
printf '{"critical":{}}' >signature.json

# attach LAYOUT SUBJECT TYPE FILE: an artifact about a manifest, as oras makes them; prints its digest
attach() {
  oras attach --oci-layout "$1@$2" --artifact-type "$3" "$4:application/json" --format json --no-tty | jq -r .digest
}
sbom=$(attach layout "$digest" application/spdx+json sbom.json)
signature=$(attach layout "$arm64" application/vnd.example.signature signature.json)
# What speaks of what speaks of the image.
of_sbom=$(attach layout "$sbom" application/vnd.example.signature signature.json)
cosign=sha256-${digest#sha256:}.sig
oras push --oci-layout "layout:$cosign" --artifact-type application/vnd.dev.cosign.artifact.sig.v1+json \
  signature.json:application/vnd.dev.cosign.simplesigning.v1+json --no-tty >/dev/null
signed=$(index_digest layout "$cosign")

# listed_by_api REPOSITORY DIGEST, listed_by_tag REPOSITORY DIGEST: digests of what speaks of it
listed_by_api() { curl -sS -f "http://${1%%/*}/v2/${1#*/}/referrers/$2" | jq -r '.manifests[]?.digest' | sort; }
listed_by_tag() { crane manifest "$1:${2/:/-}" | jq -r '.manifests[].digest' | sort; }
fallback_tags() { crane ls "$1" | grep -E '^sha256-[0-9a-f]{64}$' || true; }

# --- the whole layout, to one with the API ---
start_olareg
to=$REGISTRY/velero/velero
"$OCIMUX" push layout "$to" >printed 2>notes
equal "tags that are printed" "$(for t in $(tags layout | grep -v null); do echo "$to:$t@$(index_digest layout "$t")"; done | sort)" \
  "$(grep -v "^$to@" printed | sort)"
equal "referrers of the index" "$sbom" "$(listed_by_api "$to" "$digest")"
equal "referrers of linux/arm64" "$signature" "$(listed_by_api "$to" "$arm64")"
equal "referrers of the SBOM" "$of_sbom" "$(listed_by_api "$to" "$sbom")"
equal "no tags where there is the API" "" "$(fallback_tags "$to")"
equal "cosign's signature" "$signed" "$(crane digest "$to:$cosign")"
equal "what oras discovers" "$sbom" \
  "$(oras discover --plain-http --format json "$to:main" | jq -r '(.referrers // .manifests)[].digest')"
oras pull --plain-http "$to@$sbom" -o pulled --no-tty >/dev/null
same_file "the SBOM" sbom.json pulled/sbom.json
complete_registry "$REGISTRY" velero/velero

# --- one tag: its own along with it ---
"$OCIMUX" push layout:main "$REGISTRY/one/tag" >/dev/null 2>&1
equal "referrers of the index" "$sbom" "$(listed_by_api "$REGISTRY/one/tag" "$digest")"
equal "of its platforms" "$signature" "$(listed_by_api "$REGISTRY/one/tag" "$arm64")"
equal "its signature" "$signed" "$(crane digest "$REGISTRY/one/tag:$cosign")"
equal "tags" "$(printf 'main\n%s' "$cosign" | sort)" "$(crane ls "$REGISTRY/one/tag" | sort)"
"$OCIMUX" push layout:main "$REGISTRY/without/any" --no-referrers >/dev/null 2>&1
equal "referrers with --no-referrers" "" "$(listed_by_api "$REGISTRY/without/any" "$digest")"
equal "tags with --no-referrers" main "$(crane ls "$REGISTRY/without/any")"

# --- to one without ---
start_registry
start_fault_proxy "$REGISTRY"
to=$REGISTRY/velero/velero
"$OCIMUX" push layout:main "$to" --no-referrers >/dev/null 2>&1
# Somebody else's is there already.
printf '{}' >theirs.json
oras attach --plain-http "$to@$digest" --artifact-type application/vnd.example.theirs theirs.json:application/json --no-tty >/dev/null
theirs=$(listed_by_tag "$to" "$digest")
[ -n "$theirs" ] || fail "oras makes no list under a tag"
faults
"$OCIMUX" push layout "$PROXY/velero/velero" >/dev/null 2>notes
equal "referrers of the index, theirs kept" "$(printf '%s\n%s' "$sbom" "$theirs" | sort)" "$(listed_by_tag "$to" "$digest")"
equal "referrers of linux/arm64" "$signature" "$(listed_by_tag "$to" "$arm64")"
equal "referrers of the SBOM" "$of_sbom" "$(listed_by_tag "$to" "$sbom")"
equal "artifact type in the list" application/spdx+json \
  "$(crane manifest "$to:${digest/:/-}" | jq -r --arg d "$sbom" '.manifests[] | select(.digest == $d) | .artifactType')"
equal "what regctl lists" "$(printf '%s\n%s' "$sbom" "$theirs" | sort)" \
  "$(regctl registry set --tls disabled "$REGISTRY" >/dev/null
    regctl artifact list "$to:main" --format '{{range .Descriptors}}{{.Digest}}{{"\n"}}{{end}}' | grep . | sort)"
equal "cosign's signature" "$signed" "$(crane digest "$to:$cosign")"
# No tag before what it names; the image's own tags come after what speaks of it.
complete_registry "$REGISTRY"

# --- again: nothing to say, nothing said ---
faults
"$OCIMUX" push layout "$PROXY/velero/velero" >/dev/null 2>&1
equal "a second push changes nothing" "" "$(passed '^(PUT|POST|PATCH|DELETE)')"

# --- and back ---
oras cp -r --from-plain-http --to-oci-layout "$to:main" back:main --no-tty >/dev/null
for document in "$digest" "$sbom" "$signature" "$of_sbom"; do
  same_file "$document" "$(blob layout "$document")" "$(blob back "$document")"
done
