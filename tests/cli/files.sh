#!/bin/bash
# files and cat show what is in an image: to people safely, to programs completely.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
mkdir -p root/usr/bin root/etc
printf 'application' > root/usr/bin/app
chmod 4755 root/usr/bin/app
ln root/usr/bin/app root/usr/bin/app2
ln -s usr/bin root/bin
ln -s nowhere root/etc/dangling
printf 'odd' > root/etc/$'a\e[31m\xff'
tar --sort=name --mtime=@1700000000 --owner=7 --group=8 --numeric-owner -C root -cf x-linux-amd64.tar .
rootfs x-linux-arm64.tar
"$OCIMUX" merge -q x-linux-*.tar -t main -o layout > /dev/null

status 0 "$OCIMUX" files layout:main -p linux/amd64
[ ! -s stderr ] || fail "expected silence, found: $(cat stderr)"
says stdout "-rwsr-xr-x  7:8      11  2023-11-14T22:13:20Z  1fe289205936  /usr/bin/app" \
  "lrwxrwxrwx  7:8       0  2023-11-14T22:13:20Z  -             /bin -> usr/bin" \
  "/usr/bin/app2 = /usr/bin/app" "/etc/a?[31m"
if grep -q $'\e' stdout; then fail "expected no escape sequence of a file's name, found one"; fi
status 0 "$OCIMUX" files layout:main /bin -p linux/amd64
says stdout "/bin -> usr/bin"
[ "$(wc -l < stdout)" = 2 ] || fail "expected a heading and the link, found: $(cat stdout)"
status 0 "$OCIMUX" files layout:main /etc/dangling -p linux/amd64
says stdout "/etc/dangling -> nowhere"
unchanged 4 "$OCIMUX" cat layout:main /etc/dangling -p linux/amd64
status 0 "$OCIMUX" files layout:main /bin/ -p linux/amd64
says stdout "/usr/bin/app2 = /usr/bin/app"
status 0 "$OCIMUX" files layout:main /bin/app -p linux/amd64
[ "$(wc -l < stdout)" = 2 ] || fail "expected a heading and one file, found: $(cat stdout)"

status 0 "$OCIMUX" files layout:main -p linux/amd64 --json
python3 - stdout <<'PYTHON'
import base64, hashlib, json, sys
document = json.load(open(sys.argv[1]))
assert list(document) == ["image", "platform", "digest", "files"], list(document)
files = {one["path"]: one for one in document["files"]}
assert files["/usr/bin/app"] == {
    "path": "/usr/bin/app", "kind": "file", "mode": "4755", "uid": 7, "gid": 8, "size": 11,
    "mtime": "2023-11-14T22:13:20Z",
    "digest": "sha256:" + hashlib.sha256(b"application").hexdigest()}, files["/usr/bin/app"]
assert files["/usr/bin/app2"]["hardLinkOf"] == "/usr/bin/app"
assert files["/bin"]["target"] == "usr/bin" and files["/bin"]["kind"] == "symlink"
odd = [one for one in document["files"] if "pathBase64" in one]
assert [base64.b64decode(one["pathBase64"]) for one in odd] == [b"/etc/a\x1b[31m\xff"], odd
PYTHON

status 0 "$OCIMUX" cat layout:main -p linux/amd64 /bin/app
printf 'application' | cmp - stdout || fail "cat: expected the file, found: $(cat stdout)"
status 0 "$OCIMUX" cat x-linux-arm64.tar bin/app
[ "$(cat stdout)" = program ] || fail "cat of a tar: found $(cat stdout)"

unchanged 3 "$OCIMUX" cat layout:main /bin/app
says stderr "linux/amd64, linux/arm64" "hint: pick one with --platform"
unchanged 4 "$OCIMUX" cat layout:main -p linux/s390x /bin/app
says stderr "expected an image for linux/s390x, found linux/amd64, linux/arm64"
unchanged 4 "$OCIMUX" cat layout:main -p linux/amd64 /bin/apq
says stderr "found no 'apq' in '/usr/bin'" "hint: there is 'app'"
unchanged 4 "$OCIMUX" files layout:main -p linux/amd64 /nowhere
unchanged 2 "$OCIMUX" cat layout:main -p linux/amd64 /bin
says stderr "expected a file, found a directory"
[ ! -s stdout ] || fail "expected no result, found: $(cat stdout)"
unchanged 2 "$OCIMUX" cat layout:main -p linux /bin/app
says stderr "--platform: "
status 1 bash -c '"$OCIMUX" cat x-linux-arm64.tar bin/app > /dev/full'
says stderr "standard output"

# A layer that is not what its digest says: its content is no result.
layer=$(find layout/blobs -type f -size +0 -exec sh -c 'tar -tzf "$1" 2>/dev/null | grep -q usr/bin/app2' _ {} \; -print)
rm -f "$layer.new"
{ head -c 200 "$layer"; head -c 3 /dev/zero; tail -c +204 "$layer"; } > "$layer.new"
mv -f "$layer.new" "$layer"
status 3 "$OCIMUX" cat layout:main -p linux/amd64 /bin/app
[ ! -s stdout ] || fail "expected nothing of a damaged layer, found: $(cat stdout)"
