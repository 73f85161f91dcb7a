#!/bin/bash
# Edits of a layout on a full disk, a read-only one, and of another user: a clear error, and the layout
# as it was. What only reads works all the same, and garbage can be collected where there is no room.
source "$(dirname "$0")/lib.sh"
need jq setpriv
velero=$(inputs velero)
[ "$(id -u)" = 0 ] || skip "only root can mount, and be another user"
"$OCIMUX" merge "$velero"/velero-main-linux-{386,arm64}.tar -t velero/velero:main -o layout >/dev/null
"$OCIMUX" merge "$velero"/velero-main-linux-s390x.tar -t gone -o layout >/dev/null
"$OCIMUX" untag layout:gone >/dev/null
changes=(
  "tag LAYOUT:main other"
  "untag LAYOUT:main"
  "annotate LAYOUT:main --annotation a=b"
  "rm LAYOUT:main linux/386"
  "merge $velero/velero-main-linux-amd64.tar -t more -o LAYOUT"
)

# none STATUS PATTERN LAYOUT [COMMAND...]: no change of that layout is made, by that command
none() {
  local status=$1 pattern=$2 layout=$3 change before
  shift 3
  before=$(snapshot "$layout")
  for change in "${changes[@]}"; do
    read -ra words <<<"${change//LAYOUT/$layout}"
    refused "$status" "$pattern" "$@" "$OCIMUX" "${words[@]}"
    equal "the layout after: ${words[*]}" "$before" "$(snapshot "$layout")"
  done
  "$@" "$OCIMUX" ls "$layout" >/dev/null || fail "it cannot be listed: $layout"
  "$@" "$OCIMUX" verify "$layout" >/dev/null || fail "it cannot be verified: $layout"
}

mkdir full
mount -t tmpfs -o size=64k tmpfs full 2>/dev/null || skip "a tmpfs cannot be mounted"
cp -r layout full/layout
head -c 1000000 /dev/zero >full/rest 2>/dev/null || true
none 1 'full/layout.*no space left' full/layout
"$OCIMUX" gc full/layout >/dev/null || fail "no garbage can be collected on a full disk"
sound full/layout

mkdir read-only
mount -t tmpfs tmpfs read-only
cp -r layout read-only/layout
mount -o remount,ro read-only
none 5 'read-only/layout.*read-only file system' read-only/layout
refused 5 'read-only/layout.*read-only file system' "$OCIMUX" gc read-only/layout

as_other() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
chmod 755 . && chmod -R go+rX layout
as_other test -x "$OCIMUX" -a -r layout/index.json || skip "another user cannot reach this folder"
none 5 'layout.*permission denied' layout as_other
refused 5 'layout.*permission denied' as_other "$OCIMUX" gc layout
# Only a part of it is closed: what had been done until then is undone.
cp -r layout closed-blobs
changes=("${changes[@]:2}") # the others write no blobs
chown 65534 closed-blobs
none 5 'closed-blobs.*permission denied' closed-blobs as_other

# The directory above may be closed: what lies there is nobody's garbage.
mkdir -m 711 above && cp -r layout above/layout && chown -R 65534 above/layout
as_other "$OCIMUX" gc above/layout >gc.log 2>&1 || fail "no garbage is collected below a closed directory: $(cat gc.log)"
sound above/layout
# A change of another user that cannot be looked into may rely on any blob.
"$OCIMUX" tag above/layout:main other >/dev/null && "$OCIMUX" annotate above/layout:other --annotation a=b >/dev/null
"$OCIMUX" untag above/layout:other >/dev/null
chown -R 65534 above/layout && mkdir -m 700 above/layout/.ocimux-1
equal "what gc removes beside a closed change" 0 "$(as_other "$OCIMUX" gc above/layout --json | jq '.removed | length')"
rmdir above/layout/.ocimux-1
equal "what gc removes without it" 1 "$(as_other "$OCIMUX" gc above/layout --json | jq '.removed | length')"
