#!/bin/bash
# A registry that sends its clients to a token server: no more is asked for than is needed, tokens
# that go bad are replaced, be it in the middle of a push, and identity tokens are exchanged.
source "$(dirname "$0")/lib.sh"
need jq
merge_velero layout >/dev/null
digest=$(index_digest layout main)
scope=repository:velero/velero:pull,push
# pushed WHAT OPTION...: through PROXY; and then it is in the registry
pushed() {
  local what=$1
  shift
  : >"$TOKEN_LOG"
  "$OCIMUX" push layout "$PROXY/velero/velero" "$@" >printed 2>notes || { cat notes >&2; fail "$what"; }
  contains "$what: what is printed" "^$PROXY/velero/velero:main@$digest$" "$(cat printed)"
  ! grep -E 'eyJ|sesame' printed notes || fail "$what: a token or a password is shown"
}
# tag_of REPOSITORY TAG: the status and digest of a tag, with a token of our own
tag_of() {
  local token
  token=$(curl -sS -u me:sesame "http://$TOKEN_SERVER/token?service=tests&scope=repository:$1:pull" | jq -r .token)
  curl -sS -I -H "Authorization: Bearer $token" -H 'Accept: application/vnd.oci.image.index.v1+json' \
    "http://$REGISTRY/v2/$1/manifests/$2" | tr -d '\r' | awk 'tolower($1) == "docker-content-digest:" { print $2 }'
}
printf '{"auths":{"AT":{"auth":"%s"}}}' "$(printf me:sesame | base64)" >password
printf '{"auths":{"AT":{"identitytoken":"identity"}}}' >identity
authfile() { sed "s/AT/$PROXY/" "$1" >"$1.auth"; echo "$1.auth"; }

start_token_registry
start_fault_proxy "$REGISTRY"
faults
pushed "with a password" --creds me:sesame
equal "what tokens were asked for" "basic $scope 200" "$(scopes | sort -u)"
[ "$(scopes | wc -l)" -le 2 ] || fail "$(scopes | wc -l) tokens for one push"
equal "what came without a token" "" "$(jq -r 'select(.authorization != "Bearer" and .status != 401) | .path' "$PROXY_LOG")"
equal "it is there" "$digest" "$(tag_of velero/velero main)"

refused 5 'status 401|unknown|unauthorized|incorrect' "$OCIMUX" push layout "$PROXY/velero/velero" --creds me:wrong
refused 5 'hint: ' "$OCIMUX" push layout "$PROXY/velero/velero" --creds me:wrong
refused 5 'hint: ' "$OCIMUX" push layout "$PROXY/velero/velero"

# Mounting needs to read the other repository, and no more.
: >"$TOKEN_LOG"
"$OCIMUX" push layout:main "$PROXY/other/velero" --mount-from "$PROXY/velero/velero" --creds me:sesame --json \
  >mounted.json 2>/dev/null
equal "what was mounted" 0 "$(jq .bytes.sent mounted.json)"
equal "scopes of a mount" "basic repository:other/velero:pull,push repository:velero/velero:pull 200" \
  "$(scopes | grep other/velero | grep velero/velero:pull | sort -u | tail -n 1)"
equal "never the right to write to the other" "" "$(scopes | grep 'repository:velero/velero:pull,push' || true)"

# --- in the middle of it ---
challenge="Bearer realm=\\\"http://$TOKEN_SERVER/token\\\",service=\\\"tests\\\",scope=\\\"$scope\\\",error=\\\"invalid_token\\\""
for where in '"method":"PUT","path":".*/blobs/.*"' '"method":"POST"' '"method":"PUT","path":".*/manifests/main"' '"method":"HEAD","skip":3'; do
  start_registry "$(sed -n '/^auth:/,$p' "$(dirname "$REGISTRY_LOG")/config.yml")" # an empty one
  start_fault_proxy "$REGISTRY"
  faults "{$where,\"times\":1,\"do\":\"answer\",\"status\":401,\"headers\":{\"WWW-Authenticate\":\"$challenge\"}}"
  pushed "401 at {$where}" --creds me:sesame
  equal "401 at {$where}: it befell" 1 "$(jq 'select(.fault) | 1' "$PROXY_LOG" | wc -l)"
  equal "401 at {$where}: it is there" "$digest" "$(tag_of velero/velero main)"
done

# --- identity tokens ---
pushed "with an identity token" --authfile "$(authfile identity)"
equal "they are exchanged" "refresh_token $scope 200" "$(scopes | sort -u)"
sed 's/:"identity"/:"stolen"/' identity.auth >stolen
refused 5 'status 401|unknown token' "$OCIMUX" push layout "$PROXY/velero/velero" --authfile stolen

# --- tokens that are dead when they come, or live for a second ---
for lasts in "--stale 1" "--lasts 1" "--no-post"; do
  # shellcheck disable=SC2086 # two words
  start_token_registry $lasts
  start_fault_proxy "$REGISTRY"
  faults
  pushed "token server $lasts" --authfile "$(authfile password)"
  equal "token server $lasts: it is there" "$digest" "$(tag_of velero/velero main)"
done
