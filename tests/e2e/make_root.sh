#!/bin/bash
# Fills FOLDER with a small root filesystem, as Velero's images have it.
#
# usage: make_root.sh FOLDER PLATFORM PROGRAM
set -euo pipefail
root=$1 platform=$2 program=$3
[ -e "$program" ] || program=$program.exe

umask 022
if [[ $platform == windows/* ]]; then
  install -D -m 755 "$program" "$root/velero.exe"
  ln "$root/velero.exe" "$root/velero-helper.exe"
  mkdir -p "$root/usr/bin" "$root/Windows/System32/config"
  printf 'a hive, as every base image has it\n' >"$root/Windows/System32/config/SOFTWARE"
else
  install -D -m 755 "$program" "$root/usr/bin/velero"
  ln "$root/usr/bin/velero" "$root/usr/bin/velero-helper"
  ln -s /usr/bin/velero "$root/velero"
  mkdir -p "$root/etc/ssl/certs" "$root/home/cnb" "$root/tmp"
  chmod 1777 "$root/tmp"
  printf 'root:x:0:0:root:/root:/sbin/nologin\ncnb:x:1002:1000::/home/cnb:\n' >"$root/etc/passwd"
  ln -s ../../passwd "$root/etc/ssl/certs/link"
fi
printf '%s\n' "$platform" >"$root/platform"
