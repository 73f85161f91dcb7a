#!/bin/bash
# kill -9 at any instant of a push: no tag ever names what is not there, and the next push brings the
# rest. The registry is some milliseconds away, so that the instants spread over all of it.
source "$(dirname "$0")/lib.sh"
need skopeo crane jq
medium=$(inputs medium)
"$OCIMUX" merge "$medium"/velero-main-*.tar -t velero/velero:main --platform-tags -o layout >/dev/null 2>&1
digest=$(index_digest layout main)
start_registry
start_latency_proxy "$REGISTRY" 20

started=$(date +%s%N)
"$OCIMUX" push layout "$PROXY/whole/velero" >/dev/null 2>&1
whole=$((($(date +%s%N) - started) / 1000)) # in µs
complete_registry "$REGISTRY"
say "a whole push takes $((whole / 1000)) ms"

RANDOM=20 # the same instants every time
killed=0 finished=0
for round in $(seq 60); do
  # Killed up to three times one after the other, in the same repository.
  repository=round$(((round + 2) / 3))/velero
  status=0
  # Not through a function: that would kill a shell, and the push would live on.
  "$OCIMUX" push layout "$PROXY/$repository" >/dev/null 2>&1 &
  pid=$!
  sleep "$(awk -v w="$whole" -v r="$RANDOM" 'BEGIN { printf "%.6f", w / 1e6 * r / 32768 }')"
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || status=$?
  if [ "$status" -eq 137 ]; then killed=$((killed + 1)); else finished=$((finished + 1)); fi
  complete_registry "$REGISTRY" "$repository"
  [ $((round % 3)) -eq 0 ] || continue
  "$OCIMUX" push layout "$PROXY/$repository" >printed 2>notes || { cat notes >&2; fail "round $round: the next push fails"; }
  equal "round $round: tags" "$(tags layout | sort)" "$(crane ls "$REGISTRY/$repository" | sort)"
  for name in $(tags layout); do
    equal "round $round: $name" "$(index_digest layout "$name")" "$(crane digest "$REGISTRY/$repository:$name")"
  done
  complete_registry "$REGISTRY" "$repository"
  [ "$killed" -lt 22 ] || break
done
say "$killed killed, $finished finished"
[ "$killed" -ge 12 ] || fail "only $killed of $round were killed in time"

skopeo copy -q --all --preserve-digests --src-tls-verify=false "docker://$REGISTRY/$repository:main" oci:back:main
equal "digest of what comes back" "$digest" "$(index_digest back main)"
sound back
keeps layout back
