#!/bin/bash
# A Debian of which much was changed, over the Debian it was made from: unpacked by
# umoci it is what the tar holds, and its base's layers are the very same blobs.
source "$(dirname "$0")/lib.sh"
need jq umoci skopeo bsdtar setcap
debian=$(inputs debian)/debian-bookworm-linux-amd64.tar

# The base: two layers by umoci, the second with whiteouts of its own.
umoci init --layout base
umoci new --image base:1
umoci config --image base:1 --architecture amd64 --os linux --config.env BASE=yes \
  --config.user 1:1
mkdir expected
tar -xpf "$debian" --numeric-owner --xattrs --xattrs-include='*' -C expected
umoci unpack --image base:1 bundle >/dev/null
cp -a expected/. bundle/rootfs/
umoci repack --image base:1 --refresh-bundle bundle >/dev/null
rm -rf bundle/rootfs/usr/share/doc
printf 'two\n' >bundle/rootfs/etc/layer
umoci repack --image base:1 --refresh-bundle bundle >/dev/null
rm -rf bundle expected/usr/share/doc
printf 'two\n' >expected/etc/layer

# What an application's build would do to it, and some that none would.
(cd expected
 printf 'changed\n' >etc/motd
 chmod 600 etc/hostname
 chown 7:8 etc/issue
 rm -rf usr/share/man etc/cron.daily
 rm -rf var/opt && printf 'now a file\n' >var/opt
 rm -f etc/debian_version && mkdir etc/debian_version && printf 'x' >etc/debian_version/inside
 ln -s passwd etc/link
 ln -sf nowhere etc/mtab
 mkdir -p opt/app
 printf 'program' >opt/app/one
 ln opt/app/one opt/app/two
 ln opt/app/one usr/bin/three
 ln etc/issue etc/issue-link
 cp bin/ls opt/app/capable
 setcap cap_net_bind_service+ep opt/app/capable
 mknod opt/app/null c 1 3
 mkfifo opt/app/fifo
 truncate -s 3M opt/app/sparse
 touch -d @1 etc/passwd)
pax() { # FOLDER FILE
  tar -C "$1" --numeric-owner --sort=name --format=pax --xattrs --xattrs-include='security.*' -cf "$2" .
}
pax expected debian-linux-amd64.tar
pax expected expected.tar

"$OCIMUX" merge debian-linux-amd64.tar --base base:1 -t debian:app --platform-tags -o layout
sound layout
equal "the layers of the base" \
  "$(jq -c '[.layers[].digest]' "$(blob base "$(index_digest base 1)")")" \
  "$(manifest layout app linux/amd64 | jq -c '[.layers[:-1][].digest]')"
equal "the config of the base" '["1:1",true]' \
  "$(config layout app linux/amd64 | jq -c '[.config.User, (.config.Env | index("BASE=yes") != null)]')"

umoci unpack --image layout:app-linux-amd64 bundle >/dev/null
pax bundle/rootfs found.tar
"$E2E/compare_trees.py" expected.tar found.tar || fail "umoci unpacks another tree"
getcap bundle/rootfs/opt/app/capable | grep cap_net_bind_service >/dev/null || fail "the capability is gone"

skopeo copy -q oci:layout:app-linux-amd64 oci:copied:app
skopeo inspect oci:layout:app-linux-amd64 >inspected.json
equal "layers that skopeo sees" 3 "$(jq '.Layers | length' inspected.json)"

# The difference is small, and over the result there is none.
layer=$(manifest layout app linux/amd64 | jq -r '.layers[-1].size')
say "the layer has $layer bytes compressed, the tar $(stat -c %s debian-linux-amd64.tar)"
[ "$layer" -lt $((2 << 20)) ] || fail "the difference is as large as that: $layer"
"$OCIMUX" merge debian-linux-amd64.tar --base layout:app -t debian:again -o again
equal "no layer more" "$(manifest layout app linux/amd64 | jq -c '[.layers[].digest]')" \
  "$(manifest again again linux/amd64 | jq -c '[.layers[].digest]')"
