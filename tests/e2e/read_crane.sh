#!/bin/bash
# crane pushes the layout as it lies on the disk to a registry, finds all of its
# platforms there, and every layer valid.
source "$(dirname "$0")/lib.sh"
need crane jq
built=$(inputs buildkit)
digest=$("$OCIMUX" merge "$built"/velero-main-*.tar -t velero/velero:main -o layout)
start_registry

crane push layout "$REGISTRY/velero/velero:main" >pushed 2>push.log || { cat push.log; fail "crane push"; }
equal "what crane says it pushed" "$REGISTRY/velero/velero@$digest" "$(cat pushed)"
equal "digest" "$digest" "$(crane digest "$REGISTRY/velero/velero:main")"
same_file "manifest" "$(blob layout "$digest")" <(crane manifest "$REGISTRY/velero/velero:main")
crane validate --remote "$REGISTRY/velero/velero:main"
for platform in linux/amd64 linux/arm64 windows/amd64; do
  equal "digest of $platform" \
    "$(manifest_digest layout main "${platform/windows\/amd64/windows\/amd64:10.0.20348}")" \
    "$(crane digest --platform "$platform" "$REGISTRY/velero/velero:main")"
  name=${platform//\//-}
  mkdir "files-$name"
  crane export --platform "$platform" "$REGISTRY/velero/velero:main" - | tar -x -p --warning=no-unknown-keyword -C "files-$name"
  root=files-$name
  [[ $platform != windows/* ]] || root+=/Files  # a layer in the form of Windows
  equal "files of $platform" "$(cd "$built/$name" && find . -type f -print0 | sort -z | xargs -0 sha256sum)" \
    "$(cd "$root" && find . -type f -print0 | sort -z | xargs -0 sha256sum)"
done
