#!/usr/bin/env python3
"""Writes a root filesystem tar of a wanted size, the same bytes every time.

usage: make_large.py FILE SIZE-IN-MB SEED PROGRAM [windows]

It is made like a distribution's: thousands of small files and a few large ones,
text, machine code and data that is compressed already, symbolic and hard links,
long names, extended attributes, and one true program. gzip takes it to some 40 %.
"""
import io
import random
import sys
import tarfile

MTIME = 1700000000


class Contents:
    """Cuts files out of three pools, in an order that a seed gives."""

    def __init__(self, rng):
        self.rng = rng
        words = [bytes(rng.choices(b"etaoinshrdlucmfwypvbgkjqxz", k=rng.randint(2, 11)))
                 for _ in range(1500)]
        weights = [1 / (n + 3) for n in range(len(words))]
        text = b" ".join(rng.choices(words, weights, k=1_000_000))
        noise = rng.randbytes(8 << 20)
        # Machine code: short runs that come back, with noise between them.
        runs = [rng.randbytes(rng.randint(5, 24)) for _ in range(1500)]
        code = bytearray()
        while len(code) < 4 << 20:
            code += rng.choice(runs)
            start = rng.randrange(len(noise))
            code += noise[start:start + 2]
        self.pools = [text] * 4 + [code] * 5 + [noise]

    def file(self, size):
        pool = self.rng.choice(self.pools)
        pieces = []
        while size > 0:
            piece = min(size, self.rng.randint(4 << 10, 64 << 10))
            start = self.rng.randrange(len(pool) - piece)
            pieces.append(pool[start:start + piece])
            size -= piece
        return b"".join(pieces)


def main():
    path, megabytes, seed, program = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    windows = "windows" in sys.argv[5:]
    rng = random.Random(seed)
    contents = Contents(rng)
    wanted = megabytes * 1000 * 1000
    with open(path, "wb") as out, \
            tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:

        def add(name, kind=tarfile.REGTYPE, data=b"", mode=0o644, link="", pax=None):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode, entry.mtime = kind, mode, MTIME + rng.randrange(10_000_000)
            entry.linkname, entry.size, entry.pax_headers = link, len(data), pax or {}
            tar.addfile(entry, io.BytesIO(data))

        with open(program, "rb") as file:
            binary = file.read()
        if windows:
            folders = ["Users", "Windows", "Windows/System32", "Windows/WinSxS", "ProgramData"]
            add("velero.exe", data=binary, mode=0o755)
        else:
            folders = ["etc", "usr", "usr/bin", "usr/lib", "usr/share", "usr/share/doc", "var", "var/lib"]
        for folder in folders:
            add(folder, tarfile.DIRTYPE, mode=0o755)
        if not windows:
            add("usr/bin/velero", data=binary, mode=0o755,
                pax={"SCHILY.xattr.security.capability": "\x01\x00\x00\x02\x00\x04"})
            add("usr/bin/velero-helper", tarfile.LNKTYPE, link="usr/bin/velero", mode=0o755)

        number = 0
        # One large file, as Velero's own 100 MB program is.
        add(folders[1] + "/large", data=contents.file(wanted // 5), mode=0o755)
        while out.tell() < wanted:
            number += 1
            folder = rng.choice(folders)
            if number % 150 == 0:
                folder = f"{folder}/package-{number:06}"
                folders.append(folder)
                add(folder, tarfile.DIRTYPE, mode=0o755)
            name = f"{folder}/file-{number:06}"
            if number % 97 == 0:
                name += "-" + "long" * 40
            size = min(int(rng.lognormvariate(9.2, 1.9)), 24 << 20)
            add(name, data=contents.file(size), mode=rng.choice((0o644, 0o644, 0o755)))
            if number % 11 == 0:
                add(name + ".link", tarfile.SYMTYPE, link=name.rsplit("/", 1)[1], mode=0o777)
            if number % 41 == 0:
                add(name + ".hard", tarfile.LNKTYPE, link=name)


main()
