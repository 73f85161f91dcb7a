#!/bin/bash
# The four forms of progress, all on standard error.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3
rootfs app-linux-amd64.tar
rootfs app-windows-1809-amd64.tar
merge() { status 0 "$OCIMUX" merge app-*.tar -t demo --replace -o out "$@"; [ "$(wc -l < stdout)" = 1 ] || fail "stdout"; }

merge --progress json
python3 - <<'P'
import json
events = [json.loads(line) for line in open("stderr")]
kinds = [event["event"] for event in events]
assert {"begin", "end", "note"} <= set(kinds), kinds
assert kinds.count("begin") == kinds.count("end"), kinds
for event in events:
    keys = ["event", "text"] if event["event"] in ("note", "warning") else \
        ["event", "task", "name", "bytes", "done"]
    assert list(event) == keys, event
P
merge --progress plain
says stderr "merged linux/amd64, windows/amd64:10.0.17763 into out"
! grep -q $'\e' stderr || fail "expected no escape sequences, found: $(cat -v stderr)"
merge --progress none -v
says stderr "note: " "merged"
merge --progress none -q
[ ! -s stderr ] || fail "expected silence, found: $(cat stderr)"
merge -v
says stderr "linux/amd64 app-linux-amd64.tar: 10.2 kB" "linux/amd64 app-linux-amd64.tar: done"
merge --progress tty
says stderr "[" "%"
status 2 "$OCIMUX" merge app-linux-amd64.tar -o other --progress fancy
says stderr "--progress"
status 0 "$OCIMUX" -q merge app-linux-amd64.tar -o other
[ ! -s stderr ] || fail "common options go in front, too; found: $(cat stderr)"
