#!/bin/bash
# One push to several registries, under other names, with platform tags, and of many images at once.
source "$(dirname "$0")/lib.sh"
need crane jq
merge_velero layout >/dev/null
digest=$(index_digest layout main)
start_registry
first=$REGISTRY
start_registry
second=$REGISTRY

# --- Velero's second registry: both get the same, read from the layout once ---
equal "what is printed of two registries" \
  "$(for to in "$first/velero/velero" "$second/gcr/velero"; do
    for t in $(tags layout); do echo "$to:$t@$(index_digest layout "$t")"; done
  done)" "$("$OCIMUX" push layout "$first/velero/velero" "$second/gcr/velero" 2>/dev/null)"
for to in "$first/velero/velero" "$second/gcr/velero"; do
  for t in $(tags layout); do equal "$to:$t" "$(index_digest layout "$t")" "$(crane digest "$to:$t")"; done
done
# Of two one of which refuses, that one is named.
start_password_registry
refused 5 "$REGISTRY/velero/velero.*status 401" "$OCIMUX" push layout "$first/velero/velero" "$REGISTRY/velero/velero"

# --- Velero's version as the tag, its platforms' tags after it ---
equal "what is printed of a version" "main main-linux-amd64 main-linux-arm64 main-windows-ltsc2022-amd64" \
  "$(tags layout | sort | paste -sd ' ')"
"$OCIMUX" push layout:main "$first/release/velero:v1.17.0" --platform-tags >/dev/null 2>&1
equal "tags of the release" "v1.17.0
v1.17.0-linux-amd64
v1.17.0-linux-arm64
v1.17.0-windows-ltsc2022-amd64" "$(crane ls "$first/release/velero" | sort)"
equal "the tag of Windows" "$(manifest_digest layout main windows/amd64:10.0.20348)" \
  "$(crane digest "$first/release/velero:v1.17.0-windows-ltsc2022-amd64")"

# --- each under its own name ---
"$OCIMUX" push layout --prefix "$second/mirror" >printed 2>/dev/null
contains "names with a prefix" "^$second/mirror/velero/velero:main@$digest$" "$(cat printed)"
equal "tags with a prefix" "$(tags layout | sort)" "$(crane ls "$second/mirror/velero/velero" | sort)"

# --- MicroShift: many components on one base, two architectures, one command ---
for arch in amd64 arm64; do
  rootfs_tar "base-$arch.tar" "linux/$arch"
  mkdir "root-$arch"
  tar -C "root-$arch" -xf "base-$arch.tar"
  head -c 300000 /dev/urandom >"root-$arch/base-of-all"
  tar -C "root-$arch" --sort=name -cf "base-$arch.tar" .
done
"$OCIMUX" merge linux/amd64=base-amd64.tar linux/arm64=base-arm64.tar -t quay.io/microshift/base:9 -o all >/dev/null 2>&1
components="etcd kubelet ovn storage"
for component in $components; do
  for arch in amd64 arm64; do
    echo "$component for $arch" >"root-$arch/etc-$component"
    tar -C "root-$arch" --sort=name -cf "$component-linux-$arch.tar" .
    rm "root-$arch/etc-$component"
  done
  "$OCIMUX" merge "$component"-linux-*.tar --base all:base:9 -t "quay.io/microshift/$component:4.19" -o all >/dev/null 2>&1 ||
    "$OCIMUX" merge "$component"-linux-*.tar --base all:9 -t "quay.io/microshift/$component:4.19" -o all >/dev/null
done
start_registry
start_fault_proxy "$REGISTRY"
"$OCIMUX" push all --prefix "$PROXY/edge" >printed 2>/dev/null
equal "images" 5 "$(wc -l <printed)"
for component in $components; do
  contains "name of $component" "^$PROXY/edge/microshift/$component:4.19@sha256:[0-9a-f]{64}$" "$(cat printed)"
  crane validate --remote "$REGISTRY/edge/microshift/$component:4.19" >&2
done
equal "blobs whose bytes went twice" "" \
  "$(jq -r 'select(.method == "PUT" and .received > 0 and (.path | test("/blobs/"))) | .query | match("digest=[^&]*").string' "$PROXY_LOG" | sort | uniq -d)"
mounts=$(jq -s 'map(select(.method == "POST" and .status == 201 and (.query | test("mount=")))) | length' "$PROXY_LOG")
[ "$mounts" -ge 8 ] || fail "only $mounts blobs were mounted: two base layers in four more repositories are eight"
complete_registry "$REGISTRY"

# --- kubectl-build: one tag, nine platforms, credentials from a Kubernetes secret ---
start_password_registry
"$OCIMUX" merge "$(inputs velero)"/velero-main-*.tar -t app:1 -o nine >/dev/null 2>&1
equal "platforms" 9 "$(platforms nine 1 | wc -l)"
config=$(printf '{"auths":{"http://%s":{"username":"me","password":"sesame"}}}' "$REGISTRY" | base64 -w 0)
cat >secret.yaml.json <<SECRET
{"kind": "Secret", "apiVersion": "v1", "type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": "$config"}}
SECRET
equal "what is printed" "$REGISTRY/jobs/app:1@$(index_digest nine 1)" \
  "$("$OCIMUX" push nine:1 "$REGISTRY/jobs/app" --authfile secret.yaml.json 2>/dev/null)"
crane auth login -u me -p sesame "$REGISTRY" 2>/dev/null
equal "platforms in the registry" "$(platforms nine 1)" \
  "$(crane manifest "$REGISTRY/jobs/app:1" | jq -r '.manifests[].platform
    | "\(.os)/\(.architecture)" + (if .variant then "/" + .variant else "" end) + (if .["os.version"] then ":" + .["os.version"] else "" end)')"
crane validate --remote "$REGISTRY/jobs/app:1" >&2

refused 2 'prefix' "$OCIMUX" push layout "$first/x" --prefix "$second/mirror"
