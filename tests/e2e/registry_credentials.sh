#!/bin/bash
# Registries that want TLS and a password: with our own authority, with credentials from where
# docker, podman and Kubernetes keep them, and clear words where they are wrong.
source "$(dirname "$0")/lib.sh"
need skopeo htpasswd jq
rootfs_tar amd64.tar linux/amd64
"$OCIMUX" merge linux/amd64=amd64.tar -t 1 -o layout >/dev/null
digest=$(index_digest layout 1)

# --- a password, without TLS ---
htpasswd -Bbn me sesame >htpasswd
start_registry "auth: {htpasswd: {realm: test, path: $WORK/htpasswd}}"
image=docker://$REGISTRY/team/app:1
skopeo copy -q --all --preserve-digests --dest-tls-verify=false --dest-creds me:sesame oci:layout:1 "$image"
ours() { "$OCIMUX" merge -q "$@" "$image" -o "$(mktemp -d "$WORK/out.XXXXXX")/layout"; }

refused 5 'found status 401.*authentication required' ours
refused 5 'found status 401' ours --creds me:wrong
refused 2 'expected USER:PASS' ours --creds me
refused 4 'no such file' ours --authfile missing
equal "with --creds" "$digest" "$(ours --creds me:sesame)"
for shape in "auth.json" "bare" "kubernetes" "kubernetes in YAML"; do
  auth=$(printf me:sesame | base64)
  entry="{\"$REGISTRY/team\":{\"auth\":\"$auth\"}}"
  case $shape in
    auth.json) printf '{"auths":%s}' "$entry" ;;
    bare) printf '%s' "$entry" ;;
    "kubernetes in YAML") printf 'apiVersion: v1\ndata:\n  .dockerconfigjson: %s\nkind: Secret\n' \
      "$(printf '{"auths":%s}' "$entry" | base64 -w 0)" ;;
    kubernetes) printf '{"data":{".dockerconfigjson":"%s"}}' "$(printf '{"auths":%s}' "$entry" | base64 -w 0)" ;;
  esac >auth
  equal "with --authfile in the form $shape" "$digest" "$(ours --authfile auth)"
  equal "with REGISTRY_AUTH_FILE in the form $shape" "$digest" "$(REGISTRY_AUTH_FILE=auth ours)"
done
# As the real tools write it.
skopeo login --tls-verify=false -u me -p sesame --authfile skopeo.json "$REGISTRY" >/dev/null
equal "what skopeo login wrote" "$digest" "$(ours --authfile skopeo.json)"
mkdir -p helpers "$HOME/.docker"
cat >helpers/docker-credential-test <<HELPER
#!/bin/sh
[ "\$1 \$(cat)" = "get $REGISTRY" ] && echo '{"ServerURL":"x","Username":"me","Secret":"sesame"}'
HELPER
chmod +x helpers/docker-credential-test
echo '{"credsStore":"test"}' >"$HOME/.docker/config.json"
equal "with a credential helper" "$digest" "$(PATH=$WORK/helpers:$PATH ours)"
for word in sesame "$(printf me:sesame | base64)" wrong; do
  ! ours -v --creds me:wrong 2>&1 | grep -F "$word" || fail "'$word' is shown"
  ! ours -v --creds me:sesame 2>&1 | grep -F "$word" || fail "'$word' is shown"
done
refused 2 '--creds: expected one registry' "$OCIMUX" merge --creds me:sesame "$image" docker://localhost:1/x -o no

# --- TLS, with an authority that nobody knows, and a certificate of our own ---
make_authority
certificate server "subjectAltName=IP:127.0.0.1,DNS:localhost"
certificate client "extendedKeyUsage=clientAuth"
start_registry "" "tls: {certificate: $WORK/server.crt, key: $WORK/server.key, clientcas: [$WORK/ca.crt]}"
mkdir certs none
cp ca.crt certs/ca.crt
cp client.crt certs/client.cert
cp client.key certs/client.key
image=docker://$REGISTRY/team/app:1
skopeo copy -q --all --preserve-digests --dest-cert-dir certs oci:layout:1 "$image"
refused 1 'certificate.*|hint: --ca-file' ours
refused 1 'expected an answer from https' ours --ca-file ca.crt --retries 0
equal "with --cert-dir" "$digest" "$(ours --cert-dir certs)"
equal "by the name of localhost" "$digest" \
  "$("$OCIMUX" merge -q --cert-dir certs "docker://localhost:${REGISTRY#*:}/team/app:1" -o localhost)"
cp -r certs unverified
rm unverified/ca.crt
equal "without looking at its certificate" "$digest" "$(ours --cert-dir unverified --tls-verify=false)"
mkdir -p "$HOME/.config/containers/certs.d"
cp -r certs "$HOME/.config/containers/certs.d/$REGISTRY"
equal "with podman's certs.d" "$digest" "$(ours)"
