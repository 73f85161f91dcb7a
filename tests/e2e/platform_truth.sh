#!/bin/bash
# What the binaries are decides where nobody says a platform, and stops what is said
# wrongly: true programs of every platform, Go, static musl, dynamic glibc, scripts.
source "$(dirname "$0")/lib.sh"
need jq umoci skopeo musl-gcc gcc aarch64-linux-gnu-gcc
PATH=$PATH:/usr/local/go/bin
need go
programs=$(inputs programs)

# pack FILE FOLDER: a tar whose name says nothing
pack() { tar -C "$2" --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner -cf "$1" .; }

# One true program of each platform, in tars with names that say nothing.
number=0
for platform in linux/386 linux/amd64 linux/arm/v6 linux/arm/v7 linux/arm64 linux/ppc64le linux/riscv64 \
  linux/s390x windows/amd64; do
  number=$((number + 1))
  rootfs_tar "image$number.tar" "$platform"
done
"$OCIMUX" merge image?.tar --os-version windows=10.0.20348 -t all -o all
equal "the binaries say the platforms" "linux/386
linux/amd64
linux/arm/v6
linux/arm/v7
linux/arm64
linux/ppc64le
linux/riscv64
linux/s390x
windows/amd64:10.0.20348" "$(platforms all all)"
sound all

# An arm64 tarball that holds an amd64 program, and each way to say it.
rootfs_tar velero-main-linux-arm64.tar linux/amd64
refused 3 'velero-main-linux-arm64.tar: usr/bin/velero.*: expected a binary for linux/arm64.* found an ELF program for linux/amd64' \
  "$OCIMUX" merge velero-main-linux-arm64.tar -t lie -o lie
[ ! -e lie ] || fail "a refused merge leaves its output"
refused 3 'velero' "$OCIMUX" merge linux/s390x=image2.tar -t lie -o lie
printf '{"os":"linux","architecture":"arm64","config":{}}' >config.json
refused 3 'usr/bin/velero' "$OCIMUX" merge --config config.json image2.tar -t lie -o lie
contains "verify says it, too" 'usr/bin/velero' "$("$OCIMUX" verify velero-main-linux-arm64.tar 2>&1 || true)"

# An image, made by others, whose config says another architecture than its layers are for.
umoci init --layout images
umoci new --image images:right
mkdir root
cp "$programs/hello-linux-amd64" root/app
tar -C root -cf layer.tar app
umoci raw add-layer --image images:right layer.tar
umoci config --image images:right --os linux --architecture amd64 --config.entrypoint /app
umoci config --image images:right --tag wrong --architecture arm64
"$OCIMUX" verify images:right
refused 3 'images: app: expected a binary for linux/arm64, as its (descriptor|config) says' \
  "$OCIMUX" merge images:wrong -t lie -o lie
skopeo copy -q oci:images:wrong docker-archive:wrong.tar:demo:1
refused 3 'app: expected a binary for linux/arm64' "$OCIMUX" merge wrong.tar -t lie -o lie

# Go, which has no attributes of ARM but says GOARM; static musl; dynamic glibc.
mkdir go musl glibc script
cat >go/main.go <<'GO'
package main

func main() { println("hello") }
GO
(cd go && go mod init example.com/hello 2>/dev/null
 for arm in 5 6 7; do GOOS=linux GOARCH=arm GOARM=$arm CGO_ENABLED=0 go build -o "../go$arm/usr/bin/hello" .; done)
printf 'int main(void) { return 0; }\n' >main.c
mkdir -p musl/bin glibc/bin glibc/lib script/bin
musl-gcc -static -o musl/bin/hello main.c
aarch64-linux-gnu-gcc -o glibc/bin/hello main.c
cp /usr/aarch64-linux-gnu/lib/{ld-linux-aarch64.so.1,libc.so.6} glibc/lib/
printf '#!/bin/hello\n' >script/bin/run
pack musl.tar musl
pack glibc.tar glibc
for arm in 5 6 7; do pack "go$arm.tar" "go$arm"; done
"$OCIMUX" merge musl.tar glibc.tar go?.tar -t libc -o libc
equal "programs of Go, musl and glibc" "linux/amd64
linux/arm/v5
linux/arm/v6
linux/arm/v7
linux/arm64" "$(platforms libc libc)"
refused 3 'expected a binary for linux/arm/v6' "$OCIMUX" merge linux/arm/v6=go7.tar -t lie -o lie
"$OCIMUX" verify linux/arm/v7=go6.tar
refused 3 'lib/(libc.so.6|ld-linux-aarch64.so.1): expected a binary for linux/amd64' \
  "$OCIMUX" merge linux/amd64=glibc.tar -t lie -o lie

# Scripts run anywhere, and say nothing.
pack script.tar script
refused 2 'expected to learn its platform' "$OCIMUX" merge script.tar -t script -o script-out
for platform in linux/amd64 linux/s390x; do "$OCIMUX" merge "$platform=script.tar" -t "script" -o "script-${platform#*/}"; done
