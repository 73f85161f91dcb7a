# shellcheck shell=bash
# What the end-to-end tests share: each of them sources this file first.
#
# A test is a program: exit status 0 means passed, 77 skipped because a real part
# is missing, anything else failed. It works in $WORK, an empty folder that goes
# when it ends, together with every daemon it started and everything it mounted.
#
#   OCIMUX      the program under test (required)
#   E2E_INPUTS  where inputs that several tests use are made once and kept
#   E2E_KEEP=1  keeps $WORK for a look afterwards
set -euo pipefail
shopt -s inherit_errexit

E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$E2E/../.." && pwd)
# shellcheck disable=SC2034 # used by the tests
TESTDATA=$ROOT/testdata
NAME=$(basename "$0" .sh)
: "${E2E_INPUTS:=$ROOT/build/e2e-inputs}"
# Short, for the path of a unix socket may not exceed 107 bytes.
WORK=$(mktemp -d "${TMPDIR:-/tmp}/ocimux-e2e.XXXXXX")
DAEMONS=()

# Nothing of the machine or of the user who runs this may reach a test.
unset SOURCE_DATE_EPOCH DOCKER_CONFIG DOCKER_HOST DOCKER_CONTEXT BUILDKIT_HOST REGISTRY_AUTH_FILE
unset DOCKER_AUTH_CONFIG XDG_CONFIG_HOME http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY
export HOME=$WORK/home XDG_RUNTIME_DIR=$WORK/run
export STORAGE_DRIVER=vfs LC_ALL=C TZ=UTC
mkdir -p "$HOME" "$XDG_RUNTIME_DIR"

say() { printf '%s: %s\n' "$NAME" "$*" >&2; }
fail() { say "FAILED: $*"; exit 1; }
skip() { say "SKIPPED: $*"; exit 77; }

# need PROGRAM...
need() {
  local program
  for program; do
    command -v "$program" >/dev/null || skip "$program is not installed (scripts/setup.sh e2e)"
  done
}

clean_up() {
  local status=$? pid target
  trap - EXIT ERR
  set +e
  for pid in "${DAEMONS[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${DAEMONS[@]}"; do
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  # What daemons or tests mounted below us, the deepest first.
  awk -v w="$WORK/" 'index($5, w) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r target; do umount -l "$target"; done
  if [ "${E2E_KEEP:-0}" = 1 ]; then say "kept: $WORK"; else rm -rf "$WORK"; fi
  exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# 77 is passed on by whoever asked for inputs that cannot be made here.
trap '[ $? -eq 77 ] || say "FAILED at ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR
set -E

: "${OCIMUX:?the program under test}"
[ -x "$OCIMUX" ] || fail "OCIMUX=$OCIMUX is no program"
OCIMUX=$(realpath "$OCIMUX")
cd "$WORK"

# --- asserting ---------------------------------------------------------------

# equal WHAT EXPECTED FOUND
equal() {
  [ "$2" = "$3" ] && return
  diff -u --label expected --label found <(printf '%s\n' "$2") <(printf '%s\n' "$3") >&2 || true
  fail "$1"
}

# same_file WHAT EXPECTED FOUND
same_file() { cmp -- "$2" "$3" >&2 || fail "$1"; }

# contains WHAT PATTERN TEXT: an extended regular expression, in any case
contains() { grep -Eiq -- "$2" <<<"$3" || fail "$1: nothing matches '$2' in: $3"; }

# but PATTERN: the lines of its input that do not match
but() { grep -Ev -- "$1" || true; }

# refused STATUS[,STATUS] PATTERN COMMAND...: it ends with (one of) that status, says
# why, and prints no result
refused() {
  local expected=,$1, pattern=$2 status=0 text
  shift 2
  text=$("$@" 2>&1 >"$WORK/refused.out") || status=$?
  [[ $expected == *,$status,* ]] || fail "exit status $status instead of ${expected//,/ }from: $*: $text"
  contains "what is said by: $*" "$pattern" "$text"
  contains "an error line is 'ocimux: where: what' in: $*" '^ocimux: .+: .+' "$text"
  [ ! -s "$WORK/refused.out" ] || fail "a refusal prints a result on stdout: $*"
}

# snapshot FOLDER: every name with its type, mode, link target, size, time and content
snapshot() {
  (cd "$1"
   find . -mindepth 1 -printf '%p %y %m %l' \( -type f -printf ' %s %T@' -o -true \) -printf '\n' | sort
   find . -type f -print0 | sort -z | xargs -0r sha256sum)
}

# --- looking into layouts, without the program under test -------------------------

index_digest() { # LAYOUT TAG
  jq -er --arg t "$2" \
    '[.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $t)]
     | if length == 1 then .[0].digest else error("\(length) entries named \($t)") end' "$1/index.json"
}
blob() { # LAYOUT DIGEST: its path
  [ -f "$1/blobs/${2/://}" ] || fail "$1 has no blob $2"
  printf '%s\n' "$1/blobs/${2/://}"
}
document() { cat "$(blob "$1" "$(index_digest "$1" "$2")")"; } # LAYOUT TAG

# platforms LAYOUT TAG: one a line, as they stand in the index
platforms() {
  document "$1" "$2" | jq -r '.manifests[].platform
    | "\(.os)/\(.architecture)" + (if .variant then "/" + .variant else "" end)
      + (if .["os.version"] then ":" + .["os.version"] else "" end)'
}
# manifest_digest LAYOUT TAG PLATFORM
manifest_digest() {
  document "$1" "$2" | jq -er --arg p "$3" '[.manifests[] | select((.platform
    | "\(.os)/\(.architecture)" + (if .variant then "/" + .variant else "" end)
      + (if .["os.version"] then ":" + .["os.version"] else "" end)) == $p)]
    | if length == 1 then .[0].digest else error("\(length) entries for \($p)") end'
}
manifest() { cat "$(blob "$1" "$(manifest_digest "$@")")"; }                         # LAYOUT TAG PLATFORM
config() { cat "$(blob "$1" "$(manifest "$@" | jq -r .config.digest)")"; }           # LAYOUT TAG PLATFORM
tags() { jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' "$1/index.json"; } # LAYOUT

# sound LAYOUT: digests, sizes, DiffIDs, platforms, nothing missing, nothing left over
sound() { python3 "$E2E/check_layout.py" "$1" >&2 || fail "$1 is not sound"; }

# keeps SOURCE DEST: every blob below SOURCE's index.json is in DEST, byte for byte.
# The indexes themselves are made anew by a merge.
keeps() {
  local digest
  python3 "$E2E/check_layout.py" --list "$1" >"$WORK/keeps" || fail "$1 cannot be listed"
  [ -s "$WORK/keeps" ] || fail "$1 holds nothing that could be kept"
  while read -r digest; do
    cmp -s "$1/blobs/${digest/://}" "$2/blobs/${digest/://}" || fail "$2 does not keep $digest of $1"
  done <"$WORK/keeps"
}

# unpack_layers LAYOUT MANIFEST-DIGEST FOLDER: the layers' files, one over the other.
# Whiteouts are not needed here: an image of a root filesystem has none.
unpack_layers() {
  local layer
  mkdir -p "$3"
  jq -r '.layers[].digest' "$(blob "$1" "$2")" | while read -r layer; do
    bsdtar -x -p --numeric-owner -f "$(blob "$1" "$layer")" -C "$3"
  done
}

# root_of FOLDER: where unpacked layers have the root filesystem; Windows' have it below Files
root_of() { if [ -d "$1/Hives" ]; then echo "$1/Files"; else echo "$1"; fi; }

# tree FOLDER: what an image is about: names, types, modes, owners, links, contents
tree() {
  (cd "$1"
   find . -mindepth 1 -printf '%p %y %m %U:%G %l\n' | sort
   find . -type f -print0 | sort -z | xargs -0r sha256sum)
}

# --- making inputs ---------------------------------------------------------------

# inputs SET: makes it where it is not there yet, and prints its folder
inputs() { "$E2E/make_inputs.sh" "$1"; }

# rootfs_tar FILE PLATFORM [PROGRAM]: a small root filesystem with a true program
rootfs_tar() {
  local programs root
  programs=$(inputs programs)
  root=$(mktemp -d "$WORK/root.XXXXXX")
  "$E2E/make_root.sh" "$root" "$2" "${3:-$programs/hello-${2//\//-}}"
  tar -C "$root" --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner -cf "$1" .
  rm -rf "$root"
}

# merge_velero LAYOUT: Velero's image out of what BuildKit made, under its four tags
merge_velero() {
  local folder
  folder=$(inputs buildkit)
  "$OCIMUX" merge "$folder"/velero-main-*.tar -t velero/velero:main --platform-tags -o "$1"
}

# --- faults ----------------------------------------------------------------------

# export_faults_library: FAULTS_LIBRARY is the library of faults/, made here where CMake has not
export_faults_library() {
  need python3
  [ -n "${FAULTS_LIBRARY:-}" ] && return
  need c++
  export FAULTS_LIBRARY=$WORK/faults.so
  c++ -std=c++20 -O1 -shared -fPIC -o "$FAULTS_LIBRARY" "$E2E"/faults/*.cpp -ldl
}
# export_faults_registry: FAULTS_REGISTRY is what the scenarios of faults/ pull from
export_faults_registry() {
  start_registry
  export FAULTS_REGISTRY=$REGISTRY
}

# --- daemons ---------------------------------------------------------------------

# daemon LOG COMMAND...: in the background; it ends with the test, however that ends
daemon() {
  local log=$1
  shift
  setpriv --pdeathsig TERM -- "$@" >"$log" 2>&1 &
  DAEMONS+=($!)
}

# wait_for WHAT PID LOG COMMAND...
wait_for() {
  local what=$1 pid=$2 log=$3
  shift 3
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return; fi
    kill -0 "$pid" 2>/dev/null || { tail -n 20 "$log" >&2; fail "$what ended instead of starting"; }
    sleep 0.1
  done
  tail -n 20 "$log" >&2
  fail "$what was not ready after 30 s"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start_dockerd: Docker's own client then reaches it as `docker`
start_dockerd() {
  need dockerd /usr/bin/docker
  local folder=$WORK/dockerd
  mkdir -p "$folder"
  daemon "$folder/log" dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs \
    --data-root "$folder/data" --exec-root "$folder/exec" -p "$folder/pid" \
    -H "unix://$folder/sock"
  export DOCKER_HOST=unix://$folder/sock DOCKER_BUILDKIT=1
  wait_for dockerd $! "$folder/log" docker version
}
# Debian's: another docker earlier in PATH may be a client without BuildKit.
docker() { /usr/bin/docker "$@"; }

# start_containerd: `ctr` then talks to it
start_containerd() {
  need containerd ctr runc
  local folder=$WORK/containerd
  mkdir -p "$folder"
  daemon "$folder/log" containerd --root "$folder/root" --state "$folder/state" --address "$folder/sock"
  export CONTAINERD_ADDRESS=$folder/sock
  wait_for containerd $! "$folder/log" ctr version
}

# start_registry [LINES [HTTP [STORAGE]]]: sets REGISTRY to its HOST:PORT and REGISTRY_LOG to its log.
# LINES of YAML are added to its settings, HTTP to those of `http:`, STORAGE to those of `storage:`.
start_registry() {
  need docker-registry curl
  local folder port
  folder=$(mktemp -d "$WORK/registry.XXXXXX") port=$(free_port)
  REGISTRY=127.0.0.1:$port REGISTRY_LOG=$folder/log
  cat >"$folder/config.yml" <<CONFIG
version: 0.1
storage: {filesystem: {rootdirectory: $folder/data}, delete: {enabled: true}${3:+, $3}}
http: {addr: "127.0.0.1:$port"${2:+, $2}}
${1:-}
CONFIG
  daemon "$REGISTRY_LOG" docker-registry serve "$folder/config.yml"
  # Any answer will do: it may want TLS or a password.
  wait_for docker-registry $! "$REGISTRY_LOG" curl -sS -o /dev/null "http://$REGISTRY/v2/"
}

# requests [PATTERN]: what a registry was asked for since forget_requests, one `METHOD PATH` a line
requests() {
  tail -n "+$((REQUESTS_SEEN + 1))" "$REGISTRY_LOG" |
    sed -nE 's/.*"((GET|HEAD|POST|PUT) [^ ]+) HTTP.*/\1/p' | grep -E "${1:-.}" || true
}
forget_requests() { REQUESTS_SEEN=$(wc -l <"$REGISTRY_LOG"); }
REQUESTS_SEEN=0

# start_read_only_registry: one that is being looked after
start_read_only_registry() { start_registry "" "" "maintenance: {readonly: {enabled: true}}"; }

# start_password_registry: knows `me` with the password `sesame`
start_password_registry() {
  need htpasswd
  htpasswd -Bbn -C 4 me sesame >"$WORK/htpasswd"
  start_registry "auth: {htpasswd: {realm: test, path: $WORK/htpasswd}}"
}

# make_authority: ca.crt and ca.key, that nobody knows; certificate NAME EXTENSIONS: one that it signs
make_authority() {
  need openssl
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.crt 2>/dev/null
}
certificate() {
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  openssl x509 -req -days 2 -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial \
    -extfile <(echo "$2") -out "$1.crt" 2>/dev/null
}

# start_olareg: a registry that lists referrers itself; sets REGISTRY, and REGISTRY_DATA to where it
# keeps a layout for each repository
start_olareg() {
  need olareg curl
  local port
  port=$(free_port)
  REGISTRY=127.0.0.1:$port REGISTRY_DATA=$(mktemp -d "$WORK/olareg.XXXXXX")
  daemon "$REGISTRY_DATA.log" olareg serve --addr 127.0.0.1 --port "$port" --dir "$REGISTRY_DATA" --gc-frequency -1s
  wait_for olareg $! "$REGISTRY_DATA.log" curl -sS -o /dev/null "http://$REGISTRY/v2/"
}

# start_server NAME ARGUMENT...: one of servers/ on a free port, to which SERVER (HOST:PORT) is set.
# A PORT_FILE among its arguments is named @port. Debian's Python: it has the libraries they use.
start_server() {
  local name=$1 folder
  shift
  folder=$(mktemp -d "$WORK/server.XXXXXX")
  /usr/bin/python3 -c 'import aiohttp, cryptography, jwt' 2>/dev/null ||
    skip "Python's aiohttp, cryptography or jwt is not installed (scripts/setup.sh e2e)"
  daemon "$folder/log" /usr/bin/python3 "$E2E/servers/$name.py" "${@/#@port/$folder/port}"
  wait_for "$name" $! "$folder/log" test -e "$folder/port"
  SERVER=127.0.0.1:$(cat "$folder/port")
}

# start_token_server OPTION...: sets TOKEN_SERVER, and TOKEN_LOG to the log of what it was asked for
start_token_server() {
  TOKEN_LOG=$(mktemp "$WORK/tokens.XXXXXX")
  start_server token_server @port "$TOKEN_LOG" "$TOKEN_LOG.crt" "$@"
  TOKEN_SERVER=$SERVER
}
# start_token_registry OPTION...: a registry that sends its clients to a token server for a token
start_token_registry() {
  start_token_server "$@"
  start_registry "auth: {token: {realm: \"http://$TOKEN_SERVER/token\", service: tests, issuer: tests,
                               rootcertbundle: $TOKEN_LOG.crt}}"
}
# scopes: what tokens were asked for, one request a line
scopes() { jq -r '"\(.grant) \(.scopes | sort | join(" ")) \(.status)"' "$TOKEN_LOG"; }

# start_fault_proxy HOST:PORT: sets PROXY, and PROXY_LOG to what went through it
start_fault_proxy() {
  PROXY_LOG=$(mktemp "$WORK/proxy.XXXXXX")
  start_server fault_proxy "$1" @port "$PROXY_LOG"
  PROXY=$SERVER
}
# faults [JSON...]: those that befall what goes through it from now on; its log begins anew
faults() {
  local IFS=,
  curl -sS -f -X PUT --data-binary "[$*]" "http://$PROXY/-/faults" >&2
}
# passed [PATTERN]: what went through it since, one `METHOD PATH STATUS` a line
passed() { jq -r '"\(.method) \(.path) \(.status)"' "$PROXY_LOG" | grep -E -- "${1:-.}" || true; }
# sent [PATTERN]: how many bytes of bodies
sent() { jq -s --arg p "${1:-.}" 'map(select(.path | test($p)) | .received) | add // 0' "$PROXY_LOG"; }

# start_latency_proxy HOST:PORT MS: sets PROXY
start_latency_proxy() {
  start_server latency_proxy "$1" "$2" @port
  PROXY=$SERVER
}

# complete_registry HOST:PORT [REPOSITORY...]: whatever its tags name is there, with everything below it
complete_registry() { python3 "$E2E/check_registry.py" "$@" >&2 || fail "a tag of $1 names what is not there"; }

# can_run_arm64: programs of linux/arm64 run here, by emulation where need be
can_run_arm64() {
  need update-binfmts
  local folder=/proc/sys/fs/binfmt_misc
  [ -e "$folder/register" ] || mount -t binfmt_misc none "$folder" ||
    skip "binfmt_misc cannot be mounted"
  [ -e "$folder/qemu-aarch64" ] || update-binfmts --enable qemu-aarch64 ||
    skip "qemu-user-static is not installed"
  "$(inputs programs)/hello-linux-arm64" >/dev/null || skip "linux/arm64 programs do not run here"
}

# --- tools that need care -----------------------------------------------------------

# A storage of its own, far from that of the machine. Limits as they are: raising
# them, which podman does by default, is not allowed everywhere.
podman() {
  command podman --root "$WORK/podman/root" --runroot "$WORK/podman/run" \
    --storage-driver vfs --events-backend file --cgroup-manager cgroupfs "$@"
}
buildah() {
  command buildah --root "$WORK/buildah/root" --runroot "$WORK/buildah/run" --storage-driver vfs "$@"
}
