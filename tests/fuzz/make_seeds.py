#!/usr/bin/env python3
"""Writes inputs that the fuzz targets may begin with: real ones from testdata, and hostile ones.

usage: tests/fuzz/make_seeds.py DIRECTORY      makes DIRECTORY/TARGET/NAME

What is new in them comes into the corpus with scripts/fuzz.sh --seeds DIRECTORY.
"""
import base64
import bz2
import gzip
import hashlib
import io
import json
import lzma
import pathlib
import subprocess
import sys
import tarfile

DATA = pathlib.Path(__file__).resolve().parents[2] / "testdata"
LARGEST = 60_000


class Seeds:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def add(self, target, content):
        if isinstance(content, str):
            content = content.encode()
        if len(content) > LARGEST:
            return
        path = self.folder / target / hashlib.sha1(content).hexdigest()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def through(command, content):
    return subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True).stdout


def header(name, kind=b"0", size=0, link=b"", magic=b"ustar\0" b"00", mode=b"0000644", extra=None):
    """One block, as broken as it is asked for, with a right checksum."""
    block = bytearray(512)
    block[0:len(name)] = name
    block[100:100 + len(mode)] = mode
    block[108:115] = block[116:123] = b"0000000"
    block[124:135] = b"%011o" % size if isinstance(size, int) else size
    block[136:147] = b"14524770400"
    block[156:157] = kind
    block[157:157 + len(link)] = link
    block[257:257 + len(magic)] = magic
    for at, text in (extra or {}).items():
        block[at:at + len(text)] = text
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def padded(content):
    return content + bytes(-len(content) % 512)


END = bytes(1024)


def record(key, value):
    rest = b" %s=%s\n" % (key, value)
    length = len(rest) + 1
    while length != len(rest) + len(str(length)):
        length += 1
    return b"%d%s" % (length, rest)


def pax(records, kind=b"x"):
    body = b"".join(record(key, value) for key, value in records)
    return header(b"pax", kind, len(body)) + padded(body)


def python_tar(form, members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as tar:
        for name, kind, content, link in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.mtime = kind, link, 1_700_000_000
            info.size = len(content)
            if form == tarfile.PAX_FORMAT and kind == tarfile.REGTYPE:
                info.pax_headers = {"SCHILY.xattr.security.capability": "\x01\x02", "mtime": "-1.5"}
            tar.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def hostile_tars():
    file, directory, symlink, hard = (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE,
                                      tarfile.LNKTYPE)
    long = "/".join(["d" * 90] * 5)
    members = [("bin", directory, b"", ""), ("bin/sh", file, b"\x7fELF" + bytes(60), ""),
               ("bin/bash", hard, b"", "bin/sh"), ("sh", symlink, b"", "/bin/sh"),
               ("circle", symlink, b"", "circle"), (long + "/x", file, b"deep", ""),
               (".wh.gone", file, b"", ""), ("bin/.wh..wh..opq", file, b"", ""),
               ("Files/Windows/System32/ntdll.dll", file, b"MZ" + bytes(70), ""),
               ("../up", symlink, b"", "../../x")]
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        for count in (1, 4, 9, 10):
            try:
                yield python_tar(form, members[:count])
            except ValueError:
                pass
    yield python_tar(tarfile.PAX_FORMAT, [("linux_amd64", directory, b"", ""),
                                          ("linux_amd64/a", file, b"x", ""),
                                          ("windows(10.0.1.2)_amd64", directory, b"", ""),
                                          ("windows(10.0.1.2)_amd64/b", file, b"y", "")])
    yield header(b"a", size=3) + padded(b"abc") + END
    yield header(b"../a", size=3) + padded(b"abc") + END
    yield header(b"/a") + header(b"./b/") + header(b"c\n\x1b[31m") + END
    yield header(b"a", size=b"\x80" + bytes(9) + b"\x01") + END          # a size in base 256
    yield header(b"a", size=b"\xff" * 11) + END                          # a negative one
    yield header(b"a", b"5", size=512) + header(b"hidden") + END         # content of a directory
    yield header(b"a", b"1", size=9, link=b"b") + END
    yield header(b"a", b"L", size=5) + padded(b"long\0") + header(b"x") + END
    yield header(b"a", b"K", size=5) + padded(b"long\0") + header(b"x", b"2") + END
    yield header(b"a", b"L", size=99999) + padded(b"long")
    yield pax([(b"path", b"name"), (b"size", b"3"), (b"mtime", b"1.25"), (b"linkpath", b"l"),
               (b"SCHILY.xattr.user.a", b"b"), (b"uid", b"99999999")]) + header(b"x") + \
        padded(b"abc") + END
    yield pax([(b"path", b"../x")]) + header(b"x") + END
    yield pax([(b"path", b"a\0b")]) + header(b"x") + END
    yield pax([(b"comment", b"g")], b"g") + header(b"x") + END
    yield pax([(b"comment", b"g")], b"g") * 40 + header(b"x") + END      # libarchive takes 32
    yield pax([(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"),
               (b"GNU.sparse.name", b"s"), (b"GNU.sparse.realsize", b"65536")]) + \
        header(b"x", size=515) + padded(b"1\n60000\n3\n") + padded(b"abc") + END
    yield pax([(b"GNU.sparse.size", b"9999"), (b"GNU.sparse.numblocks", b"1"),
               (b"GNU.sparse.map", b"5000,3"), (b"GNU.sparse.name", b"s")]) + \
        header(b"x", size=3) + padded(b"abc") + END
    sparse = {386: b"00000010000\0" b"00000000003\0", 483: b"00000020000\0"}
    yield header(b"s", b"S", size=3, magic=b"ustar  \0", extra=sparse) + padded(b"abc") + END
    yield header(b"s", b"S", size=3, magic=b"ustar  \0", extra={**sparse, 482: b"\1"}) + \
        bytes(512) + padded(b"abc") + END
    yield header(b"BZh9 is a name") + END
    yield header(b"a") * 3 + END + bytes(4096)
    yield header(b"a") + END + b"behind"
    yield header(b"a", size=3) + b"abc"                                  # as umoci insert leaves it
    yield header(b"a", size=3) + padded(b"abc") + bytes(512)
    yield header(b"a", size=3) + padded(b"abc") + bytes(700)
    yield header(b"a", size=3) + padded(b"abc") + header(b"b")[:400]


def tars():
    for path in sorted(DATA.glob("*/*.tar")):
        yield path.read_bytes()
    yield from hostile_tars()


def documents():
    """Those of the archives in testdata, and others that no writer makes."""
    for path in sorted(DATA.glob("*/*.tar")):
        with tarfile.open(path) as tar:
            for member in tar:
                text = tar.extractfile(member).read() if member.isreg() else b""
                if text[:1] in (b"{", b"["):
                    yield text
    digest = "sha256:" + "0" * 64
    yield '{"schemaVersion":2,"manifests":[],"layers":[]}'
    yield '{"schemaVersion":2,"Manifests":[],"manifests":[]}'
    yield '{"schemaVersion":1,"manifests":null,"config":null}'
    yield '{"a":1,"a":2}'
    yield "[" * 64 + "]" * 64
    yield "[" * 65 + "]" * 65
    yield '{"a":[1e999,-0,0.1,18446744073709551616,-9223372036854775808,"\\ud800","\\u0000"]}'
    yield '{"mediaType":"x","digest":"%s","size":-1}' % digest
    yield '{"mediaType":"x","digest":"sha256:../../x","size":9223372036854775807}'
    yield '{"digest":"%s","size":1,"platform":{"os":"linux","os.features":["a"]},"urls":["u"]}' % (
        "sha512:" + "0" * 128)
    yield '{"rootfs":{"type":"layers","diff_ids":["%s"]},"os":"linux"}' % digest
    yield '{"imageLayoutVersion":"1.0.0"}'
    yield b'\xef\xbb\xbf{}'
    yield '\x00{}'


OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."


def layouts():
    config = json.dumps({"os": "linux", "architecture": "amd64", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "1" * 64]}})
    layer = '{"mediaType":"%slayer.v1.tar+gzip","digest":"sha256:%s","size":5}' % (OCI, "2" * 64)
    manifest = '{"schemaVersion":2,"mediaType":"%smanifest.v1+json","config":{"mediaType":' \
        '"%sconfig.v1+json","digest":"@0","size":#0},"layers":[%s]}' % (OCI, OCI, layer)
    entry = '{"mediaType":"%smanifest.v1+json","digest":"@1","size":#1,"platform":' \
        '{"os":"linux","architecture":"amd64"}%%s}' % OCI
    index = '{"schemaVersion":2,"mediaType":"%sindex.v1+json","manifests":[%%s]}' % OCI
    inner = '{"mediaType":"%sindex.v1+json","digest":"@%%d","size":#%%d%%s}' % OCI
    name = ',"annotations":{"org.opencontainers.image.ref.name":"demo:1"}'

    def joined(*texts):
        return "\0".join(texts)
    yield joined(config, manifest, index % (entry % name))
    yield joined(config, manifest, index % (entry % ""), index % (inner % (2, 2, name)))
    yield joined(config, manifest, index % ",".join([entry % ""] * 3),
                 index % ",".join([inner % (2, 2, "")] * 3), index % (inner % (3, 3, name)))
    attestation = manifest.replace('"layers"', '"subject":%s,"layers"' % (entry % ""))
    yield joined(config, manifest, attestation,
                 index % ",".join([entry % "", (entry % "").replace("@1", "@2").replace("#1", "#2")]))
    marked = ',"annotations":{"vnd.docker.reference.type":"attestation-manifest",' \
        '"vnd.docker.reference.digest":"@1"}'
    yield joined(config, manifest, manifest.replace("layer.v1", "other"),
                 index % ",".join([entry % "", (entry % marked).replace('"@1","size":#1',
                                                                        '"@2","size":#2')]))
    docker = manifest.replace(OCI + "manifest.v1", DOCKER + "distribution.manifest.v2").replace(
        OCI + "config.v1", DOCKER + "container.image.v1").replace(
        OCI + "layer.v1.tar+gzip", DOCKER + "image.rootfs.diff.tar.gzip")
    listed = (index % (entry % "")).replace(OCI + "index.v1", DOCKER + "distribution.manifest.list.v2")
    listed = listed.replace(OCI + "manifest.v1", DOCKER + "distribution.manifest.v2")
    yield joined(config, docker, listed, index % (
        '{"mediaType":"%sdistribution.manifest.list.v2+json","digest":"@2","size":#2%s}' % (DOCKER, name)))
    fallback = entry % ',"annotations":{"org.opencontainers.image.ref.name":"sha256-%s"}' % ("0" * 64)
    yield joined(config, manifest, index % fallback)
    deep = [config, manifest, index % (entry % "")]
    for level in range(2, 8):
        deep.append(index % (inner % (level, level, "")))
    yield joined(*deep, index % (inner % (8, 8, name)))
    yield joined(config, manifest, index % ('{"mediaType":"%sindex.v1+json","digest":"@1","size":#1}' % OCI))


def docker_archives():
    config = json.dumps({"os": "linux", "architecture": "arm64", "rootfs": {
        "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(b"x").hexdigest()] * 2}}).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    for manifest in ([{"Config": name, "RepoTags": ["a:1"], "Layers": ["l/layer.tar"] * 2}],
                     [{"Config": name, "RepoTags": None, "Layers": ["l/layer.tar"]}],
                     [{"Config": "../x", "Layers": ["l/layer.tar"]}],
                     [{"Config": name, "RepoTags": ["a:1", "a\x1b[2J"], "Layers": ["l/link", "l/link"]}]):
        members = [(name, tarfile.REGTYPE, config, ""), ("l/layer.tar", tarfile.REGTYPE, b"x", ""),
                   ("l/link", tarfile.SYMTYPE, b"", "../l/layer.tar"),
                   ("manifest.json", tarfile.REGTYPE, json.dumps(manifest).encode(), "")]
        yield python_tar(tarfile.USTAR_FORMAT, members)


def references():
    digest = "@sha256:" + "a" * 64
    yield from ("velero/velero:main", "docker://localhost:5000/a/b:1" + digest, "busybox", "[::1]:5000/x",
                "index.docker.io/library/alpine:latest", "quay.io/A/b", "a/../b", "x:" + "t" * 129,
                "docker.io/x", "registry-1.docker.io/library/x", "host.name/x/y__z--w.v:tag",
                digest[1:], "sha512:" + "b" * 128, "oci:/dev/null:tag", "docker-archive:/x@y",
                "/dev/null", "ocidir://.:x", "0.0.0.0:65536/x", "a:b:c@d", "a" * 256 + "/b")


def platforms():
    yield from ("linux/amd64", "linux/arm/v7", "LINUX/aarch64", "windows/amd64:10.0.20348.1607",
                "windows(10.0.17763)/amd64", "windows/amd64,osver=ltsc2022", "windows:ltsc2019",
                "windows/amd64:20H2+win32k", "windows/amd64:+win32k", "linux/armhf", "linux/arm64/v8.0",
                "macos/x86_64/v3", "*", "linux", "unknown/unknown", "linux/arm/7", "darwin/arm64/v9",
                "velero-main-linux-arm-v7.tar.gz", "x_windows_ltsc2022_amd64.tar", "linux_arm_v7",
                "windows(10.0.20348.1)_amd64", "app-linux-386.tar.zst", "a-linux-x86_64.tar")


def dockerfiles():
    for path in sorted((DATA / "dockerfiles").glob("*ockerfile*")):
        yield path.read_bytes()
    yield "FROM a AS b\nFROM b\nENV A=1 B=\"$A ${A:-x} ${A:+y} ${A#1} ${A%%1} ${A/1/2}\"\n"
    yield "# escape=`\nFROM scratch\nENV A `\n  b\nCMD [\"c\"]\n"
    yield "FROM scratch\nRUN <<EOF\na\nEOF\nCOPY <<-'A' <<B /x\n\tA\nb\nB\n"
    yield "ARG V=1\nFROM x:$V\nARG V\nENV A=$V\nONBUILD ENV B=$A\nHEALTHCHECK --interval=5s CMD x\n"
    yield "FROM scratch\nENV A=aaaaaaaaaa\n" + "ENV A=$A$A$A$A\n" * 9
    yield "FROM scratch\nENV A=${A:-${A:-${A:-${A}}}} B=${A//*/?}\nEXPOSE 80/tcp 1-9 $A\n"
    yield "FROM scratch\nLABEL a=b c='d e' f=\"g\\\"h\"\nUSER a:b\nVOLUME [\"/x\"]\nSHELL [\"a\"]\nWORKDIR x\n"
    yield "FROM scratch\nSTOPSIGNAL SIGRTMIN+3\nMAINTAINER me\nENTRYPOINT a b\nCMD c\n"
    yield "FROM a\nFROM 0\nFROM --platform=$TARGETPLATFORM b as a\nFROM a\n"


def yaml_secrets(document):
    encoded = base64.b64encode(document.encode()).decode()
    yield "apiVersion: v1\nkind: Secret\ndata:\n  .dockerconfigjson: %s\n" % encoded
    yield "data: {.dockercfg: '%s'}\n" % encoded
    yield "stringData:\n  .dockerconfigjson: |\n    %s\n" % document
    yield "a: &x [1]\nb: *x\n"
    yield "[" * 70 + "]" * 70
    yield "? [a]\n: b\n"
    yield "%YAML 1.2\n---\na: !!binary xx\n...\n"


def credentials():
    auth = base64.b64encode(b"user:secret").decode()
    document = json.dumps({"auths": {
        "https://index.docker.io/v1/": {"auth": auth}, "quay.io/team": {"username": "a", "password": "b"},
        "localhost:5000": {"identitytoken": "t"}}, "credHelpers": {"quay.io": "helper"}})
    yield document
    yield json.dumps({"credsStore": "desktop", "auths": {"quay.io": {}}})
    yield json.dumps({"localhost:5000/x": {"auth": auth}})
    yield json.dumps({"kind": "Secret", "data": {".dockerconfigjson": base64.b64encode(
        document.encode()).decode()}})
    yield from yaml_secrets(document)


def headers():
    yield from ('Bearer realm="https://auth.example.com/token",service="registry",scope="a:b:pull,push"',
                'Basic realm="x", Bearer realm=y', 'Digest a = "b\\"c" , , Basic', 'Negotiate abc==',
                '</v2/_catalog?last=a&n=1>; rel="next"', "<a>;rel=prev,<b>; x=\"y\"; REL = \"first next\"",
                "https://user@example.com/", "//other/x?y=z#f", "/v2/a/blobs/uploads/1?_state=x",
                "http://169.254.169.254/", "file:///etc/passwd", "https://[::1]:5000/\r\nX: y", "?a", "../../x")


def streams():
    text = b"some text, some text, some more of the text\n" * 40
    yield 0, gzip.compress(text)
    yield 0, gzip.compress(text[:50]) + gzip.compress(b"")
    yield 0, gzip.compress(text)[:-4]
    yield 0, gzip.compress(text) + b"behind"
    yield 0, through(["pigz", "-11", "-c"], text)
    yield 0, b"\x1f\x8b\x08\x1f\0\0\0\0\0\xff\2\0xxname\0comment\0\0\0" + gzip.compress(text)[10:]
    yield 1, through(["zstd", "-c", "--no-progress"], text)
    yield 1, through(["zstd", "-c", "--check", "--ultra", "-22", "--long=27"], text)
    yield 1, b"\x50\x2a\x4d\x18\x03\0\0\0abc" + through(["zstd", "-c"], text) * 2
    yield 1, through(["zstd", "-c"], bytes(3_000_000))
    yield 2, lzma.compress(text)
    yield 2, lzma.compress(text) + bytes(8) + lzma.compress(text, check=lzma.CHECK_SHA256)
    yield 2, lzma.compress(text)[:-10]
    yield 2, lzma.compress(text, preset=9 | lzma.PRESET_EXTREME)
    yield 3, bz2.compress(text)
    yield 3, bz2.compress(text) + bz2.compress(b"")
    yield 3, bz2.compress(bytes(2_000_000))
    yield 4, text


def main(folder):
    seeds = Seeds(folder)
    for tar in tars():
        for target in ("tar", "layer", "input"):
            seeds.add(target, tar)
    for tar in docker_archives():
        seeds.add("input", tar)
        seeds.add("input", gzip.compress(tar, mtime=0))
    for document in documents():
        text = document if isinstance(document, bytes) else document.encode()
        for number in range(5):
            seeds.add("documents", bytes([number]) + text)
    for target, all_of_it in (("layout", layouts()), ("references", references()),
                              ("platforms", platforms()), ("credentials", credentials()),
                              ("headers", headers())):
        for content in all_of_it:
            seeds.add(target, content)
    for content in dockerfiles():
        text = content if isinstance(content, bytes) else content.encode()
        seeds.add("dockerfile", b"\0" + text)
        seeds.add("dockerfile", b"\1" + text)
    for path in sorted((DATA / "binaries").iterdir()):
        seeds.add("executable", path.read_bytes())
    for number, content in streams():
        for pieces in (0, 7):
            seeds.add("decompress", bytes([number, pieces]) + content)
    for level in range(16):
        for repeats in (0, 3, 18):
            seeds.add("compress", bytes([level, 2, 5, repeats]) + b"A few words to repeat: %d" % level)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
