#!/bin/bash
# Registries that answer with errors: what may pass is tried again, what will not is told in their own
# words with a hint, parts are sent where a whole blob is refused, and wholes where parts are.
source "$(dirname "$0")/lib_faults.sh"
start_faulty_registry
blob='"method":"PUT","path":".*/blobs/.*"'
tag='"method":"PUT","path":".*/manifests/1"'
# --- what may pass ---
survives "500 twice at POST" "$(answer '"method":"POST","times":2' 500)"
survives "500 twice at a blob" "$(answer "$blob,\"body\":1000000,\"times\":2" 500)"
survives "502, 503 and 504, once each" "$(answer '"method":"HEAD","times":1' 502)" "$(answer '"method":"POST","times":1' 503)" \
  "$(answer "$tag,\"times\":1" 504)"
before=$(date +%s%N)
survives "429 with Retry-After" '{"method":"POST","times":1,"do":"answer","status":429,"headers":{"Retry-After":"2"}}'
[ $(($(date +%s%N) - before)) -ge 2000000000 ] || fail "Retry-After: 2 was not waited for"
contains "that it waits" '429' "$(cat notes)"
survives "429 at a blob" '{"method":"PUT","body":1000000,"times":1,"do":"answer","status":429,"headers":{"Retry-After":"1"},"rude":true}'
gives_up "500 for ever at POST" 1 'status 500.*something' "$(answer '"method":"POST"' 500)" -- --retries 1
gives_up "500 for ever at a blob" 1 'sha256:.*status 500' "$(answer "$blob" 500)" -- --retries 1
gives_up "503 for ever at a tag" 1 ":1: .*status 503" "$(answer "$tag" 503)" -- --retries 1

# --- what will not (push_says_why has more of it) ---
gives_up "a manifest it does not like" 1,3 'status 400.*manifest invalid' \
  "$(answer '"method":"PUT","path":".*/manifests/.*"' 400 MANIFEST_INVALID 'manifest invalid')"
gives_up "401 in the middle" 5 'status 401' \
  '{"method":"PUT","path":".*/blobs/.*","do":"answer","status":401,"headers":{"WWW-Authenticate":"Basic realm=\"x\""}}'
gives_up "an error without end" 1 'status 400' '{"method":"POST","do":"endless_error"}' -- --timeout 5
REPOSITORY=endless/app
faults '{"method":"POST","do":"endless_error"}'
push_through --timeout 5 >shown 2>&1 || true
[ "$(wc -c <shown)" -lt 20000 ] || fail "$(wc -c <shown) bytes are shown of an error without end"

# --- too large: in parts ---
survives "413 for what is over 4 MB" '{"method":"PUT|PATCH","body":4000000,"do":"answer","status":413}'
contains "that it goes on in parts" 'part' "$(cat notes)"
[ "$(passed '^PATCH .* 202' | wc -l)" -ge 4 ] || fail "no parts: $(passed)"
survives "413 as soon as the headers are there" '{"method":"PUT|PATCH","body":4000000,"do":"answer","status":413,"rude":true}'
gives_up "413 for everything" 1 'status 413' '{"method":"PUT|PATCH","path":".*/blobs/.*","body":10,"do":"answer","status":413}' -- --retries 1

# --- parts that are refused ---
survives "416 at a part" '{"method":"PATCH","skip":1,"times":1,"do":"answer","status":416}' -- --chunk-size 3M
survives "416 at every part" '{"method":"PATCH","do":"answer","status":416}' -- --chunk-size 3M
survives "405 at every part" '{"method":"PATCH","do":"answer","status":405}' -- --chunk-size 3M
contains "then in one piece" '^PUT .*/blobs/uploads/.* 201' "$(passed)"
survives "parts are answered with 201" '{"method":"PATCH","do":"change","status":201,"headers":{}}' -- --chunk-size 3M
survives "parts of at least 4 MiB are wanted" '{"method":"POST","do":"change","headers":{"OCI-Chunk-Min-Length":"4194304"}}' -- --chunk-size 1M
equal "parts below that, but for the last of a blob" "" \
  "$(jq -r 'select(.method == "PATCH" and .received < 4194304) | .path' "$PROXY_LOG" | sort | uniq -d)"
[ "$(passed '^PATCH' | wc -l)" -ge 4 ] || fail "no parts: $(passed)"

# --- mounts that are refused ---
for status in 403 404 405 500; do
  survives "a mount is answered with $status" "$(answer '"method":"POST","query":".*mount=.*"' "$status")" \
    -- --mount-from "$PROXY/row1/app" --retries 1
done

# --- answers that lie or lack something ---
other=sha256:$(printf x | sha256sum | cut -d' ' -f1)
gives_up "another digest for a manifest" 1,3 "$other" \
  "{\"method\":\"PUT\",\"path\":\".*/manifests/sha256:.*\",\"do\":\"change\",\"headers\":{\"Docker-Content-Digest\":\"$other\"}}"
survives "another digest for what a tag was" "{\"method\":\"HEAD\",\"path\":\".*/manifests/.*\",\"do\":\"change\",\"headers\":{\"Docker-Content-Digest\":\"$other\"}}"
survives "no digests at all" '{"do":"change","headers":{"Docker-Content-Digest":null}}'
arrives "no digests at all, once more"
gives_up "no Location" 1,3 'expected an address' '{"method":"POST","do":"change","headers":{"Location":null}}'
