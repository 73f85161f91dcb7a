#!/bin/bash
# Makes tiny programs and libraries of many platforms in FOLDER, with the assemblers
# and linkers of binutils, and LLVM's for Mach-O. They do nothing but be what they are.
#
# usage: testdata/make_binaries.sh FOLDER
set -euo pipefail
folder=${1:?usage: $0 FOLDER}
mkdir -p "$folder"
cd "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# elf NAME TRIPLET "AS FLAGS" "LD FLAGS"
elf() {
  local code='.globl _start, __start
__start:
_start: nop
'
  [[ $2 != s390x* ]] || code=${code/nop/nopr}
  "$2-as" $3 -o "$work/o" - <<<"$code"
  "$2-ld" $4 -s --build-id=none -z noseparate-code -o "$1" "$work/o"
}

elf linux-amd64 x86_64-linux-gnu '' '-static'
elf linux-amd64-v2 x86_64-linux-gnu '' '-static -z x86-64-v2'
elf linux-amd64-v3 x86_64-linux-gnu '' '-static -z x86-64-v3'
elf linux-amd64-v4 x86_64-linux-gnu '' '-static -z x86-64-v4'
elf linux-x32 x86_64-linux-gnu '--x32' '-m elf32_x86_64 -static'
elf linux-386 i686-linux-gnu '' '-static'
elf linux-arm64 aarch64-linux-gnu '' '-static'
elf linux-arm-v5 arm-linux-gnueabihf '-march=armv5te -mfpu=softvfp -mfloat-abi=soft' '-static'
elf linux-arm-v6 arm-linux-gnueabihf '-march=armv6k -mfpu=vfp' '-static'
elf linux-arm-v7 arm-linux-gnueabihf '-march=armv7-a -mthumb' '-static'
elf linux-arm-v8 arm-linux-gnueabihf '-march=armv8-a' '-static'
elf linux-armbe arm-linux-gnueabihf '-march=armv7-a -EB' '-EB -m armelfb_linux_eabi -static'
elf linux-ppc64le powerpc64le-linux-gnu '' '-static'
elf linux-ppc64 powerpc64le-linux-gnu '-a64 -mbig' '-EB -m elf64ppc -static'
elf linux-ppc powerpc64le-linux-gnu '-a32 -mbig' '-EB -m elf32ppc -static'
elf linux-s390x s390x-linux-gnu '' '-static'
elf linux-s390 s390x-linux-gnu '-m31' '-m elf_s390 -static'
elf linux-riscv64 riscv64-linux-gnu '' '-static'
elf linux-mips mips-linux-gnu '' '-static'
elf linux-mipsle mipsel-linux-gnu '' '-static'
elf linux-mips64 mips64-linux-gnuabi64 '-64' '-static'
elf linux-mips64le mips64el-linux-gnuabi64 '-64' '-static'
elf linux-mips-n32 mips64-linux-gnuabi64 '-n32' '-m elf32btsmipn32 -static'

# What is started by an interpreter, what starts alone though it can lie anywhere, a library,
# and what is no finished executable.
elf dynamic-arm64 aarch64-linux-gnu '' '-pie -z max-page-size=4096 -dynamic-linker /lib/ld-linux-aarch64.so.1'
elf static-pie-amd64 x86_64-linux-gnu '' '-pie --no-dynamic-linker'
elf library-riscv64 riscv64-linux-gnu '' '-shared -soname libtiny.so.1 -e 0'
elf object-amd64.o x86_64-linux-gnu '' '-r'

# pe NAME TRIPLET TARGET "LD FLAGS"
pe() {
  "$2-as" -o "$work/o" - <<<'.globl start
start: ret'
  cat >"$work/resources" <<'RC'
1 24 { "an entry of another type in front" }
1 VERSIONINFO
FILEVERSION 10,0,20348,1607
PRODUCTVERSION 1,2,3,4
{ BLOCK "StringFileInfo" { BLOCK "040904b0" { VALUE "FileVersion", "not this one" } } }
RC
  "$2-windres" --preprocessor=cat -F "$3" -i "$work/resources" -o "$work/rc"
  "$2-ld" $4 -s --no-insert-timestamp -e start -o "$1" "$work/o" "$work/rc"
}

pe windows-amd64.exe x86_64-w64-mingw32 pe-x86-64 ''
pe windows-amd64.dll x86_64-w64-mingw32 pe-x86-64 '-shared'
pe windows-386.exe i686-w64-mingw32 pe-i386 ''
pe uefi-amd64.efi x86_64-w64-mingw32 pe-x86-64 '--subsystem=10'

# mach_o NAME ARCHITECTURE "LD FLAGS"
mach_o() {
  clang-16 -target "$2-apple-macos11" -c -x assembler -o "$work/o" - <<<$'.globl _main\n_main: ret'
  ld64.lld-16 -arch "$2" -platform_version macos 11.0 11.0 $3 -o "$1" "$work/o"
}

mach_o darwin-amd64 x86_64 '-e _main'
mach_o darwin-amd64.dylib x86_64 '-dylib -undefined dynamic_lookup'
