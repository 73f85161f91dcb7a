#!/usr/bin/env python3
"""Compares two tars of root filesystems by all that counts: names, types, modes, owners, sizes,
contents, link targets, who is a hard link of whom, devices and file capabilities.

usage: compare_trees.py EXPECTED.tar FOUND.tar
"""
import hashlib
import sys
import tarfile


def tree(path):
    paths, groups = {}, {}
    with tarfile.open(path) as tar:
        for member in tar:
            name = member.name.strip("/").removeprefix("./").strip("/")
            if name in ("", "."):
                continue
            if member.islnk():
                first = member.linkname.strip("/").removeprefix("./")
                paths[name] = paths[first]
                groups[id(paths[first])].add(name)
                continue
            content = None
            if member.isfile():
                content = hashlib.file_digest(tar.extractfile(member), "sha256").hexdigest() \
                    if hasattr(hashlib, "file_digest") \
                    else hashlib.sha256(tar.extractfile(member).read()).hexdigest()
            device = (member.devmajor, member.devminor) if member.ischr() or member.isblk() else None
            what = [member.type if not member.isfile() else b"0",
                    None if member.issym() else member.mode & 0o7777, member.uid, member.gid,
                    member.size, content, member.linkname if member.issym() else None, device,
                    member.pax_headers.get("SCHILY.xattr.security.capability")]
            paths[name] = what
            groups[id(what)] = {name}
    return {name: (*what, tuple(sorted(groups[id(what)]))) for name, what in paths.items()}


def main():
    expected, found = tree(sys.argv[1]), tree(sys.argv[2])
    wrong = [name for name in sorted({*expected, *found}) if expected.get(name) != found.get(name)]
    for name in wrong[:20]:
        print(f"{name}:\n  expected {expected.get(name)}\n  found    {found.get(name)}")
    print(f"{len(expected)} names, {len(wrong)} differ")
    sys.exit(1 if wrong or len(expected) < 2 else 0)


main()
