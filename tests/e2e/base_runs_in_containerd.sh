#!/bin/bash
# containerd runs an image whose program came in the layer over a base.
source "$(dirname "$0")/lib.sh"
need jq ctr umoci
rootfs_tar base-linux-amd64.tar linux/amd64
umoci init --layout base
umoci new --image base:1
umoci config --image base:1 --architecture amd64 --os linux --config.cmd /usr/bin/velero
umoci raw add-layer --image base:1 base-linux-amd64.tar

mkdir root
tar -xpf base-linux-amd64.tar -C root
install -m 755 "$(inputs programs)/hello-linux-amd64" root/usr/bin/app
ln root/usr/bin/app root/usr/bin/app-too
rm root/velero root/usr/bin/velero-helper
rmdir root/tmp && ln -s home root/tmp
tar -C root --sort=name --owner=0 --group=0 -cf app-linux-amd64.tar .
"$OCIMUX" merge app-linux-amd64.tar --base base:1 -t example/app:1 -o image.tar

start_containerd
ctr images import --snapshotter native image.tar
run() { ctr run --rm --snapshotter native docker.io/example/app:1 "e2e-$1" "${@:2}"; }
equal "the program of the layer" "hello from linux/amd64" "$(run a /usr/bin/app-too)"
equal "the program of the base, by the base's Cmd" "hello from linux/amd64" \
  "$(ctr run --rm --snapshotter native docker.io/example/app:1 e2e-b)"
mkdir mounted
top=$(ctr snapshots --snapshotter native tree | sed 's/^ *\\_ *//; s/^ *//' | tail -n 1)
ctr snapshots --snapshotter native view --target "$WORK/mounted" looked "$top" >mount.sh
sh mount.sh
[ ! -e mounted/velero ] && [ ! -e mounted/usr/bin/velero-helper ] || fail "what was removed is there"
equal "a directory that became a link" home "$(readlink mounted/tmp)"
equal "hard links" 2 "$(stat -c %h mounted/usr/bin/app)"
umount mounted || true
