#!/bin/bash
# --limit-rate holds for all connections together, and for what is sent in parts, too.
source "$(dirname "$0")/lib_faults.sh"
start_faulty_registry
for options in "-j 1" "-j 16" "-j 16 --chunk-size 2M"; do
  ROW=$((ROW + 1)) REPOSITORY=row$ROW/app
  before=$(date +%s%N)
  # shellcheck disable=SC2086 # several words
  arrives "with $options" --limit-rate 6M $options
  took=$((($(date +%s%N) - before) / 1000000))
  # A second's worth may go before the limit is felt.
  [ $took -ge $(((ALL - 6291456) / 6292)) ] || fail "with $options $ALL bytes went within $took ms"
done
