#!/bin/bash
# verify's reports for programs: JSON that its published schema describes, and JUnit's XML, whatever
# the names in the inputs are.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
python3 -c "import jsonschema" 2>/dev/null || skip "python3-jsonschema is not installed (scripts/setup.sh)"
SCHEMA=$(dirname "$TESTDATA")/docs/schema/verify.json
mkdir -p root/usr/bin
cp "$TESTDATA/binaries/linux-amd64" root/usr/bin/velero
tar -C root -cf good-linux-amd64.tar usr
name=$(printf "odd &<\"'>]]>\n\x01\xff-linux-arm64.tar")
cp good-linux-amd64.tar "$name"
"$OCIMUX" merge -q good-linux-amd64.tar -t x/y:1 -o lay >/dev/null
"$OCIMUX" merge -q good-linux-amd64.tar -t x/y:1 -o damaged >/dev/null
for blob in damaged/blobs/sha256/*; do printf x >>"$blob"; done
touch damaged/blobs/sha256/stray

# valid: what is on standard output is as the schema says
valid() {
  python3 - "$SCHEMA" stdout "$@" <<'PYTHON'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
document = json.load(open(sys.argv[2]))
jsonschema.Draft202012Validator(schema).validate(document)
codes = {finding["code"] for one in document["inputs"] for finding in one["findings"]}
assert set(sys.argv[3:]) <= codes, codes
# And the schema is one that can refuse.
for one in document["inputs"]:
    one["findings"].append({"severity": "error", "code": "no-such-code", "place": "",
                            "expected": "", "found": ""})
assert not jsonschema.Draft202012Validator(schema).is_valid(document)
PYTHON
}
status 0 "$OCIMUX" verify --json lay good-linux-amd64.tar
valid
status 3 "$OCIMUX" verify --json lay damaged "$name" --expect linux/amd64,linux/s390x
valid blob-size platform-mismatch platform-missing
status 4 "$OCIMUX" verify --json missing.tar lay lay:none
valid

status 4 "$OCIMUX" verify --junit report.xml lay damaged "$name" missing.tar
says stderr "missing.tar: expected a file or directory, found none"
python3 - report.xml <<'PYTHON'
import sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == "testsuites", root.tag
suites = list(root)
assert len(suites) == 4, len(suites)
for suite in suites:
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == len(cases) > 0
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
    assert all(case.get("name") and case.get("classname") for case in cases)
assert [suite.get("failures") != "0" for suite in suites] == [False, True, True, False]
assert [suite.get("errors") for suite in suites] == ["0", "0", "0", "1"]
assert "linux/amd64: layers" in {case.get("name").split("> ")[-1] for case in suites[0]}
assert "odd &<\"'>]]>" in suites[2].get("name"), suites[2].get("name")
assert "blob-size" in suites[1].find("testcase/failure").text
PYTHON

# Written in one step, and never over an input or where it cannot be: that is told before the work.
status 2 "$OCIMUX" verify --junit good-linux-amd64.tar good-linux-amd64.tar
for ref in rootfs:good-linux-amd64.tar lay; do
  status 2 "$OCIMUX" verify --junit good-linux-amd64.tar "$ref"
  says stderr "expected no file, or an earlier report, found another file"
done
status 2 "$OCIMUX" verify --junit lay/index.json lay
status 0 "$OCIMUX" verify good-linux-amd64.tar lay
: >empty.xml
status 0 "$OCIMUX" verify --junit empty.xml lay
status 4 "$OCIMUX" verify --junit no/such/report.xml lay
status 0 "$OCIMUX" verify --junit report.xml lay
[ "$(find . -maxdepth 1 -name '.report.xml*')" = "" ] || fail "something is left beside the report"
mkfifo pipe
cat pipe >piped &
status 0 "$OCIMUX" verify --junit pipe --json -q lay
wait
says piped "<testsuites" "</testsuites>"
says stdout '"ok": true'

# Warnings fail with --strict alone; --shallow looks into no layer.
touch lay/blobs/sha256/stray
status 0 "$OCIMUX" verify lay
says stdout "warning stray-file: blobs/sha256/stray: expected"
status 3 "$OCIMUX" verify lay --strict
layer=$("$OCIMUX" inspect lay --json | jq -r '.references[0].images[0].layers[0].digest')
printf x | dd of="lay/blobs/sha256/${layer#sha256:}" bs=1 seek=100 conv=notrunc status=none
status 0 "$OCIMUX" verify lay --shallow
status 3 "$OCIMUX" verify lay
says stdout "error blob-digest: 1 > linux/amd64 > layer 1: expected content with digest"
