#!/bin/bash
# diff: exit 0 for the same, 1 for a difference, which is a result; time stamps are told apart.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
mkdir -p root/bin
printf 'application' > root/bin/app
packed() { # FILE SECONDS
  tar --sort=name --mtime="@$2" --owner=0 --group=0 --numeric-owner -C root -cf "$1" bin
}
packed x-linux-amd64.tar 1700000000
"$OCIMUX" merge -q x-linux-amd64.tar -t main -o before > /dev/null
packed x-linux-amd64.tar 1700009999
"$OCIMUX" merge -q x-linux-amd64.tar -t main -o times > /dev/null
printf 'Application, again' > root/bin/app
printf 'escape' > root/bin/$'n\e[31mw'
packed x-linux-amd64.tar 1700000000
"$OCIMUX" merge -q x-linux-amd64.tar -t main -c 'ENV A=b' -o after > /dev/null

unchanged 0 "$OCIMUX" diff before before
[ "$(cat stdout)" = "before and before: no difference" ] || fail "found: $(cat stdout)"
unchanged 1 "$OCIMUX" diff before times
says stdout "before and times differ in time stamps only: " "created: 2023-11-14T22:13:20Z -> " \
  "the same but for times of files" "files: 2 with another time only"
[ ! -s stderr ] || fail "expected a difference to be no error, found: $(cat stderr)"
unchanged 1 "$OCIMUX" diff before:main after:main
says stdout "before and after differ: " "config.Env.A: (none) -> b" "+ /bin/n?[31mw" \
  "~ /bin/app: content (11 -> 18 bytes)" "files: 1 added, 1 changed"
if grep -q $'\e' stdout; then fail "expected no escape sequence of a file's name, found one"; fi
unchanged 1 "$OCIMUX" diff x-linux-amd64.tar before
says stdout "- /bin/n" "~ /bin/app"
unchanged 0 "$OCIMUX" diff x-linux-amd64.tar after

status 1 "$OCIMUX" diff before after --json
python3 - stdout <<'PYTHON'
import json, sys
document = json.load(open(sys.argv[1]))
assert list(document) == ["same", "onlyTimes", "before", "after", "onlyBefore", "onlyAfter", "index",
                          "attestations", "images"], list(document)
assert document["same"] is False and document["onlyTimes"] is False
image, = document["images"]
assert {"name": "config.Env.A", "after": "b"} in image["config"], image["config"]
assert image["layers"][0]["relation"] == "other", image["layers"]
assert [(one["path"], one["change"], one.get("why")) for one in image["files"]] == [
    ("/bin/app", "changed", ["content"]), ("/bin/n\x1b[31mw", "added", None)], image["files"]
assert image["files"][0]["before"]["size"] == 11
PYTHON

# Thousands of changes: the first of them, and how many there are.
for i in $(seq 1000); do echo "$i" > "root/bin/f$i"; done
packed x-linux-amd64.tar 1700000000
status 1 "$OCIMUX" diff before x-linux-amd64.tar
says stdout "files: 1001 added, 1 changed" "… and 952 more (--all lists them)"
[ "$(wc -l < stdout)" -lt 60 ] || fail "expected the first changes, found $(wc -l < stdout) lines"
status 1 "$OCIMUX" diff before x-linux-amd64.tar --all
[ "$(grep -c '+ /bin/f' stdout)" = 1000 ] || fail "--all: expected every file"

unchanged 4 "$OCIMUX" diff before nowhere
unchanged 4 "$OCIMUX" diff before after -p linux/s390x
unchanged 2 "$OCIMUX" diff before
status 1 bash -c '"$OCIMUX" diff before after > /dev/full'
says stderr "ocimux: standard output"
