#!/usr/bin/env python3
"""Compares two layers in Windows' form record by record: names, types, modes, links, contents and
pax records; times and order apart, for BuildKit writes the time of the build.

usage: compare_windows_layers.py EXPECTED FOUND
"""
import hashlib
import sys
import tarfile

TIMES = {"mtime", "atime", "ctime", "LIBARCHIVE.creationtime"}


def records(path):
    found, names = {}, []
    with tarfile.open(path) as tar:
        for member in tar:
            name = member.name.rstrip("/")
            names.append(name)
            content = hashlib.sha256(tar.extractfile(member).read()).hexdigest() if member.isfile() else None
            pax = {key: value for key, value in member.pax_headers.items()
                   if key not in TIMES and key not in ("path", "linkpath", "size")}
            assert name not in found, f"{path}: {name} stands twice"
            parent = name.rpartition("/")[0]
            assert not parent or parent in found, f"{path}: {name} comes before its directory"
            assert "LIBARCHIVE.creationtime" in member.pax_headers, f"{path}: {name} has no time"
            found[name] = (member.type, oct(member.mode), member.uid, member.gid, member.linkname,
                           member.size, content, pax)
    return found, names


expected, expected_names = records(sys.argv[1])
found, found_names = records(sys.argv[2])
wrong = [name for name in sorted({*expected, *found}) if expected.get(name) != found.get(name)]
for name in wrong:
    print(f"{name}:\n  expected {expected.get(name)}\n  found    {found.get(name)}")
print(f"{len(expected)} records, {len(wrong)} differ")
print("expected order:", expected_names)
print("found order:   ", found_names)
assert found_names[:2] == expected_names[:2] == ["Hives", "Files"], "Hives and Files do not come first"
sys.exit(1 if wrong else 0)
