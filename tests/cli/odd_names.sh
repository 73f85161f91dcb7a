#!/bin/bash
# Names of files may hold any bytes: JSON stays JSON, and a terminal is not rewritten.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3
rootfs $'latin1-\xe9-linux-amd64.tar'
status 0 "$OCIMUX" merge $'latin1-\xe9-linux-amd64.tar' -o out --json
python3 -c 'import json; print(json.load(open("stdout"))["images"][0]["input"])' > /dev/null
status 0 "$OCIMUX" merge $'latin1-\xe9-linux-amd64.tar' -o other --progress json
python3 -c 'import json; [json.loads(line) for line in open("stderr")]'
status 0 "$OCIMUX" inspect --json $'latin1-\xe9-linux-amd64.tar'
python3 -c 'import json; json.load(open("stdout"))'
status 4 "$OCIMUX" inspect $'no\e[2Jsuch'
! grep -q $'\e' stderr || fail "expected no escape sequences, found: $(cat -v stderr)"
mkdir a=b
cp -r out a=b/layout
status 0 "$OCIMUX" merge a=b/layout -o third
status 0 "$OCIMUX" merge oci:a=b/layout -o fourth
status 0 "$OCIMUX" merge linux/amd64=a=b/layout -o fifth
rootfs 'a:b@c-linux-arm64.tar'
status 0 "$OCIMUX" merge 'a:b@c-linux-arm64.tar' 'out' -o sixth
