#!/usr/bin/env python3
"""Writes OCI archives and layouts that no tool would make so quickly.

usage: make_images.py many COUNT DIR      COUNT images that share three layers of four
       make_images.py huge GIGABYTES FILE one image with a layer of that size, a sparse file
       make_images.py large MEGABYTES DIR the same as a layout
       make_images.py index LAYERS DIR    a layout of one index over five platforms with so many
                                          layers each, none of them shared
"""
import gzip
import hashlib
import io
import json
import os
import pathlib
import random
import sys
import tarfile

TYPE = "application/vnd.oci.image."


class Hole:
    """Reads as zeros: a root filesystem without entries, as tar understands it."""

    def __init__(self, size):
        self.left = size

    def read(self, most):
        most = min(most, self.left)
        self.left -= most
        return bytes(most)


def digest(blob):
    return "sha256:" + hashlib.sha256(blob).hexdigest()


def document(value):
    return json.dumps(value, separators=(",", ":")).encode()


def descriptor(kind, blob_digest, size, **more):
    return {"mediaType": TYPE + kind, "digest": blob_digest, "size": size, **more}


def layer(name, size):
    """A tar with one file that does not compress, and the same as gzip."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = size
        tar.addfile(entry, io.BytesIO(random.Random(name).randbytes(size)))
    return plain.getvalue(), gzip.compress(plain.getvalue(), 1, mtime=0)


def describe(platform, layers, diff_ids):
    """The documents of an image as (name, bytes), index.json and oci-layout among them."""
    config = document({**platform, "rootfs": {"type": "layers", "diff_ids": diff_ids}})
    manifest = document({"schemaVersion": 2, "mediaType": TYPE + "manifest.v1+json",
                         "config": descriptor("config.v1+json", digest(config), len(config)),
                         "layers": layers})
    tag = {"org.opencontainers.image.ref.name": "main"}
    top = descriptor("manifest.v1+json", digest(manifest), len(manifest), platform=platform,
                     annotations=tag)
    return [("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'),
            ("index.json", document({"schemaVersion": 2, "manifests": [top]})),
            (blob_name(digest(config)), config), (blob_name(digest(manifest)), manifest)]


def blob_name(blob_digest):
    return "blobs/" + blob_digest.replace(":", "/")


def write_archive(path, members):
    with tarfile.open(path, "w") as tar:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


def many(count, directory):
    directory.mkdir()
    shared = [layer(f"shared-{size}", size << 20) for size in (1, 2, 4)]
    for number in range(count):
        layers = [*shared, layer(f"own-{number}", 20_000)]
        # Only Windows has a platform for so many: one a build.
        platform = {"os": "windows", "architecture": "amd64",
                    "os.version": f"10.0.{10000 + number}.1"}
        packed = [descriptor("layer.v1.tar+gzip", digest(blob), len(blob)) for _, blob in layers]
        members = describe(platform, packed, [digest(plain) for plain, _ in layers])
        members += [(blob_name(digest(blob)), blob) for _, blob in layers]
        write_archive(directory / f"image-{number:03}.tar", members)


def write_layout(path, members):
    for name, content in members:
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def hole(size):
    """Of a layer that is a hole: its digest, and the documents of an image with nothing else."""
    content, name = Hole(size), hashlib.sha256()
    while piece := content.read(1 << 20):
        name.update(piece)
    blob_digest = "sha256:" + name.hexdigest()
    platform = {"os": "linux", "architecture": "amd64"}
    return blob_digest, describe(platform, [descriptor("layer.v1.tar", blob_digest, size)],
                                 [blob_digest])


def large(size, directory):
    blob_digest, members = hole(size)
    write_layout(directory, [*members, (blob_name(blob_digest), b"")])
    os.truncate(directory / blob_name(blob_digest), size)


def index(layers, directory):
    """As a merge makes it: only the index is named."""
    tops = []
    for arch in ("386", "amd64", "arm64", "ppc64le", "s390x"):
        packed = [layer(f"{arch}-{number}", 4000) for number in range(layers)]
        described = [descriptor("layer.v1.tar+gzip", digest(blob), len(blob)) for _, blob in packed]
        members = describe({"os": "linux", "architecture": arch}, described,
                           [digest(plain) for plain, _ in packed])
        write_layout(directory, [*members, *((blob_name(digest(b)), b) for _, b in packed)])
        tops += json.loads(dict(members)["index.json"])["manifests"]
    for top in tops:
        del top["annotations"]
    of_all = document({"schemaVersion": 2, "mediaType": TYPE + "index.v1+json", "manifests": tops})
    named = descriptor("index.v1+json", digest(of_all), len(of_all),
                       annotations={"org.opencontainers.image.ref.name": "main"})
    write_layout(directory, [(blob_name(digest(of_all)), of_all), (
        "index.json", document({"schemaVersion": 2, "manifests": [named]}))])


def huge(size, path):
    blob_digest, members = hole(size)
    write_archive(path, members)
    # The header alone; the file system makes the hole, and the end of the archive, of nothing.
    entry = tarfile.TarInfo(blob_name(blob_digest))
    entry.size = size
    with open(path, "r+b") as file:
        with tarfile.open(path) as tar:
            tar.getmembers()
            file.seek(tar.offset)
        file.write(entry.tobuf(tarfile.GNU_FORMAT))
        end = file.tell() + -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
        os.truncate(path, end + 2 * tarfile.BLOCKSIZE)


def main(arguments):
    kinds = {"many": many, "huge": lambda n, to: huge(n * 10**9, to),
             "large": lambda n, to: large(n * 10**6, to), "index": index}
    if len(arguments) != 3 or arguments[0] not in kinds:
        print(__doc__, file=sys.stderr)
        return 2
    kinds[arguments[0]](int(arguments[1]), pathlib.Path(arguments[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
