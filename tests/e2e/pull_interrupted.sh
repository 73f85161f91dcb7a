#!/bin/bash
# A pull that is interrupted leaves no trace; one that is killed at any instant leaves the layout as
# it was or as it should be, and the next one brings it to its end.
source "$(dirname "$0")/lib.sh"
need skopeo jq
# Some blobs that take their time: 48 MB.
for name in a b c; do
  head -c 16000000 /dev/urandom >"noise-$name"
  tar -cf "$name.tar" "noise-$name"
done
rootfs_tar small.tar linux/amd64
"$OCIMUX" merge linux/amd64=a.tar linux/arm64=b.tar linux/s390x=c.tar --compression none -t x/demo:1 -o layout >/dev/null 2>&1
"$OCIMUX" merge linux/amd64=small.tar -t x/demo:before -o before >/dev/null 2>&1
start_registry
image=$REGISTRY/x/demo
skopeo copy -q --all --preserve-digests --dest-tls-verify=false oci:layout:1 "docker://$image:1"
digest=$(index_digest layout 1)
command=("$OCIMUX" pull "$image:1" --no-sync -o)

cp -a before after
started=$(date +%s%N)
"${command[@]}" after >/dev/null 2>&1
whole=$((($(date +%s%N) - started) / 1000)) # in µs
say "a whole pull takes $((whole / 1000)) ms"
sound after

# sleep_part: up to the time of a whole pull
sleep_part() { sleep "$(awk -v w="$whole" -v r="$RANDOM" 'BEGIN { printf "%.6f", w / 1e6 * r / 32768 }')"; }
RANDOM=20 # the same instants every time

# --- SIGINT ---
stopped=0
for _ in 1 2 3 4 5 6; do
  rm -rf now
  mkdir now
  cp -a before now/layout
  snapshot now >as_before
  env --default-signal=INT "${command[@]}" now/layout >out 2>err &
  pid=$!
  sleep_part
  kill -INT "$pid" 2>/dev/null || true
  status=0
  wait "$pid" || status=$?
  if [ "$status" -eq 0 ]; then continue; fi
  # A shell starts it with SIGINT ignored until env is done: what came before that killed env.
  equal "exit status after SIGINT" 130 "$status"
  stopped=$((stopped + 1))
  [ ! -s out ] || fail "an interrupted pull prints a result"
  same_file "the layout after SIGINT" as_before <(snapshot now)
done
say "$stopped of 6 interrupted"
[ "$stopped" -gt 0 ] || fail "none was interrupted in time"

# --- kill -9 ---
rm -rf layout now
killed=0
cp -a before now
for round in $(seq 16); do
  if [ $((round % 4)) -eq 0 ]; then rm -rf now; cp -a before now; fi
  "${command[@]}" now >/dev/null 2>&1 &
  pid=$!
  sleep_part
  kill -9 "$pid" 2>/dev/null || true
  status=0
  wait "$pid" 2>/dev/null || status=$?
  [ "$status" -ne 137 ] || killed=$((killed + 1))
  if cmp -s now/index.json before/index.json; then continue; fi
  same_file "index.json of a killed pull" after/index.json now/index.json
  for file in $(cd after && find blobs -type f); do cmp "after/$file" "now/$file" || fail "round $round: $file"; done
done
say "$killed of 16 killed"
[ "$killed" -ge 4 ] || fail "only $killed were killed in time"
equal "the pull after those that were killed" "$digest" "$("${command[@]}" now 2>/dev/null)"
diff -r after now >&2 || fail "something is left of pulls that were killed"
