#!/bin/bash
# SIGINT and SIGTERM stop a merge promptly and leave no trace: nothing of a new
# layout or archive, and a layout that was there as it was.
source "$(dirname "$0")/lib.sh"
need jq
large=$(inputs large)
velero=$(inputs velero)
mkdir new existing
"$OCIMUX" merge "$velero/velero-main-linux-s390x.tar" -t velero/velero:before -o existing/layout >/dev/null
sound existing/layout

# start ARGUMENT...: a merge in the background; sets `pid`. A shell starts these with
# SIGINT ignored; env undoes that before it becomes the merge.
start() {
  env --default-signal=INT,TERM "$OCIMUX" merge "$@" >interrupted.out 2>interrupted.err &
  pid=$!
  while [[ $(cat "/proc/$pid/comm" 2>/dev/null) =~ ^(bash|env|interrupted.*)$ ]]; do :; done
}

# interrupt SIGNAL FOLDER DESTINATION: once the merge is at work in FOLDER
interrupt() {
  local before after status=0 started elapsed
  before=$(snapshot "$2")
  start --compression gzip:9 "$large"/velero-main-*.tar -t velero/velero:main --platform-tags -o "$3"
  # Until it has written some megabytes, wherever it does so.
  for _ in $(seq 200); do
    [ "$(awk '/^write_bytes|^wchar/ { n += $2 } END { print n + 0 }' "/proc/$pid/io" 2>/dev/null || echo 0)" -lt 8000000 ] || break
    sleep 0.05
  done
  kill -0 "$pid" 2>/dev/null || { cat interrupted.err; fail "the merge ended before it could be interrupted"; }
  started=$(date +%s%N)
  kill -s "$1" "$pid"
  wait "$pid" || status=$?
  elapsed=$((($(date +%s%N) - started) / 1000000))
  equal "exit status after SIG$1" 130 "$status"
  [ "$elapsed" -lt 2000 ] || fail "it took $elapsed ms to stop after SIG$1"
  [ ! -s interrupted.out ] || fail "an interrupted merge prints a result"
  after=$(snapshot "$2")
  equal "what is in $2 after SIG$1 of a merge into $3" "$before" "$after"
}
for signal in INT TERM; do
  interrupt "$signal" new new/layout
  interrupt "$signal" new new/image.tar
  interrupt "$signal" existing existing/layout
done

# Right away, too: whatever it was doing.
for delay in 0 0.002 0.005 0.01 0.02 0.05; do
  before=$(snapshot existing)
  start "$large"/velero-main-*.tar -t velero/velero:main -o existing/layout
  sleep "$delay"
  kill -s INT "$pid"
  wait "$pid" || true
  equal "the layout after SIGINT at $delay s" "$before" "$(snapshot existing)"
done

# And it is no worse for it.
"$OCIMUX" merge "$velero"/velero-main-linux-a*.tar -t velero/velero:main -o existing/layout >/dev/null
sound existing/layout
