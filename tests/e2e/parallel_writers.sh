#!/bin/bash
# Merges that write into one layout at once, even one that is not there yet, lose
# neither a tag nor a blob.
source "$(dirname "$0")/lib.sh"
need jq
velero=$(inputs velero)
for round in 1 2 3 4 5; do
  rm -rf layout
  pids=()
  for arch in 386 amd64 arm64 ppc64le riscv64 s390x; do
    "$OCIMUX" merge "$velero/velero-main-linux-$arch.tar" -t "velero/velero:$arch" -o layout >"$arch.out" 2>"$arch.err" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || { cat ./*.err; fail "round $round: a merge failed"; }; done
  equal "tags after round $round" "386 amd64 arm64 ppc64le riscv64 s390x" "$(tags layout | sort | xargs)"
  sound layout
  for arch in 386 amd64 arm64 ppc64le riscv64 s390x; do
    equal "the digest that the merge of $arch printed" "$(index_digest layout "$arch")" "$(cat "$arch.out")"
  done
done

# One tag, many writers: exactly one wins, the others are told that it is there and
# leave nothing.
won=0
pids=()
for arch in 386 amd64 arm64 ppc64le riscv64 s390x; do
  "$OCIMUX" merge "$velero/velero-main-linux-$arch.tar" --annotation "of=$arch" -t velero/velero:main -o layout >"$arch.out" 2>"$arch.err" &
  pids+=($!)
done
for pid in "${pids[@]}"; do if wait "$pid"; then won=$((won + 1)); fi; done
equal "how many made the tag" 1 "$won"
equal "the digest that the winner printed" "$(index_digest layout main)" "$(cat ./*.out)"
sound layout # without what the losers made
