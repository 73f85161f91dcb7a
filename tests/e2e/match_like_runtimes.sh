#!/bin/bash
# docker and skopeo take what match says they would, and where there is nothing for a node docker says
# what match says it would. (ctr's --platform is to the letter, unlike what a node takes by itself:
# e2e.match_like_go runs containerd's own code for every node.)
source "$(dirname "$0")/lib.sh"
need skopeo jq
for platform in linux/386 linux/arm/v5 linux/arm/v7 linux/s390x linux/amd64 linux/arm64; do
  name=app-${platform//\//-}.tar
  echo "$platform" >content
  tar --mtime=@0 -cf "$name" content
done
"$OCIMUX" merge app-*.tar -t full -o layout >/dev/null 2>&1
"$OCIMUX" merge app-linux-{386,arm-v5,arm-v7,s390x}.tar -t few -o layout >/dev/null 2>&1
start_registry
for tag in full few; do
  skopeo copy -q --all --dest-tls-verify=false oci:layout:$tag "docker://$REGISTRY/app:$tag"
done
start_dockerd
major=$(docker version --format '{{.Server.Version}}' | cut -d. -f1)

# answers TAG NODE RUNTIME FILTER: of the document that match prints
answers() {
  local status=0
  "$OCIMUX" match "layout:$1" --node "$2" --runtime "$3" --json >answer 2>/dev/null || status=$?
  [ $status = 0 ] || [ $status = 4 ] || fail "match $*: exit status $status"
  jq -r ".runtimes[0] | $4" answer
}
config_of() { jq -r .config.digest "$(blob layout "$1")"; } # MANIFEST

for tag in full few; do
  for node in linux/amd64 linux/386 linux/arm/v5 linux/arm/v6 linux/arm/v7 linux/arm64 linux/s390x \
    linux/ppc64le; do
    image=$REGISTRY/app:$tag
    expected=$(answers $tag $node docker '.chosen // ""')
    if [[ $tag:$node = few:linux/a*64 ]] && [ "$major" -lt 23 ]; then
      : # Docker 20.10 does not take 386 for amd64 yet, nor arm for arm64
    elif [ -n "$expected" ]; then
      docker pull -q --platform $node "$image" >/dev/null
      equal "what docker takes of $tag on $node" "$(config_of "$expected")" \
        "$(docker image inspect --format '{{.Id}}' "$image")"
      docker image rm -f "$image" >/dev/null
    else
      refusal=$(docker pull -q --platform $node "$image" 2>&1) && fail "docker takes something of $tag on $node"
      contains "docker on $node" "$(answers $tag $node docker .message)" "$refusal"
    fi

    expected=$(answers $tag $node podman '.chosen // ""')
    IFS=/ read -r os arch variant <<<"$node"
    rm -rf copy
    status=0
    skopeo --override-os $os --override-arch $arch ${variant:+--override-variant $variant} \
      copy -q oci:layout:$tag dir:copy >skopeo.log 2>&1 || status=$?
    if [ -n "$expected" ]; then
      equal "what skopeo takes of $tag on $node" "$expected" "sha256:$(sha256sum <copy/manifest.json | cut -d' ' -f1)"
    else
      [ $status != 0 ] || fail "skopeo takes something of $tag on $node"
    fi
  done
done
