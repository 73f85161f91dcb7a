#!/bin/bash
# What is refused is refused with a clear error and before anything is written: the
# output is not there, or as it was.
source "$(dirname "$0")/lib.sh"
need jq
velero=$(inputs velero)
amd64=$velero/velero-main-linux-amd64.tar
arm64=$velero/velero-main-linux-arm64.tar
mkdir in out
"$OCIMUX" merge "$amd64" "$arm64" -t velero/velero:main -o out/layout >/dev/null
before=$(snapshot out)

# no STATUS PATTERN ARGUMENT...: merge refuses, for a new layout and for an existing one
no() {
  local status=$1 pattern=$2
  shift 2
  refused "$status" "$pattern" "$OCIMUX" merge "$@" -t velero/velero:other -o out/new
  refused "$status" "$pattern" "$OCIMUX" merge "$@" -t velero/velero:other -o out/new.tar
  refused "$status" "$pattern" "$OCIMUX" merge "$@" -t velero/velero:other -o out/layout
  equal "what is left after: $*" "$before" "$(snapshot out)"
}
cp "$amd64" in/again-linux-amd64.tar
no 1,2,3 'again-linux-amd64' "$amd64" in/again-linux-amd64.tar
no 1,2,3 'velero-main-linux-amd64' "$amd64" in/again-linux-amd64.tar

echo 'this is no tar' >in/text-linux-s390x.tar
no 3 'text-linux-s390x\.tar' "$amd64" in/text-linux-s390x.tar
: >in/empty-linux-s390x.tar
no 3 'empty-linux-s390x\.tar' "$amd64" in/empty-linux-s390x.tar
no 4 'in/nothing-linux-s390x\.tar' "$amd64" in/nothing-linux-s390x.tar

# Cut anywhere: a header, a body, a compressed stream, an archive.
gzip -c "$arm64" >in/whole.gz
for keep in 100 700 5000; do
  head -c "$keep" "$arm64" >in/cut-linux-arm64.tar
  no 3 'cut-linux-arm64\.tar' "$amd64" in/cut-linux-arm64.tar
done
head -c $(($(stat -c %s in/whole.gz) / 2)) in/whole.gz >in/cut-linux-arm64.tar
no 3 'cut-linux-arm64\.tar' "$amd64" in/cut-linux-arm64.tar
head -c 20000 "$TESTDATA/buildkit-0.33/oci-attested.tar" >in/cut-oci
no 3 'cut-oci' in/cut-oci

# One bit of a blob: the digest says so.
mkdir in/oci && tar -xf "$TESTDATA/buildkit-0.33/oci-attested.tar" -C in/oci
for digest in $(python3 "$E2E/check_layout.py" --list in/oci | sed -n 1,3p); do
  file=in/oci/blobs/${digest/://}
  cp "$file" saved
  chmod u+w "$file"
  python3 -c 'import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[1], "wb").write(data)' "$file"
  no 3 "${digest:7:12}" in/oci
  rm "$file"
  # Archives of containerd lack the manifests of platforms that were never pulled:
  # those are left out, with a warning. Nothing else may be missing.
  if jq -e .layers saved >/dev/null 2>&1; then
    text=$("$OCIMUX" merge in/oci -t velero/velero:sparse -o sparse 2>&1 >/dev/null)
    contains "a warning that a manifest is not there" "warning: .*${digest:7:12}" "$text"
    sound sparse
    rm -r sparse
    no 3,4 'linux/amd64' -p linux/amd64 in/oci
  else
    no 3,4 "${digest:7:12}" in/oci
  fi
  cp saved "$file"
done

no 2 'linux/arm/v7/x' linux/arm/v7/x="$arm64"

# A tag that is there moves only when asked to.
refused 1,2,3 'main' "$OCIMUX" merge "$amd64" -t velero/velero:main -o out/layout
equal "what is left when a tag exists" "$before" "$(snapshot out)"
"$OCIMUX" merge --replace "$amd64" -t velero/velero:main -o out/layout >/dev/null
equal "platforms of the tag that was moved" linux/amd64 "$(platforms out/layout main)"

# --dry-run says what would be merged, refuses what would be refused, writes nothing.
before=$(snapshot out)
told=$("$OCIMUX" merge --dry-run "$amd64" "$arm64" -t velero/velero:dry -o out/dry)
contains "what --dry-run tells" linux/amd64 "$told"
contains "what --dry-run tells" linux/arm64 "$told"
refused 1,2,3 'again-linux-amd64' "$OCIMUX" merge --dry-run "$amd64" in/again-linux-amd64.tar -t a:b -o out/dry
refused 1,2,3 'main' "$OCIMUX" merge --dry-run "$amd64" -t velero/velero:main -o out/layout
equal "what --dry-run leaves" "$before" "$(snapshot out)"

# Folders that are made for the output go with it.
refused 3 'text-linux-s390x' "$OCIMUX" merge "$amd64" in/text-linux-s390x.tar -t a:b -o no/such/folder/layout
[ ! -e no ] || fail "a refused merge leaves the folders above its output"

# Usage.
refused 2 '' "$OCIMUX" merge "$amd64" -t velero/velero:main
refused 2 'no-such-option' "$OCIMUX" merge --no-such-option "$amd64" -o out/new
refused 2 'not a platform|platform' "$OCIMUX" merge -p 'linux//' "$amd64" -o out/new
