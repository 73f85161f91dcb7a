#!/bin/bash
# Registries that want a password or TLS: credentials from all the places where users have them, an
# authority of one's own, and clear words where one may not write. No secret shows anywhere.
source "$(dirname "$0")/lib.sh"
need skopeo crane jq
rootfs_tar amd64.tar linux/amd64
"$OCIMUX" merge linux/amd64=amd64.tar -t 1 -o layout >/dev/null
digest=$(index_digest layout 1)
auth=$(printf me:sesame | base64)

# --- a password ---
start_password_registry
repository=$REGISTRY/team/app
number=0
# pushes WHAT COMMAND...: with these options or this environment the image arrives, under a new tag
pushes() {
  local what=$1
  shift
  number=$((number + 1))
  equal "$what: what is printed" "$repository:$number@$digest" "$("$@" -q layout "$repository:$number")"
  skopeo inspect --raw --tls-verify=false --creds me:sesame "docker://$repository:$number" |
    cmp -s - "$(blob layout "$digest")" || fail "$what: the image is not there"
}
push() { "$OCIMUX" push "$@"; }

refused 5 "$REGISTRY.*status 401.*(hint:.*--creds|authentication required)" push layout "$repository"
refused 5 'hint: .*(--creds|--authfile|ocimux login)' push layout "$repository"
refused 5 'status 401' push --creds me:wrong layout "$repository"
refused 5 'hint: ' push --creds me:wrong layout "$repository"
refused 2 '--creds: expected one registry' push --creds me:sesame layout "$repository" localhost:1/x
pushes "--creds" push --creds me:sesame
printf '{"auths":{"%s":{"auth":"%s"}}}' "$REGISTRY/team" "$auth" >auth.json
pushes "--authfile" push --authfile auth.json
pushes "REGISTRY_AUTH_FILE" env REGISTRY_AUTH_FILE=auth.json "$OCIMUX" push
mkdir -p docker "$HOME/.docker"
printf '{"auths":{"%s":{"auth":"%s"}}}' "$REGISTRY" "$auth" >docker/config.json
pushes "DOCKER_CONFIG" env DOCKER_CONFIG="$WORK/docker" "$OCIMUX" push
cp docker/config.json "$HOME/.docker/"
pushes "~/.docker/config.json" push
rm "$HOME/.docker/config.json"
skopeo login --tls-verify=false -u me -p sesame --authfile skopeo.json "$REGISTRY" >/dev/null
pushes "what skopeo login wrote" push --authfile skopeo.json
# As `kubectl get secret -o json` and `-o yaml` give it; kubectl-build pushes with it.
cat >secret.json <<SECRET
{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "regcred"}, "type": "kubernetes.io/dockerconfigjson",
 "data": {".dockerconfigjson": "$(base64 -w 0 docker/config.json)"}}
SECRET
pushes "a Kubernetes secret" push --authfile secret.json
cp docker/config.json mounted
pushes "a secret as it is mounted into a pod" push --authfile mounted

# What login keeps, skopeo reads, too; and logout takes it away.
refused 5 'status 401' "$OCIMUX" login -u me --password-stdin "$REGISTRY" <<<wrong
refused 5 'status 401' push layout "$repository"
"$OCIMUX" login -u me --password-stdin "$REGISTRY" <<<sesame >/dev/null 2>&1
pushes "login" push
skopeo inspect --raw --tls-verify=false "docker://$repository:$number" >/dev/null || fail "skopeo does not find what login kept"
"$OCIMUX" logout "$REGISTRY" >/dev/null 2>&1
refused 5 'status 401' push layout "$repository"

"$OCIMUX" push -v --creds me:sesame layout "$repository:verbose" >shown 2>&1
! "$OCIMUX" push -v --creds me:wrong layout "$repository:verbose" >>shown 2>&1 || fail "a wrong password does"
for word in sesame "$auth" wrong "$(printf me:wrong | base64)"; do
  ! grep -F -- "$word" shown || fail "'$word' is shown"
  ! grep -rF -- "$word" "$HOME" || fail "'$word' is kept"
done

# --- TLS, with an authority that nobody knows ---
make_authority
certificate server "subjectAltName=IP:127.0.0.1,DNS:localhost"
start_registry "" "tls: {certificate: $WORK/server.crt, key: $WORK/server.key}"
repository=$REGISTRY/team/app
refused 1 'certificate' push layout "$repository"
refused 1 'hint: .*--ca-file' push layout "$repository"
equal "tags of what was refused" 404 "$(curl -sk -o /dev/null -w '%{http_code}' "https://$repository/tags/list" || true)"
equal "with --ca-file" "$repository:ca@$digest" "$(push -q --ca-file ca.crt layout "$repository:ca")"
equal "with --tls-verify=false" "$repository:any@$digest" "$(push -q --tls-verify=false layout "$repository:any")"
mkdir certs
cp ca.crt certs/
equal "with --cert-dir" "$repository:dir@$digest" "$(push -q --cert-dir certs layout "$repository:dir")"
equal "tags" "any ca dir" "$(curl -s --cacert ca.crt "https://$REGISTRY/v2/team/app/tags/list" | jq -r '.tags | sort | join(" ")')"
# One that wants TLS is not spoken to without, unless one says so.
refused 1 'expected|400' push --plain-http layout "$repository:plain"

# --- one that may not be written to ---
start_read_only_registry
refused 1,5 "$REGISTRY/team/app.*status 405.*method not allowed" push layout "$REGISTRY/team/app"
