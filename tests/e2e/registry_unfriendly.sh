#!/bin/bash
# Registries that break off, lie, stall, ask for tokens and send us elsewhere.
source "$(dirname "$0")/lib.sh"
need python3 jq curl
rootfs_tar small.tar linux/amd64
mkdir root
tar -C root -xf small.tar
head -c 6000000 /dev/urandom >root/noise
tar -C root -cf large.tar .
"$OCIMUX" merge linux/amd64=large.tar -t 1 -o layout >/dev/null
digest=$(index_digest layout 1)
layer=$(manifest layout 1 linux/amd64 | jq -r '.layers[0].digest')
daemon server.log python3 "$E2E/unfriendly_registry.py" layout port log
wait_for "the registry" $! server.log test -e port
port=$(cat port)
ours() { # MOOD OPTION...
  local mood=$1
  shift
  : >log
  "$OCIMUX" merge "$@" "docker://127.0.0.1:$port/$mood/app:1" -o "$(mktemp -d "$WORK/out.XXXXXX")/layout"
}
asked() { grep -c "$1" log || true; }

equal "from one that behaves" "$digest" "$(ours good)"
equal "nothing twice" 4 "$(asked ' /v2/good/')"

# --- connections that break ---
equal "from one that breaks off every 1.2 MB" "$digest" "$(ours cut)"
[ "$(asked "$layer bytes=")" -ge 3 ] || fail "the rest was not asked for: $(cat log)"
equal "from one that knows no Range" "$digest" "$(ours rangeless)"
refused 1 "$layer: after 1200000 of [0-9]+ bytes" ours dead --retries 1
refused 1 "$layer: after 10 of [0-9]+ bytes: .*too slow|timed out|timeout" ours stuck --retries 0 --timeout 1
equal "from one that is busy at first" "$digest" "$(ours busy 2>notes)"
contains "why it takes so long" 'note: .*status 429; trying again in' "$(cat notes)"
refused 1 'status 503|status 429' ours busy/again --retries 0

# --- lies ---
refused 3 'expected content with digest sha256' ours lying
refused 3 "$layer" ours false
refused 3 "$layer: expected [0-9]+ bytes, found more" ours endless
refused 3 'as its Content-Type says' ours mistyped
refused 4 'go away' ours loud
[ "$(ours loud 2>&1 | wc -c)" -lt 1000 ] || fail "all that a server says is repeated"
if ours loud 2>&1 | grep -q $'\x1b'; then fail "control characters are repeated"; fi

# --- elsewhere ---
equal "from behind a redirect" "$digest" "$(ours moved --creds me:sesame)"
refused 5 'expected an address that anybody may know.*169.254.169.254' ours metadata
refused 3 'redirect' ours files

# --- tokens ---
equal "with a token" "$digest" "$(ours token --creds me:sesame)"
equal "one token for all" 1 "$(asked ' /token')"
refused 5 'token server .*who are you' ours token --creds me:wrong
refused 5 'a token without credentials' ours token
printf '{"auths":{"127.0.0.1:%s":{"identitytoken":"x"}}}' "$port" >auth
refused 5 'token server' ours token --authfile auth
equal "POST first, for an identity token" 1 "$(asked '^POST /token')"

# --- an end that is asked for ---
# bash starts background jobs with SIGINT ignored; env undoes that.
env --default-signal=INT "$OCIMUX" merge "docker://127.0.0.1:$port/stuck/app:1" -o interrupted 2>/dev/null &
pid=$!
wait_for "the layer to be asked for" "$pid" /dev/null grep -q "stuck.*$layer" log
kill -INT "$pid"
begin=$(date +%s)
status=0
wait "$pid" || status=$?
equal "exit status of an interrupted download" 130 "$status"
[ $(($(date +%s) - begin)) -le 3 ] || fail "it took long to stop"
[ ! -e interrupted ] || [ -z "$(ls -A interrupted)" ] || fail "something was left: $(ls -A interrupted)"
