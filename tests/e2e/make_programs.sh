#!/bin/bash
# Makes one true program for each platform in FOLDER: hello-linux-amd64 ...
# hello-linux-arm-v7, hello-windows-amd64.exe. The names of the platforms that
# were made go to stdout.
#
# usage: make_programs.sh FOLDER [PLATFORM...]     (default: all of them)
set -euo pipefail

all=(linux/386 linux/amd64 linux/arm/v6 linux/arm/v7 linux/arm64 linux/ppc64le
     linux/riscv64 linux/s390x windows/amd64)
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: $0 FOLDER [PLATFORM...]}
shift
[ $# -gt 0 ] || set -- "${all[@]}"
mkdir -p "$folder"

flags=(-O1 -s -ffreestanding -fno-stack-protector -nostdlib)
elf=(-static -fno-pie -no-pie '-Wl,--build-id=none')

for platform; do
  out=$folder/hello-${platform//\//-}
  case $platform in
    linux/amd64) command=(x86_64-linux-gnu-gcc "${elf[@]}") ;;
    linux/386) command=(i686-linux-gnu-gcc "${elf[@]}") ;;
    linux/arm64) command=(aarch64-linux-gnu-gcc "${elf[@]}") ;;
    linux/arm/v7) command=(arm-linux-gnueabihf-gcc "${elf[@]}") ;;
    linux/arm/v6) command=(arm-linux-gnueabihf-gcc "${elf[@]}" -march=armv6 -marm -mfloat-abi=soft) ;;
    linux/ppc64le) command=(powerpc64le-linux-gnu-gcc "${elf[@]}") ;;
    linux/riscv64) command=(riscv64-linux-gnu-gcc "${elf[@]}") ;;
    linux/s390x) command=(s390x-linux-gnu-gcc "${elf[@]}") ;;
    windows/amd64)
      command=(x86_64-w64-mingw32-gcc -e start '-Wl,--no-insert-timestamp')
      out+=.exe ;;
    *) echo "$0: no compiler is known for $platform" >&2; exit 2 ;;
  esac
  libraries=()
  [[ $platform != windows/* ]] || libraries=(-lkernel32)
  "${command[@]}" "${flags[@]}" "-DPLATFORM=\"$platform\"" -o "$out" "$here/hello.c" "${libraries[@]}"
  echo "$platform"
done
