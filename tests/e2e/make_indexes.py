"""Writes a layout with indexes over all kinds of platforms, to be chosen from.

usage: make_indexes.py LAYOUT > PAIRS       (lines `TAG NODE`)
"""
import hashlib
import json
import pathlib
import random
import sys

INDEX = "application/vnd.oci.image.index.v1+json"
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"

LINUX = """linux/amd64 linux/amd64/v1 linux/amd64/v2 linux/amd64/v3 linux/amd64/v4 linux/x86_64
linux/x86-64 linux/x64 linux/amd64v2 Linux/AMD64 linux/386 linux/i386 linux/386/x linux/arm linux/arm/v5
linux/arm/v6 linux/arm/v7 linux/arm/v8 linux/arm/v9 linux/arm/6 linux/arm/7 linux/armhf linux/armel
linux/arm64 linux/arm64/v8 linux/arm64/8 linux/arm64/v8.0 linux/arm64/v8.1 linux/arm64/v8.2
linux/arm64/v8.5 linux/arm64/v8.6 linux/arm64/v8.9 linux/arm64/v8.10 linux/arm64/v9 linux/arm64/9.0
linux/arm64/v9.0 linux/arm64/v9.1 linux/arm64/v9.6 linux/arm64/v9.7 linux/arm64/v9.8 linux/arm64/v10
linux/aarch64 linux/arm64v8 linux/ppc64le linux/s390x linux/s390x/z13 linux/riscv64 linux/mips64le
darwin/arm64 macos/amd64 freebsd/amd64 unknown/unknown linux/amd64:5.10 linux/amd64+gpu linux/arm64+gpu
linux/arm64+tpu linux/amd64/v2+gpu linux/arm/v6+gpu""".split()
VERSIONS = """10.0.14393 10.0.17763.1 10.0.17763.999 10.0.17763.1000 10.0.17763 10.0.177631 10.0.19045.5
10.0.20348 10.0.20348.2 10.0.20348.10 10.0.22000.1 10.0.22621.1 10.0.25398.3 10.0.26100.1 10.0.26100.999
10.0.26200.1 10.0.70000 10.1.20348 6.3.9600.1 10.0 next 10.0.x""".split()
WINDOWS = ["windows/amd64:" + version for version in VERSIONS] + [
    "windows/amd64", "windows/386:10.0.20348.1", "windows/386", "windows/arm64:10.0.26100.1",
    "windows/x86_64:10.0.20348.7", "Windows/amd64:10.0.20348.8"]
# Features only newer releases look at, so these have a tag of their own.
WIN32K = ["windows/amd64:10.0.20348.1+win32k", "windows/amd64:10.0.20348.2+other",
          "windows/amd64:10.0.20348.3"]

LINUX_NODES = """linux/amd64 linux/amd64/v1 linux/amd64/v2 linux/amd64/v3 linux/amd64/v4 linux/386
linux/arm linux/arm/v5 linux/arm/v6 linux/arm/v7 linux/arm/v8 linux/arm64 linux/arm64/v8
linux/arm64/v8.1 linux/arm64/v8.5 linux/arm64/v8.9 linux/arm64/v8.10 linux/arm64/v9 linux/arm64/v9.1
linux/arm64/v9.5 linux/arm64/v9.7 linux/arm64/v9.8 linux/arm64/v10 linux/ppc64le linux/s390x
linux/riscv64 linux/mips64le darwin/arm64 freebsd/amd64""".split()
BUILDS = [14393, 17763, 19045, 20347, 20348, 20349, 22000, 25398, 26099, 26100, 26101, 26200, 65535]
WINDOWS_NODES = [f"windows/amd64:10.0.{build}" for build in BUILDS] + [
    "windows/amd64:10.0.20348.1607", "windows/arm64:10.0.26100", "windows/amd64:6.3.9600"]

layout = pathlib.Path(sys.argv[1])
(layout / "blobs/sha256").mkdir(parents=True)
chance = random.Random(1)
count = 0


def blob(document):
    data = json.dumps(document).encode()
    digest = hashlib.sha256(data).hexdigest()
    (layout / "blobs/sha256" / digest).write_bytes(data)
    return {"digest": "sha256:" + digest, "size": len(data)}


def platform_of(text):
    text, _, feature = text.partition("+")
    text, _, version = text.partition(":")
    names = text.split("/")
    platform = {"os": names[0], "architecture": names[1]}
    if len(names) > 2:
        platform["variant"] = names[2]
    if version:
        platform["os.version"] = version
    if feature:
        platform["os.features"] = [feature]
    return platform


def entry(text, has_platform=True):
    """An image, which is like no other."""
    global count
    count += 1
    platform = platform_of(text)
    config = blob({**platform, "author": str(count), "rootfs": {"type": "layers", "diff_ids": []}})
    # What containerd finds is the manifest: it says which one it is.
    manifest = blob({"schemaVersion": 2, "mediaType": MANIFEST, "config": {"mediaType": CONFIG, **config},
                     "layers": [], "annotations": {"config": config["digest"]}})
    described = {"mediaType": MANIFEST, **manifest}
    if has_platform:
        described["platform"] = platform
    if chance.random() < 0.2:
        described["annotations"] = {"io.github.containers.compression.zstd": "true"}
    return described


def index(entries, media_type=INDEX):
    return {"mediaType": media_type,
            **blob({"schemaVersion": 2, "mediaType": media_type, "manifests": entries})}


tags = []


def tag(name, described, nodes):
    tags.append({**described, "annotations": {"org.opencontainers.image.ref.name": name}})
    for node in nodes:
        print(name, node)


def shuffled(platforms):
    return chance.sample(platforms, len(platforms))


# The full product of nodes and platforms, in several orders.
for number in range(3):
    tag(f"order-linux-{number}", index([entry(p) for p in shuffled(LINUX * 2 + WINDOWS)]),
        LINUX_NODES + ["linux/arm64:+gpu", "linux/amd64/v3:+gpu"])
    tag(f"order-windows-{number}", index([entry(p) for p in shuffled(WINDOWS * 2 + LINUX)]),
        WINDOWS_NODES)
tag("order-list", index([entry(p) for p in shuffled(LINUX)], LIST), LINUX_NODES)
# Small ones, with what has no platform and with indexes inside.
for number in range(150):
    some = [entry(p, chance.random() < 0.7) for p in chance.choices(LINUX, k=chance.randint(1, 4))]
    if chance.random() < 0.5:
        inner = index([entry(p, chance.random() < 0.7) for p in chance.choices(LINUX, k=3)])
        if chance.random() < 0.4:
            inner["platform"] = platform_of(chance.choice(LINUX))
        some.insert(chance.randint(0, len(some)), inner)
    tag(f"some-{number}", index(some), chance.sample(LINUX_NODES[:24], 3))
tag("win32k", index([entry(p) for p in WIN32K]), WINDOWS_NODES)

(layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
(layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": tags}))
