# shellcheck shell=bash
# What the tests of a push under faults share: an image with large layers, a registry behind a proxy
# that misbehaves, and what is expected of a push that goes through it.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need crane jq timeout

# start_faulty_registry [COMMAND...]: started with that command (start_registry)
start_faulty_registry() {
  local arch
  "${@:-start_registry}"
  start_fault_proxy "$REGISTRY"
  mkdir -p root
  for arch in amd64 arm64; do
    rootfs_tar "small-$arch.tar" "linux/$arch"
    tar -C root -xf "small-$arch.tar"
    head -c 9000000 /dev/urandom >root/noise
    tar -C root --sort=name -cf "app-linux-$arch.tar" .
  done
  "$OCIMUX" merge app-linux-*.tar --compression none -t 1 -o layout >/dev/null 2>&1
  DIGEST=$(index_digest layout 1)
  ALL=$(jq -s '[.[] | .config, .layers[] | .size] | add' <(manifest layout 1 linux/amd64) <(manifest layout 1 linux/arm64))
  ROW=0
}

# answer FAULT STATUS [CODE MESSAGE]: a fault, an answer with an error as registries write them
answer() {
  printf '{%s,"do":"answer","status":%s,"text":%s}' "$1" "$2" \
    "$(jq -cn --arg c "${3:-UNKNOWN}" --arg m "${4:-something}" '{errors: [{code: $c, message: $m}]} | tojson')"
}

# split ARGUMENT...: FAULTS before `--`, OPTIONS behind it
split() {
  FAULTS=() OPTIONS=()
  while [ $# -gt 0 ]; do
    if [ "$1" = -- ]; then OPTIONS=("${@:2}"); return; fi
    FAULTS+=("$1")
    shift
  done
}

# befell: at least one of the faults did
befell() { jq -e -s 'any(.fault)' "$PROXY_LOG" >/dev/null; }
tag_there() { crane digest "$REGISTRY/$REPOSITORY:1" 2>/dev/null || true; }

# push_through [OPTION...]: 60 seconds are for ever
push_through() { timeout 60 "$OCIMUX" push layout "$PROXY/$REPOSITORY" "${CREDENTIALS[@]}" "$@"; }
CREDENTIALS=()

# arrives WHAT [OPTION...]: a push succeeds, and all of it is in the registry
arrives() {
  local what=$1 status=0
  shift
  push_through "$@" >printed 2>notes || status=$?
  [ "$status" -eq 0 ] || { cat notes >&2; fail "$what: exit status $status"; }
  equal "$what: what is printed" "$PROXY/$REPOSITORY:1@$DIGEST" "$(cat printed)"
  equal "$what: what is there" "$DIGEST" "$(tag_there)"
  complete_registry "$REGISTRY" "$REPOSITORY"
}

# survives WHAT FAULT... [-- OPTION...]: the faults befall, and all arrives nevertheless
survives() {
  local what=$1
  split "${@:2}"
  ROW=$((ROW + 1)) REPOSITORY=row$ROW/app
  faults "${FAULTS[@]}"
  arrives "$what" "${OPTIONS[@]}"
  befell || fail "$what: it did not befall: $(passed)"
}

# gives_up WHAT STATUS PATTERN FAULT... [-- OPTION...]: the push ends with that exit status and words
# that match, no tag is there; and when the faults are gone, the next push brings all
gives_up() {
  local what=$1 status=$2 pattern=$3
  split "${@:4}"
  ROW=$((ROW + 1)) REPOSITORY=row$ROW/app
  say "$what"
  faults "${FAULTS[@]}"
  refused "$status" "$pattern" push_through "${OPTIONS[@]}"
  befell || fail "$what: it did not befall: $(passed)"
  equal "$what: the tag" "" "$(tag_there)"
  faults
  arrives "$what, and then without"
}
