#!/bin/bash
# kill -9 at any instant leaves a layout as it was before or as it is after, never
# in between, and the next merge clears away what the killed one left.
source "$(dirname "$0")/lib.sh"
need jq
medium=$(inputs medium)
velero=$(inputs velero)
command=("$OCIMUX" merge "$medium"/velero-main-*.tar -t velero/velero:main --platform-tags -o)

"$OCIMUX" merge "$velero/velero-main-linux-s390x.tar" -t velero/velero:before -o before >/dev/null
cp -a before after
started=$(date +%s%N)
"${command[@]}" after >/dev/null
whole=$((($(date +%s%N) - started) / 1000)) # in µs
"${command[@]}" fresh >/dev/null
sound after
sound fresh
say "a whole merge takes $((whole / 1000)) ms"

# complete LAYOUT INDEX: index.json is that one, and whatever it names is there
complete() {
  cmp -s "$1/index.json" "$2/index.json" || return 1
  (cd "$1" && sha256sum --quiet -c "$WORK/$2.sums") >&2
}
for layout in before after fresh; do
  (cd "$layout" && find blobs -type f -exec sha256sum {} +) >"$layout.sums"
done

RANDOM=20 # the same instants every time
killed=0 finished=0
for round in $(seq 32); do
  # Three of four into a layout that is there, perhaps with the remains of the last
  # round, the others into none.
  if [ $((round % 4)) -eq 0 ]; then
    reference=fresh
    rm -rf layout
  else
    reference=after
    cmp -s layout/index.json before/index.json || { rm -rf layout; cp -a before layout; }
  fi
  status=0
  # Not through a function: that would kill a shell, and the merge would live on.
  "${command[@]}" layout >/dev/null 2>&1 &
  pid=$!
  sleep "$(awk -v w="$whole" -v r="$RANDOM" 'BEGIN { printf "%.6f", w / 1e6 * 1.05 * r / 32768 }')"
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || status=$?
  if [ "$status" -eq 137 ]; then killed=$((killed + 1)); else finished=$((finished + 1)); fi
  if complete layout "$reference"; then continue; fi
  [ "$status" -eq 137 ] || fail "round $round: the merge ended by itself ($status), but is not complete"
  if [ "$reference" = after ]; then
    complete layout before || fail "round $round: the layout is neither as before nor as after"
  else
    [ ! -e layout/index.json ] || fail "round $round: a new layout has an index.json, but is not complete"
  fi
  # Every other time the next merge shows what it makes of the remains.
  if [ $((round % 2)) -eq 0 ]; then
    "${command[@]}" layout >/dev/null || fail "round $round: the merge after the killed one fails"
    diff -r "$reference" layout || fail "round $round: the next merge leaves something of the killed one"
    sound layout
  fi
done
say "$killed killed, $finished finished"
# Fewer where the machine had other work when the whole was timed. (killed_at_every_change needs no luck.)
[ "$killed" -ge 8 ] || fail "only $killed of 32 were killed in time"
