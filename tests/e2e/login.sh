#!/bin/bash
# What ocimux login keeps is read by the others, and what the others keep by ocimux; with a password
# alone and with a credential helper.
source "$(dirname "$0")/lib.sh"
need skopeo podman htpasswd jq
rootfs_tar amd64.tar linux/amd64
"$OCIMUX" merge linux/amd64=amd64.tar -t 1 -o layout >/dev/null
digest=$(index_digest layout 1)
htpasswd -Bbn me sesame >htpasswd
start_registry "auth: {htpasswd: {realm: test, path: $WORK/htpasswd}}"
image=docker://$REGISTRY/team/app:1
skopeo copy -q --all --preserve-digests --dest-tls-verify=false --dest-creds me:sesame oci:layout:1 "$image"
ours() { "$OCIMUX" merge -q "$@" "$image" -o "$(mktemp -d "$WORK/out.XXXXXX")/layout"; }
ours_in() { echo sesame | "$OCIMUX" login "$REGISTRY" -u me --password-stdin "$@" >/dev/null; }

# --- read by others ---
ours_in --authfile auth.json
equal "tags seen by skopeo" '["1"]' \
  "$(skopeo list-tags --tls-verify=false --authfile auth.json "${image%:1}" | jq -c .Tags)"
equal "the user podman sees" me "$(podman login --authfile auth.json --get-login "$REGISTRY")"
ours_in # docker's config.json, in the home of this test
equal "tags seen by skopeo in docker's config.json" '["1"]' \
  "$(skopeo list-tags --tls-verify=false "${image%:1}" | jq -c .Tags)"
"$OCIMUX" logout "$REGISTRY" >/dev/null
refused 5 'no credentials were found for it: ocimux login' ours

# --- written by others ---
for tool in skopeo podman; do
  "$tool" login --tls-verify=false -u me -p sesame --authfile "$tool.json" "$REGISTRY" >/dev/null
  equal "what $tool login wrote" "$digest" "$(ours --authfile "$tool.json")"
  ours_in --authfile "$tool.json"
  "$tool" logout --authfile "$tool.json" "$REGISTRY" >/dev/null
  refused 5 'found status 401' ours --authfile "$tool.json"
done

# --- a password on standard input, beside the command line ---
equal "with --password-stdin" "$digest" "$(echo sesame | ours --creds me --password-stdin)"
refused 5 'were refused: ocimux login' ours --creds me:wrong
