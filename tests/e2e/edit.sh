#!/bin/bash
# What was edited is what skopeo, crane, regctl, umoci, oras and podman read; what oras and cosign put
# into a layout survives edits and gc; and merges and collections of garbage at once lose nothing.
source "$(dirname "$0")/lib.sh"
need skopeo crane regctl umoci oras jq

# root_tar FILE CONTENT: a root filesystem of text files
root_tar() {
  mkdir -p root/bin && printf '#!/bin/sh\necho %s\n' "$2" >root/bin/app
  tar --force-local --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner -C root -cf "$1" bin
}
for name in linux-amd64 linux-arm64 windows-ltsc2022-amd64; do root_tar "app-$name.tar" "$name"; done
"$OCIMUX" merge -q app-*.tar -t velero/velero:main --platform-tags -o layout >/dev/null

# raw LAYOUT TAG: what each reader says the tag names, all the same
raw() {
  local bytes
  bytes=$(skopeo inspect --raw "oci:$1:$2")
  equal "regctl" "$bytes" "$(regctl manifest get --format raw-body "ocidir://$1:$2")"
  equal "oras" "$bytes" "$(oras manifest fetch --oci-layout "$1:$2")"
  equal "index.json" "$bytes" "$(document "$1" "$2")"
  printf '%s\n' "$bytes"
}

# --- docker manifest annotate, and back ---
before=$(index_digest layout main)
windows=$(platforms layout main | grep ^windows | head -1)
printed=$("$OCIMUX" annotate layout:main "$windows" --os-version "${windows#*:}.1607" --os-features win32k \
  --annotation org.example.patch=1607 2>/dev/null)
equal "what is printed" "$before -> $(index_digest layout main)" "$printed"
raw layout main | jq -e --arg v "${windows#*:}.1607" '.manifests[]
  | select(.platform["os.version"] == $v and .platform["os.features"] == ["win32k"]
    and .annotations["org.example.patch"] == "1607")' >/dev/null || fail "not annotated"
"$OCIMUX" annotate layout:main --annotation org.opencontainers.image.version=1.2.3 >/dev/null 2>&1
"$OCIMUX" annotate layout:main linux/arm64 --annotation manifest:org.example.m=1 >/dev/null 2>&1
raw layout main | jq -e '.annotations["org.opencontainers.image.version"] == "1.2.3"' >/dev/null
umoci unpack --rootless --image layout:main-linux-amd64 bundle >/dev/null
[ -d bundle/rootfs ] || fail "umoci unpacked nothing"

"$OCIMUX" annotate layout:main windows --os-version "${windows#*:}" --os-features '' >/dev/null 2>&1
"$OCIMUX" gc layout >/dev/null 2>&1
sound layout
start_registry
"$OCIMUX" merge -q layout:main -t main -o alone >/dev/null
crane push alone "$REGISTRY/velero:main" >/dev/null 2>&1
crane validate --remote "$REGISTRY/velero:main"

# --- one more platform, and one less ---
root_tar extra.tar s390x
"$OCIMUX" add layout:main linux/s390x=extra.tar >/dev/null 2>&1
contains "the platforms" 'linux/s390x' "$(raw layout main | jq -c '.manifests[].platform | .os + "/" + .architecture')"
skopeo copy -q --override-arch s390x oci:layout:main oci:copied:main
"$OCIMUX" rm layout:main linux/s390x >/dev/null 2>&1
refused 4 "expected an image for linux/s390x" "$OCIMUX" rm layout:main linux/s390x

# --- what speaks of an image: kept by gc as long as it is listed ---
printf '{"spdxVersion":"SPDX-2.3"}' >sbom.json
now=$(index_digest layout main)
sbom=$(oras attach --oci-layout "layout@$now" --artifact-type application/spdx+json sbom.json:application/json \
  --format json --no-tty | jq -r .digest)
cosign=sha256-${now#sha256:}.sig
oras push --oci-layout "layout:$cosign" --artifact-type application/vnd.dev.cosign.artifact.sig.v1+json \
  sbom.json:application/vnd.dev.cosign.simplesigning.v1+json --no-tty >/dev/null
"$OCIMUX" gc layout >gone 2>/dev/null
[ -s gone ] || fail "edits leave no garbage?"
skopeo copy -q --all oci:layout:main oci:whole:main
equal "what oras discovers" "$sbom" \
  "$(oras discover --oci-layout --format json "layout:main" | jq -r '(.referrers // .manifests)[].digest')"
oras pull --oci-layout "layout@$sbom" -o pulled --no-tty >/dev/null
same_file "the SBOM" sbom.json pulled/sbom.json
refers=$("$OCIMUX" ls layout --json | jq -r '.references[] | select(.subject) | .subject' | sort -u)
equal "what ls says refers to the image" "$now" "$refers"
"$OCIMUX" untag layout:main >/dev/null 2>notes
contains "the note" "what refers to $now \(2\) stays" "$(cat notes)"
"$OCIMUX" gc layout >/dev/null 2>&1
blob layout "$now" >/dev/null # its referrer keeps it
"$OCIMUX" tag "layout@$now" main >/dev/null 2>&1 && fail "named what index.json does not list" || true
"$OCIMUX" untag "layout@$sbom" "layout:$cosign" >/dev/null 2>&1
"$OCIMUX" gc layout >/dev/null 2>&1
[ ! -e "layout/blobs/${now/://}" ] || fail "$now is still there"
rmdir layout/ingest # oras's
sound layout

# --- merges and collections at once ---
for i in 1 2 3 4; do root_tar "r$i.tar" "$i"; done
"$OCIMUX" merge -q linux/amd64=r1.tar -t t0 -o busy >/dev/null
mkfifo gate
exec 9<>gate
for i in 1 2 3 4; do
  (read -r _ <&9
   for round in 1 2 3; do
     "$OCIMUX" merge -q "linux/amd64=r$i.tar" -t "t$i-$round" --annotation "n=$i-$round" -o busy >/dev/null
     "$OCIMUX" gc -q busy >/dev/null
     "$OCIMUX" untag -q "busy:t$i-$round" >/dev/null
     "$OCIMUX" merge -q "linux/amd64=r$i.tar" -t "t$i-$round" -o busy >/dev/null
   done) &
  crew+=($!)
done
printf '%s\n' 1 2 3 4 >&9
for pid in "${crew[@]}"; do wait "$pid" || fail "a merge or gc failed beside others"; done
equal "tags" "$( (echo t0; for i in 1 2 3 4; do for round in 1 2 3; do echo "t$i-$round"; done; done) | sort)" "$(tags busy | sort)"
"$OCIMUX" gc busy >/dev/null 2>&1
sound busy
[ -z "$(find busy -maxdepth 1 -name '.ocimux*')" ] || fail "something is left in busy"
