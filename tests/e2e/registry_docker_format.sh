#!/bin/bash
# --format docker gives a manifest list that a registry takes as it is and that
# Docker's own `docker manifest inspect`, which knows no OCI types in 20.10, reads.
source "$(dirname "$0")/lib.sh"
need skopeo crane regctl jq
built=$(inputs buildkit)
digest=$("$OCIMUX" merge --format docker "$built"/velero-main-*.tar -t velero/velero:main -o layout)
sound layout
start_registry
image=$REGISTRY/velero/velero:main

# skopeo 1.9 finds no Docker types in a layout ("no descriptor found"), so crane and
# regctl take it to the registry, and skopeo reads it there.
crane push layout "$image" >pushed 2>push.log || { cat push.log; fail "crane push"; }
equal "what crane says it pushed" "${image%:*}@$digest" "$(cat pushed)"
same_file "manifest list in the registry" "$(blob layout "$digest")" <(crane manifest "$image")
crane validate --remote "$image"
regctl registry set --tls disabled "$REGISTRY" >/dev/null
regctl image copy ocidir://layout:main "$REGISTRY/velero/copy:main"
equal "digest of regctl's copy" "$digest" "$(crane digest "$REGISTRY/velero/copy:main")"
skopeo copy -q --all --preserve-digests --src-tls-verify=false --dest-tls-verify=false \
  "docker://$image" "docker://$REGISTRY/velero/again:main"
equal "digest of skopeo's copy" "$digest" "$(crane digest "$REGISTRY/velero/again:main")"

[ -x /usr/bin/docker ] || skip "docker is not installed"
DOCKER_CLI_EXPERIMENTAL=enabled docker manifest inspect --insecure "$image" >inspected
equal "what docker manifest inspect shows" \
  "$(document layout main | jq -cS '[.mediaType, (.manifests | map([.digest, .size, .platform]))]')" \
  "$(jq -cS '[.mediaType, (.manifests | map([.digest, .size, .platform]))]' inspected)"
equal "os.version through the registry" 10.0.20348 \
  "$(jq -r '.manifests[].platform."os.version" | values' inspected)"
