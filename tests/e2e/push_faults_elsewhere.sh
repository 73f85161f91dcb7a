#!/bin/bash
# A registry may send uploads elsewhere, as those do that keep blobs in a cloud: they are followed, all
# of their query is kept, and the user's credentials stay with the registry.
source "$(dirname "$0")/lib_faults.sh"
# Two registries over the same data, as storage behind a registry is: one that wants a password, and
# one that wants none, but has another address.
shared=$WORK/shared
export REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=$shared
start_registry "" "secret: shared"
start_fault_proxy "$REGISTRY"
OPEN=$REGISTRY OTHER=$PROXY OTHER_LOG=$PROXY_LOG
start_protected() {
  need htpasswd
  htpasswd -Bbn -C 4 me sesame >htpasswd
  start_registry "auth: {htpasswd: {realm: test, path: $WORK/htpasswd}}" "secret: shared"
}
start_faulty_registry start_protected
CREDENTIALS=(--creds me:sesame)
crane auth login -u me -p sesame "$REGISTRY" 2>/dev/null
# Looked at where no password is needed.
complete_registry() { python3 "$E2E/check_registry.py" "$OPEN" "$2" >&2 || fail "a tag of $2 names what is not there"; }
at_other() { jq -r '"\(.method) \(.authorization)"' "$OTHER_LOG"; }
forget_other() { curl -sS -f -X PUT --data '[]' "http://$OTHER/-/faults"; }
location() { printf '{"method":"POST|PATCH|GET","path":".*/blobs/uploads/.*","do":"location",%s}' "$1"; }

# --- Location ---
survives "a relative Location" "$(location '"relative":true')"
survives "a relative Location, in parts" "$(location '"relative":true')" -- --chunk-size 4M
survives "a Location with a query" "$(location '"add":"keep=a%2Fb%3D&also=%2B1"')"
equal "uploads that lost some of it" "" \
  "$(jq -r 'select(.method == "PUT" and (.path | test("/blobs/"))) | .query | select(test("keep=a%2Fb%3D&also=%2B1") and test("_state=") and test("digest=sha256") | not)' "$PROXY_LOG")"
forget_other
survives "a Location at another host" "$(location "\"host\":\"$OTHER\"")"
contains "what came there" '^PUT -$' "$(at_other)"
equal "what came there with credentials" "" "$(at_other | but ' -$')"
forget_other
survives "a Location at another host, in parts" "$(location "\"host\":\"$OTHER\"")" -- --chunk-size 4M
contains "what came there" '^PATCH -$' "$(at_other)"
equal "what came there with credentials" "" "$(at_other | but ' -$')"
gives_up "a Location where nobody is" 1 '127.0.0.1:1' "$(location '"host":"127.0.0.1:1"')" -- --retries 0
gives_up "a Location that is no address of the web" 1,3 'expected|location' \
  '{"method":"POST","do":"change","headers":{"Location":"file:///etc/passwd"}}' -- --retries 0

# --- redirects ---
forget_other
survives "HEAD of blobs elsewhere" "{\"method\":\"HEAD\",\"path\":\".*/blobs/.*\",\"do\":\"redirect\",\"host\":\"$OTHER\"}"
survives "HEAD of manifests elsewhere" "{\"method\":\"HEAD\",\"path\":\".*/manifests/.*\",\"do\":\"redirect\",\"host\":\"$OTHER\"}"
contains "what came there" '^HEAD -$' "$(at_other)"
equal "what came there with credentials" "" "$(at_other | but ' -$')"
forget_other
for request in '"method":"POST"' '"method":"PUT","path":".*/blobs/.*"' '"method":"PUT","path":".*/manifests/.*"'; do
  gives_up "a redirect of {$request}" 1 'status 307|redirect' "{$request,\"do\":\"redirect\",\"host\":\"$OTHER\"}" -- --retries 0
done
equal "what came there with credentials" "" "$(at_other | but ' -$')"

# --- a token server of the registry's choice ---
forget_other
for realm in "http://169.254.169.254/token" "file:///etc/passwd"; do
  gives_up "a challenge that names $realm" 1,3,5 'expected|401' \
    "{\"method\":\"POST\",\"do\":\"answer\",\"status\":401,\"headers\":{\"WWW-Authenticate\":\"Bearer realm=\\\"$realm\\\",service=\\\"x\\\"\"}}" -- --retries 0
done

# --- what is kept of broken uploads holds no secret ---
faults '{"method":"PUT","body":1000000,"do":"cut_body","after":3000000}'
REPOSITORY=broken/app
! push_through --retries 0 >/dev/null 2>notes || fail "a push whose connections break succeeds"
[ -n "$(find "$HOME/.cache/ocimux/uploads" -type f)" ] || fail "nothing is kept of a broken upload"
! grep -rE "sesame|$(printf me:sesame | base64)" "$HOME/.cache" notes || fail "the password is kept or shown"
