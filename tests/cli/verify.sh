#!/bin/bash
# verify tells, for people and for programs, of every input whether its platform is the truth.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
program() { # NAME.tar PROGRAM
  mkdir -p root/usr/bin
  cp "$TESTDATA/binaries/$2" root/usr/bin/velero
  tar -C root -cf "$1" usr
}
program velero-main-linux-amd64.tar linux-amd64
program velero-main-linux-arm64.tar linux-amd64
program velero-main-windows-ltsc2022-amd64.tar windows-amd64.exe

status 0 "$OCIMUX" verify velero-main-linux-amd64.tar velero-main-windows-ltsc2022-amd64.tar
says stdout "velero-main-linux-amd64.tar: rootfs: ok" "windows/amd64:10.0.20348"
unchanged 3 "$OCIMUX" verify velero-main-*.tar
says stdout "velero-main-linux-amd64.tar: rootfs: ok" "velero-main-linux-arm64.tar: rootfs: WRONG: 1 error" \
  "error platform-mismatch: usr/bin/velero: expected a binary for linux/arm64, as its file name says, found an ELF program for linux/amd64"
says stderr "ocimux: verify: "
status 0 "$OCIMUX" verify linux/amd64=velero-main-linux-amd64.tar
unchanged 3 "$OCIMUX" verify linux/s390x=velero-main-linux-amd64.tar
unchanged 4 "$OCIMUX" verify missing.tar
status 3 "$OCIMUX" verify --json velero-main-*.tar
python3 - stdout <<'PYTHON'
import json, sys
document = json.load(open(sys.argv[1]))
assert document["ok"] is False, document
inputs = document["inputs"]
assert [len(one["findings"]) for one in inputs] == [0, 1, 0], document
assert inputs[0]["images"][0]["platform"] == {"os": "linux", "architecture": "amd64"}, document
PYTHON

# What is not there keeps nobody from being verified; --expect is about all of them together.
status 4 "$OCIMUX" verify missing.tar velero-main-linux-amd64.tar
says stdout "velero-main-linux-amd64.tar: rootfs: ok"
says stderr "missing.tar: expected a file or directory, found none"
right=(velero-main-linux-amd64.tar velero-main-windows-ltsc2022-amd64.tar)
status 0 "$OCIMUX" verify --expect linux/amd64,windows/amd64:10.0.20348 "${right[@]}"
status 0 "$OCIMUX" verify "${right[@]}" --expect windows/amd64 --expect linux/x86_64
status 3 "$OCIMUX" verify "${right[@]}" --expect linux/amd64,windows/amd64:10.0.17763
says stdout "error platform-missing: expected an image for windows/amd64:10.0.17763, found linux/amd64, windows/amd64:10.0.20348" \
  "error platform-unexpected: expected one of linux/amd64, windows/amd64:10.0.17763, found windows/amd64:10.0.20348"
status 2 "$OCIMUX" verify --expect linux "${right[@]}"

# The same comes of merge, which leaves no trace; or a warning.
unchanged 3 "$OCIMUX" merge velero-main-*.tar -t main -o out
says stderr "velero-main-linux-arm64.tar: usr/bin/velero: expected" "hint: "
status 0 "$OCIMUX" merge velero-main-linux-arm64.tar -t main -o out --allow-mismatch
says stderr "warning: velero-main-linux-arm64.tar: usr/bin/velero: expected"
