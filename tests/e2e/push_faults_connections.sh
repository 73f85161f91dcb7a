#!/bin/bash
# Connections that break, stall or bring no HTTP, at every stage of a push: what can be repeated is, and
# nothing hangs.
source "$(dirname "$0")/lib_faults.sh"
start_faulty_registry
once='"times":1'
upload='"method":"PUT","path":".*/blobs/uploads/.*"'
body="$upload,\"body\":1000000"
quick=(--retries 1 --timeout 2)

# --- broken once ---
survives "cut at the first request" "{$once,\"do\":\"cut_before\"}"
survives "cut at HEAD of a blob" "{\"method\":\"HEAD\",\"path\":\".*/blobs/.*\",$once,\"do\":\"cut_before\"}"
survives "cut at HEAD of a tag" "{\"method\":\"HEAD\",\"path\":\".*/manifests/1\",$once,\"do\":\"cut_before_answer\"}"
survives "cut at POST" "{\"method\":\"POST\",$once,\"do\":\"cut_before\"}"
survives "cut when POST was done" "{\"method\":\"POST\",$once,\"do\":\"cut_before_answer\"}"
survives "cut within the answer to POST" "{\"method\":\"POST\",$once,\"do\":\"cut_after_headers\"}"
survives "cut before PUT of a blob" "{$upload,$once,\"do\":\"cut_before\"}"
survives "cut when PUT of a blob was done" "{$body,$once,\"do\":\"cut_before_answer\"}"
survives "cut within the answer to PUT of a blob" "{$body,$once,\"do\":\"cut_after_headers\"}"
survives "cut when a manifest was stored" "{\"method\":\"PUT\",\"path\":\".*/manifests/sha256:.*\",$once,\"do\":\"cut_before_answer\"}"
survives "cut before a tag" "{\"method\":\"PUT\",\"path\":\".*/manifests/1\",$once,\"do\":\"cut_before\"}"
survives "cut when a tag was made" "{\"method\":\"PUT\",\"path\":\".*/manifests/1\",$once,\"do\":\"cut_before_answer\"}"

# --- within a body, of a registry that then forgets the upload ---
survives "cut within PUT of a blob" "{$body,$once,\"do\":\"cut_body\",\"after\":6000000}"
survives "cut within a part" "{\"method\":\"PATCH\",\"skip\":1,$once,\"do\":\"cut_body\",\"after\":2000000}" -- --chunk-size 3M
survives "cut when a part was stored" "{\"method\":\"PATCH\",\"skip\":1,$once,\"do\":\"cut_before_answer\"}" -- --chunk-size 3M
gives_up "cut after 1 kB each time" 1 'sha256:' '{"method":"PUT|PATCH","body":1000,"do":"cut_body","after":1000}' -- "${quick[@]}"

# --- for ever ---
gives_up "cut at every request" 1 'expected .*, found' '{"do":"cut_before"}' -- "${quick[@]}"
gives_up "cut at every POST" 1 'expected .*, found' '{"method":"POST","do":"cut_before"}' -- "${quick[@]}"
gives_up "cut at every tag" 1 'expected .*, found' '{"method":"PUT","path":".*/manifests/1","do":"cut_before"}' -- "${quick[@]}"
gives_up "no HTTP" 1 'expected .*, found' '{"do":"garbage"}' -- "${quick[@]}"
gives_up "no HTTP where a body is sent" 1 'sha256:' "{$body,\"do\":\"garbage\"}" -- "${quick[@]}"
gives_up "headers without end" 3 'expected .*, found' '{"do":"endless_headers"}' -- "${quick[@]}"

# --- slow, and never ---
survives "a third of a second each" '{"do":"delay","seconds":0.3}'
survives "a completion that takes longer than the timeout" "{$upload,$once,\"do\":\"delay\",\"seconds\":4}" -- --chunk-size 3M --timeout 2 --retries 0
survives "no answer to POST once" "{\"method\":\"POST\",$once,\"do\":\"hang\"}" -- --timeout 1
survives "no answer to a body once" "{$body,$once,\"do\":\"hang\"}" -- --timeout 1
for request in '"method":"HEAD"' '"method":"POST"' "$body" '"method":"PUT","path":".*/manifests/.*"'; do
  gives_up "never an answer to {$request}" 1 'time|too slow' "{$request,\"do\":\"hang\"}" -- --retries 0 --timeout 1
done
