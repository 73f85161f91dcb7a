#!/bin/bash
# Inputs that are made to fill memory, to block, to lead out of themselves or to rewrite a terminal end
# with an error (or pass for what they are), in a bounded address space.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3
need zstd
export TMPDIR=$BUILD

is_sanitized() { ldd "$OCIMUX" | grep libasan >/dev/null; }

# bounded EXPECTED COMMAND...: status() in 1 GiB of address space and 60 s of processor time. (The
# address sanitizer reserves terabytes: there only the time counts.)
bounded() {
  local expected=$1 found=0
  shift
  (
    is_sanitized || ulimit -v $((1 << 20))
    ulimit -t 60
    exec timeout 120 "$@"
  ) >stdout 2>stderr || found=$?
  [ "$found" = "$expected" ] ||
    fail "$*: expected exit status $expected, found $found: $(head -c 2000 stderr)"
  ! grep -q $'[\e\r]' stdout stderr || fail "$*: expected no control characters: $(cat -v stdout stderr | head -c 2000)"
  [ "$(wc -c < stderr)" -lt 20000 ] || fail "$*: expected a short message"
}

python3 - <<'PYTHON'
import bz2, gzip, hashlib, io, json, lzma, os, subprocess, tarfile

OCI = "application/vnd.oci.image."

class Layout:
    def __init__(self, path):
        self.path, self.top = path, []
        os.makedirs(f"{path}/blobs/sha256")
        self.write("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')

    def write(self, name, content):
        with open(f"{self.path}/{name}", "wb") as file:
            file.write(content)

    def blob(self, kind, content, **more):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        digest = hashlib.sha256(content).hexdigest()
        self.write(f"blobs/sha256/{digest}", content)
        return {"mediaType": OCI + kind, "digest": f"sha256:{digest}", "size": len(content), **more}

    def image(self, layer=b"layer", config=None, **more):
        blob = self.blob("layer.v1.tar+gzip", layer)
        config = self.blob("config.v1+json", config or {"os": "linux", "architecture": "amd64",
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "0" * 64]}})
        return self.blob("manifest.v1+json", {"schemaVersion": 2, "config": config, "layers": [blob]},
                         platform={"os": "linux", "architecture": "amd64"}, **more)

    def index(self, *entries, **more):
        return self.blob("index.v1+json", {"schemaVersion": 2, "manifests": list(entries), **more})

    def done(self, *entries):
        self.write("index.json", json.dumps({"schemaVersion": 2, "manifests": list(entries)}).encode())

def tar(*members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as out:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    return stream.getvalue()

def zstd(content):
    return subprocess.run(["zstd", "-qc"], input=content, stdout=subprocess.PIPE, check=True).stdout

# Layers: 16 GiB of zeros behind the header of one file.
zeros = bytes(16 << 20)
header = bytearray(tar(("zeros", b""))[:512])
header[124:136] = b"\x80" + (16 << 30).to_bytes(11, "big")
header[148:156] = b" " * 8
header[148:155] = b"%06o\0" % sum(header)
for codec, pack in (("zstd", zstd), ("gzip", gzip.compress)):
    layout = Layout(f"{codec}-layer")
    layout.done(layout.image(pack(bytes(header)) + pack(zeros) * 64))
# A config, a manifest and an index that are bombs themselves: documents are never unpacked.
for kind in ("config", "manifest", "index"):
    layout = Layout(f"{kind}-bomb")
    bomb = gzip.compress(zeros)
    if kind == "config":
        layout.done(layout.image(config=bomb))
    else:
        layout.done(layout.blob(f"{kind}.v1+json", bomb))

# Inputs in compression.
with open("zeros.tar.zst", "wb") as file:
    file.write(zstd(bytes(header)) + zstd(zeros) * 80)
for name, pack in (("gz", gzip.compress), ("xz", lzma.compress), ("bz2", bz2.compress)):
    with open(f"padded.tar.{name}", "wb") as file:
        file.write(pack(tar(("a", b"b"))) + pack(bytes(5 << 20)))
with open("asks.tar.xz", "wb") as file:  # for a dictionary of 1.5 GiB
    file.write(lzma.compress(b"x", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1536 << 20}]))

# Documents.
for name, text in (("arrays", "[" + "[]," * 1390000 + "[]]"), ("objects", "[" + '{"":0},' * 590000 + "0]"),
                   ("deep", "[" * 100000)):
    layout = Layout(f"json-{name}")
    layout.done()
    layout.write("index.json", text.encode())
layout = Layout("million")
image = layout.image()
few = layout.index(*[{**image, "platform": {"os": "linux", "architecture": f"a{i}"}} for i in range(13000)])
layout.done(*[{**few, "annotations": {"org.opencontainers.image.ref.name": f"t{i}"}} for i in range(60)])
layout = Layout("circle")  # by digest impossible; an index in the place of another is found out
inner = layout.index()
layout.done(inner)
layout.write(f"blobs/sha256/{inner['digest'][7:]}", open("circle/index.json", "rb").read())
layout = Layout("climbs")
layout.done({**layout.image(), "digest": "sha256:../../../index.json"})
layout = Layout("shows")
text = "\x1b[2J\x9b31m\r\n\u202e" + "t"
layout.done({**layout.image(), "annotations": {"org.opencontainers.image.ref.name": text,
             "io.containerd.image.name": text}, "platform": {"os": text, "architecture": text}},
            {**layout.image(b"x"), "mediaType": text})
layout = Layout("long")
layout.done({**layout.image(), "digest": "sha256:" + "0" * 4000000})

# Archives of images.
layout = Layout("twice")
layout.done(layout.image())
members = [(os.path.relpath(os.path.join(folder, name), "twice"), open(os.path.join(folder, name), "rb").read())
           for folder, _, names in os.walk("twice") for name in names]
open("twice.tar", "wb").write(tar(*members, *[member for member in members if member[0] == "index.json"]))
open("many.tar", "wb").write(tar(("manifest.json", b'[{"Config":"c","Layers":["l"' + b',"l"' * 999999 + b']}]'),
    ("c", b'{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["sha256:' + b"0" * 64 + b'"]}}'), ("l", b"")))
entry = tar(("f", b""))[:512]
with open("entries.tar.zst", "wb") as file:  # a million of one name
    file.write(zstd(entry * 200000) * 5 + zstd(bytes(1024)))
PYTHON

for codec in zstd gzip; do # what stands behind a large file is not looked for
  bounded 0 "$OCIMUX" inspect $codec-layer
  bounded 0 "$OCIMUX" merge $codec-layer -o out --dry-run
done
for kind in config manifest index; do
  for command in inspect 'match --node linux/amd64' 'merge -o out'; do
    # shellcheck disable=SC2086
    bounded 3 "$OCIMUX" $command $kind-bomb
  done
done

if ! is_sanitized; then # a GiB is unpacked; that takes as long again, and finds nothing more
  bounded 3 "$OCIMUX" inspect zeros.tar.zst
  says stderr 'at most 256 times its size' 'zstd -d'
fi
for name in gz xz bz2; do
  bounded 3 "$OCIMUX" inspect padded.tar.$name
  says stderr 'nothing but a few zeros after the last member'
done
bounded 3 "$OCIMUX" inspect asks.tar.xz
says stderr 'more than 80 MiB of memory'

for name in arrays objects deep; do bounded 3 "$OCIMUX" inspect json-$name; done
bounded 3 "$OCIMUX" inspect million
says stderr '500000 images and layers'
bounded 0 "$OCIMUX" inspect million:t57
bounded 3 "$OCIMUX" inspect circle
bounded 3 "$OCIMUX" inspect climbs
bounded 0 "$OCIMUX" inspect shows
bounded 3 "$OCIMUX" merge shows -o out
bounded 3 "$OCIMUX" inspect long

bounded 3 "$OCIMUX" inspect twice.tar
says stderr 'index.json' 'repeated'
bounded 3 "$OCIMUX" inspect many.tar
says stderr 'found 1000000'
bounded 0 "$OCIMUX" inspect --json entries.tar.zst
says stdout '"entries": 1000000'

# What is no file, or leads elsewhere.
cp -r twice special
blob=special/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' twice/index.json)
for place in special/index.json special/oci-layout "$blob"; do
  mv "$place" kept
  mkfifo "$place"
  bounded 3 "$OCIMUX" inspect special
  rm "$place"
  ln -s "$BUILD/kept" "$place"
  bounded 3 "$OCIMUX" inspect special
  says stderr 'expected a regular file'
  rm "$place"
  mv kept "$place"
done
mv special/blobs elsewhere
ln -s "$BUILD/elsewhere" special/blobs
bounded 3 "$OCIMUX" inspect special
says stderr 'blobs: expected a directory, found a symbolic link'
rootfs hello-linux-amd64.tar
bounded 3 "$OCIMUX" merge hello-linux-amd64.tar -o special -t new
mkfifo pipe
for edit in "tag pipe:a b" "untag pipe:a" "annotate pipe:a --annotation a=b" "rm pipe:a" "gc pipe"; do
  # shellcheck disable=SC2086
  bounded 3 timeout 20 "$OCIMUX" $edit
  says stderr 'found something else'
done
