#!/bin/bash
# A large blob that was half sent when the push was killed goes on from there with the next push, if
# the registry still knows it; what is noted for that holds no secret and goes when it is done.
source "$(dirname "$0")/lib.sh"
need crane jq
rootfs_tar small.tar linux/amd64
mkdir root
tar -C root -xf small.tar
head -c 40000000 /dev/urandom >root/noise
tar -C root --sort=name -cf app.tar .
"$OCIMUX" merge linux/amd64=app.tar --compression none -t 1 -o layout >/dev/null 2>&1
digest=$(index_digest layout 1)
layer=$(manifest layout 1 linux/amd64 | jq -r '.layers[0].digest')
size=$(stat -c %s "$(blob layout "$layer")")
mkdir -p "$HOME"

# largest FOLDER: bytes of the largest file in it, 0 where there is none
largest() { find "$1" -type f -printf '%s\n' 2>/dev/null | sort -n | tail -n 1 | grep . || echo 0; }

# kill_half_way DATA OPTION...: a push of which the registry keeps some ten megabytes in DATA
kill_half_way() {
  local data=$1 status=0 pid
  shift
  faults '{"method":"PUT|PATCH","path":".*/blobs/.*","body":1000000,"do":"slow","rate":20000000}'
  "$OCIMUX" push layout "$PROXY/half/app" "$@" >/dev/null 2>killed.log &
  pid=$!
  for _ in $(seq 600); do
    [ "$(largest "$data")" -lt 12000000 ] || break
    kill -0 "$pid" 2>/dev/null || { cat killed.log >&2; fail "the push ended before it was killed"; }
    sleep 0.02
  done
  kill -9 "$pid"
  wait "$pid" 2>/dev/null || status=$?
  equal "exit status of the killed push" 137 "$status"
  # The proxy sees a little later that nobody is there any more.
  for _ in $(seq 100); do
    passed '^(PUT|PATCH) .*/uploads/.* 0$' | grep . >/dev/null && break
    sleep 0.05
  done
}

# goes_on WHAT: the next push sends the rest only
goes_on() {
  [ -n "$(find "$HOME/.cache/ocimux/uploads" -type f)" ] || fail "$1: nothing is noted of the upload"
  equal "$1: who may read what is noted" "" "$(find "$HOME/.cache/ocimux/uploads" -type f -perm /077)"
  faults
  "$OCIMUX" push layout "$PROXY/half/app" >printed 2>notes || { cat notes >&2; fail "$1: the next push fails"; }
  equal "$1: what is printed" "$PROXY/half/app:1@$digest" "$(cat printed)"
  contains "$1: that it goes on" "$layer: going on after [0-9]+ of $size bytes" "$(cat notes)"
  [ "$(sent /blobs/)" -lt $((size - 8000000)) ] || fail "$1: $(sent /blobs/) of $size bytes were sent again"
  complete_registry "$REGISTRY" half/app
  equal "the layer that is there" "$layer" "sha256:$(crane blob "$REGISTRY/half/app@$layer" | sha256sum | cut -d' ' -f1)"
  equal "$1: what is noted afterwards" "" "$(find "$HOME/.cache/ocimux/uploads" -type f -size +0)"
}

for options in "" "--chunk-size 5M"; do
  start_olareg
  start_fault_proxy "$REGISTRY"
  # shellcheck disable=SC2086 # none or two words
  kill_half_way "$REGISTRY_DATA" $options
  goes_on "killed $options"
done

# Two at once: the one that does not get the record sends all, and neither disturbs the other.
start_registry
"$OCIMUX" push layout "$REGISTRY/two/app" >one 2>one.log &
pid=$!
"$OCIMUX" push layout "$REGISTRY/two/app" >two 2>two.log || { cat two.log >&2; fail "one of two at once fails"; }
wait "$pid" || { cat one.log >&2; fail "the other of two at once fails"; }
same_file "what both print" one two
complete_registry "$REGISTRY"

# distribution 2.8 forgets an upload that broke within a request: it gets it from the front.
for options in "" "--chunk-size 5M"; do
  start_registry
  start_fault_proxy "$REGISTRY"
  # shellcheck disable=SC2086 # none or two words
  kill_half_way "$(dirname "$REGISTRY_LOG")/data" $options
  "$OCIMUX" push layout "$PROXY/half/app" >printed 2>notes || { cat notes >&2; fail "the next push fails"; }
  equal "what is printed" "$PROXY/half/app:1@$digest" "$(cat printed)"
  complete_registry "$REGISTRY" half/app
  equal "the layer that is there" "$layer" "sha256:$(crane blob "$REGISTRY/half/app@$layer" | sha256sum | cut -d' ' -f1)"
done

# Nowhere to note it: sent all the same.
start_registry
equal "without a home" "$REGISTRY/x/app:1@$digest" "$(env -u HOME -u XDG_CACHE_HOME "$OCIMUX" push -q layout "$REGISTRY/x/app")"
equal "with one that is none" "$REGISTRY/y/app:1@$digest" "$(env HOME=/dev/null "$OCIMUX" push -q layout "$REGISTRY/y/app")"
equal "with another cache" "$REGISTRY/z/app:1@$digest" "$(env XDG_CACHE_HOME="$WORK/cache" "$OCIMUX" push -q layout "$REGISTRY/z/app")"
