#!/bin/bash
# Root filesystem tars as GNU tar, bsdtar, Python and docker export write them, in
# every format, with long names, hard links, extended attributes and devices.
source "$(dirname "$0")/lib.sh"
need jq umoci bsdtar setfattr
programs=$(inputs programs)
mkdir root
"$E2E/make_root.sh" "$PWD/root" linux/amd64 "$programs/hello-linux-amd64"
deep=root/usr/share
for _ in 1 2 3 4 5 6 7 8; do deep=$deep/a-folder-with-a-name-of-forty-characters; done
mkdir -p "$deep"
echo deep >"$deep/file"
ln "$deep/file" root/usr/share/link-to-a-deep-file
echo 'ünïcödé' >"root/usr/share/nämé"
mknod root/dev-null c 1 3
mknod root/dev-loop b 7 0
mkfifo root/fifo
chmod 4755 root/usr/bin/velero
chown 1002:1000 root/home/cnb
touch -d '2001-02-03 04:05:06.789' root/usr/share/link-to-a-deep-file
setfattr -n user.ocimux -v yes root/platform

gnu=(tar -C root --sort=name --numeric-owner)
"${gnu[@]}" --format=gnu -cf gnu-linux-amd64.tar .
"${gnu[@]}" --format=posix --xattrs -cf pax-linux-amd64.tar .
mapfile -t names < <(ls root)
"${gnu[@]}" --format=posix --xattrs -cf bare-linux-amd64.tar "${names[@]}"
"${gnu[@]}" --format=gnu --blocking-factor=1 -cf blocks-linux-amd64.tar .
bsdtar -C root --format=pax -cf bsdpax-linux-amd64.tar .
bsdtar -C root --format=gnutar -cf bsdgnu-linux-amd64.tar .
python3 -c 'import sys, tarfile
with tarfile.open("python-linux-amd64.tar", "w") as tar: tar.add("root", ".")'

for flavour in gnu pax bare blocks bsdpax bsdgnu python; do
  "$OCIMUX" merge "$flavour-linux-amd64.tar" -t "$flavour" --platform-tags -o "$flavour"
  sound "$flavour"
  umoci unpack --image "$flavour:$flavour-linux-amd64" "$flavour.bundle"
  equal "files through $flavour" "$(tree root)" "$(tree "$flavour.bundle/rootfs")"
  equal "hard links through $flavour" 2 "$(stat -c %h "$flavour.bundle/rootfs/usr/share/link-to-a-deep-file")"
  equal "devices through $flavour" "1:3 7:0" "$(cd "$flavour.bundle/rootfs" && echo "$(stat -c %Hr:%Lr dev-null) $(stat -c %Hr:%Lr dev-loop)")"
  case $flavour in
    pax | bare | bsdpax)
      equal "extended attributes through $flavour" yes \
        "$(getfattr --only-values -n user.ocimux "$flavour.bundle/rootfs/platform")" ;;
  esac
done

# ustar has no room for the deep names.
rm -rf root/usr/share
"${gnu[@]}" --format=ustar -cf ustar-linux-amd64.tar .
"$OCIMUX" merge ustar-linux-amd64.tar -t ustar -o ustar
sound ustar

cp "$TESTDATA/docker-20.10/export-linux-amd64.tar" export-linux-amd64.tar
"$OCIMUX" merge export-linux-amd64.tar -t export -o export
sound export
unpack_layers export "$(manifest_digest export export linux/amd64)" exported
same_file "the program of docker export" "$programs/hello-linux-amd64" exported/hello
