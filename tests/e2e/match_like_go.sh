#!/bin/bash
# match chooses what the runtimes' own code chooses: containerd's walk over an index with its
# platforms module, and containers/image. Every node with every platform, in several orders; then
# small indexes with indexes inside and with manifests without a platform.
PATH=$PATH:/usr/local/go/bin # where Go's own installer puts it
# Where scripts/setup.sh put the modules: before the home of whoever runs this is out of sight.
caches=$(command -v go >/dev/null && go env GOMODCACHE GOCACHE) || caches=
source "$(dirname "$0")/lib.sh"
need go jq python3
{ read -r GOMODCACHE; read -r GOCACHE; } <<<"$caches"
export GOMODCACHE GOCACHE
GOPROXY=off GOFLAGS=-mod=readonly CGO_ENABLED=0 go build -C "$E2E/choose" -o "$WORK/choose" 2>errors ||
  { cat errors >&2; skip "its modules are not there (scripts/setup.sh e2e)"; }

python3 "$E2E/make_indexes.py" layout >pairs
[ "$(wc -l <pairs)" -gt 500 ] || fail "there is little to compare"
./choose layout <pairs | sed 's/ $//' >expected

while read -r tag node; do
  case $tag:$node in
    win32k:*) runtimes=containerd ;;
    *:windows/*) runtimes=containerd,containerd:2.1 ;;
    *) runtimes=containerd,podman ;;
  esac
  status=0
  "$OCIMUX" match "layout:$tag" --node "$node" --runtime $runtimes --json >answer 2>errors || status=$?
  [ $status = 0 ] || [ $status = 4 ] || { cat errors >&2; fail "match $tag on $node: exit status $status"; }
  jq -r --arg tag "$tag" --arg node "$node" '.runtimes[] | "\($tag) \($node) \(.name) " + (
      if $tag | startswith("order")
      then [.candidates[] | select(.verdict != "doesNotFit") | .digest] | join(" ")
      else .chosen // "" end)' answer
done <pairs | sed 's/ $//' >found
equal "what match chooses" "$(cat expected)" "$(cat found)"
chosen=$(awk 'NF > 3' expected | wc -l)
[ "$chosen" -gt 300 ] || fail "nearly nothing was chosen: $chosen of $(wc -l <expected)"
say "$(wc -l <expected) answers are the same, $chosen of them with a choice"
