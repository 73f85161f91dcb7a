#!/bin/bash
# Images that buildah makes, one a platform or all in one archive, merge with
# every digest as it is.
source "$(dirname "$0")/lib.sh"
need buildah jq
programs=$(inputs programs)
buildah manifest create velero:list >/dev/null
for arch in amd64 arm64 s390x; do
  container=$(buildah from --arch "$arch" scratch)
  buildah copy -q "$container" "$programs/hello-linux-$arch" /hello >/dev/null
  buildah config --os linux --arch "$arch" --entrypoint '["/hello"]' --label "of=$arch" "$container"
  buildah commit -q --format oci "$container" "velero:$arch" >/dev/null
  buildah push -q "velero:$arch" "oci-archive:$arch.tar:main"
  buildah manifest add velero:list "velero:$arch" >/dev/null
done

"$OCIMUX" merge amd64.tar arm64.tar s390x.tar -t velero/velero:main -o layout
equal "platforms" "linux/amd64
linux/arm64
linux/s390x" "$(platforms layout main)"
sound layout
for arch in amd64 arm64 s390x; do
  mkdir "$arch" && tar -xf "$arch.tar" -C "$arch"
  keeps "$arch" layout
  equal "label of $arch" "$arch" "$(config layout main "linux/$arch" | jq -r .config.Labels.of)"
done

buildah manifest push -q --all velero:list oci-archive:all.tar:main
"$OCIMUX" merge all.tar -t velero/velero:main -o from-all
mkdir all && tar -xf all.tar -C all
keeps all from-all
equal "platforms of the list" "$(platforms layout main)" "$(platforms from-all main)"
sound from-all
