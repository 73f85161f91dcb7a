#!/bin/bash
# Installs what building, testing and checking ocimux takes, on Debian 12 or
# later. Does nothing, quickly, where all of it is there already.
#
# usage: scripts/setup.sh [build|demo|lint|e2e|bench|fuzz]...     (default: build lint e2e)
set -euo pipefail
cd "$(dirname "$0")/.."

build_packages=(
  g++ cmake ninja-build ccache pkg-config python3
  libssl-dev libisal-dev libdeflate-dev zlib1g-dev libzstd-dev
  liblzma-dev libbz2-dev libarchive-dev libcurl4-openssl-dev libyaml-cpp-dev
  nlohmann-json3-dev libcli11-dev libgtest-dev libgmock-dev libbenchmark-dev
  # for the CLI tests
  zstd xz-utils bzip2 gzip pigz tar libarchive-tools jq strace time file python3-jsonschema
)
# Cross compilers, and the readers that are not ours.
demo_packages=(
  gcc-aarch64-linux-gnu gcc-arm-linux-gnueabihf gcc-powerpc64le-linux-gnu gcc-s390x-linux-gnu
  gcc-riscv64-linux-gnu gcc-i686-linux-gnu gcc-mingw-w64-x86-64 file skopeo umoci
  docker-registry
)
# Benchmarks, their large inputs, the plot, the peers they are compared with, and what is pushed to.
bench_packages=(
  gnuplot-nox debootstrap umoci skopeo buildah curl docker-registry python3-aiohttp
)
lint_packages=(clang-16 clang-tidy-16 clang-format-16 gcovr)
# libFuzzer and the sanitizers of clang.
fuzz_packages=(clang-16 libclang-rt-16-dev)
# Built from source, at versions that were seen to work: Debian's are missing or old.
go_tools=(
  github.com/google/go-containerregistry/cmd/crane@v0.20.6
  github.com/regclient/regclient/cmd/regctl@v0.8.3
  oras.land/oras/cmd/oras@v1.3.6
)

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_packages() {
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "setup: installing ${missing[*]}"
  # Somebody else on this machine may be installing, too: wait for them.
  local apt=(apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  as_root "${apt[@]}" update
  as_root env DEBIAN_FRONTEND=noninteractive \
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
}

# The version of the module that a Go program was built from.
built_from() {
  local program
  program=$(command -v "$1") && go version -m "$program" 2>/dev/null | awk '$1 == "mod" { print $3 }'
}

install_go_tools() {
  local tool name folder
  PATH=$PATH:/usr/local/go/bin # where Go's own installer puts it
  command -v go >/dev/null || install_packages golang-go ca-certificates
  for tool in "$@"; do
    name=${tool##*/} name=${name%@*}
    [ "$(built_from "$name")" != "${tool#*@}" ] || continue
    echo "setup: building $tool"
    folder=$(mktemp -d)
    if ! GOBIN=$folder CGO_ENABLED=0 go install -trimpath "$tool"; then
      echo "setup: $tool does not build with $(go version); a newer Go may" >&2
      return 1
    fi
    as_root install -m 755 "$folder/$name" /usr/local/bin/
    rm -r "$folder"
  done
}

# olareg, at the version and the sums that tests/e2e/olareg pins.
install_olareg() {
  local package=github.com/olareg/olareg folder
  [ "$(built_from olareg)" != "$(awk -v p=$package '$1 == p { print $2 }' tests/e2e/olareg/go.mod)" ] || return 0
  echo "setup: building $package"
  folder=$(mktemp -d)
  if ! CGO_ENABLED=0 go build -C tests/e2e/olareg -trimpath -o "$folder/olareg" "$package/cmd/olareg"; then
    echo "setup: tests/e2e/olareg does not build with $(go version); a newer Go may" >&2
    return 1
  fi
  as_root install -m 755 "$folder/olareg" /usr/local/bin/
  rm -r "$folder"
}

install_e2e() {
  local packages
  mapfile -t packages < <(sed 's/#.*//; s/[[:space:]]//g; /^$/d' tests/e2e/packages.txt)
  install_packages "${packages[@]}"
  install_go_tools "${go_tools[@]}"
  install_olareg
  # What e2e.match_like_go is built from: then it needs no network.
  if ! CGO_ENABLED=0 go build -C tests/e2e/choose -o /dev/null; then
    echo "setup: tests/e2e/choose does not build with $(go version); a newer Go may" >&2
    return 1
  fi
}

install_bench() {
  install_packages "${bench_packages[@]}"
  install_go_tools "${go_tools[@]}"
}

[ $# -gt 0 ] || set -- build lint e2e
for group in "$@"; do
  case $group in
    build) install_packages "${build_packages[@]}" ;;
    demo) install_packages "${demo_packages[@]}" ;;
    lint) install_packages "${lint_packages[@]}" ;;
    e2e) install_e2e ;;
    bench) install_bench ;;
    fuzz) install_packages "${fuzz_packages[@]}" ;;
    *) echo "usage: $0 [build|demo|lint|e2e|bench|fuzz]..." >&2; exit 2 ;;
  esac
done
echo "setup: $* is in place"
