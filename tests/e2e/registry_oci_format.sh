#!/bin/bash
# A merged layout goes to a registry and comes back with every digest as it was.
source "$(dirname "$0")/lib.sh"
need skopeo crane regctl jq
merge_velero layout >/dev/null
start_registry

for tag in $(tags layout); do
  skopeo copy -q --all --preserve-digests --dest-tls-verify=false "oci:layout:$tag" "docker://$REGISTRY/velero/velero:$tag"
  equal "digest of $tag" "$(index_digest layout "$tag")" "$(crane digest "$REGISTRY/velero/velero:$tag")"
done
skopeo copy -q --all --preserve-digests --src-tls-verify=false "docker://$REGISTRY/velero/velero:main" oci:back:main
equal "digest of what comes back" "$(index_digest layout main)" "$(index_digest back main)"
keeps back layout

regctl registry set --tls disabled "$REGISTRY" >/dev/null
regctl image copy ocidir://layout:main "$REGISTRY/velero/copy:main"
equal "digest of regctl's copy" "$(index_digest layout main)" "$(crane digest "$REGISTRY/velero/copy:main")"
