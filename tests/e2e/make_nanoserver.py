#!/usr/bin/env python3
"""Writes a layout with an image in the form of Windows' base images, with files made up.

usage: make_nanoserver.py LAYOUT TAG OS-VERSION
"""
import hashlib
import gzip
import io
import json
import pathlib
import sys
import tarfile

layout, tag, version = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]


def layer():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        def directory(name):
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.mtime = tarfile.DIRTYPE, 0o40755, 1600000000
            member.pax_headers = {"MSWINDOWS.fileattr": "16"}
            tar.addfile(member)

        def file(name, content):
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(content), 0o100644, 1600000000
            member.pax_headers = {"MSWINDOWS.fileattr": "32", "LIBARCHIVE.creationtime": "1600000000.123456789"}
            tar.addfile(member, io.BytesIO(content))

        for name in ("Files", "Files/License", "Files/Users", "Files/Windows", "Files/Windows/System32",
                     "Files/Windows/System32/config", "Hives", "UtilityVM", "UtilityVM/Files"):
            directory(name)
        file("Files/License/license.txt", b"some words")
        for hive in ("DEFAULT", "SAM", "SECURITY", "SOFTWARE", "SYSTEM"):
            file(f"Files/Windows/System32/config/{hive}", b"regf" + hive.encode() * 100)
        for i in range(200):
            file(f"Files/Windows/System32/library{i}.dll", f"{version} {i}".encode() * 50)
        link = tarfile.TarInfo("Files/Windows/notepad.exe")
        link.type, link.linkname = tarfile.LNKTYPE, "Files/Windows/System32/library7.dll"
        tar.addfile(link)
        file("UtilityVM/Files/boot", b"never seen")
    return out.getvalue()


def blob(content):
    digest = hashlib.sha256(content).hexdigest()
    path = layout / "blobs" / "sha256" / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"digest": f"sha256:{digest}", "size": len(content)}


def document(value):
    return blob(json.dumps(value).encode())


tar = layer()
platform = {"os": "windows", "architecture": "amd64", "os.version": version}
config = document({**platform, "config": {"User": "ContainerUser", "Cmd": ["c:\\windows\\system32\\cmd.exe"]},
                   "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest()]}})
kind = "application/vnd.oci.image."
manifest = document({
    "schemaVersion": 2, "mediaType": kind + "manifest.v1+json",
    "config": {"mediaType": kind + "config.v1+json", **config},
    "layers": [{"mediaType": kind + "layer.v1.tar+gzip", **blob(gzip.compress(tar, mtime=0))}]})
(layout / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
(layout / "index.json").write_text(json.dumps({
    "schemaVersion": 2, "mediaType": kind + "index.v1+json",
    "manifests": [{"mediaType": kind + "manifest.v1+json", **manifest, "platform": platform,
                   "annotations": {"org.opencontainers.image.ref.name": tag}}]}))
print(manifest["digest"])
