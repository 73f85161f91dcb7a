#!/usr/bin/env python3
"""Tars that tar programs disagree on, or might: headers put together at random.

    odd_tars.py make DIR COUNT SEED   a layout in DIR/layout with an image of each, tags t0 t1 ...,
                                      and the tars themselves in DIR/tars
    odd_tars.py compare DIR OCIMUX    what ocimux verify passes of them, ocimux files reads as Go's
                                      archive/tar does; DIR/go.jsonl has what that says of each
"""
import hashlib
import json
import os
import posixpath
import random
import subprocess
import sys

BLOCK = 512
USTAR, GNU = b"ustar\x0000", b"ustar  \0"
TEXTS = [b"777", b"00000000777", b"7 7", b"7 7 \0x", b"../../etc", b"etc", b"8", b" ", b"z\0"]
NAMES = [b"a", b"b/c", b"d/", b"../up", b"e/.wh.gone", b"/f", b"./g", b"h//i", b".wh..wh..opq", b""]


def one_of(dice, *choices, often=0.6):
    """Mostly the first."""
    return choices[0] if dice.random() < often else dice.choice(choices)


def number(dice, value, width):
    """As programs write it, or not quite."""
    text = b"%0*o" % (width - 1, value)
    return one_of(
        dice, text + b"\0", text[1:] + b" \0", b"%*o" % (width - 1, value) + b" ",
        (b"%o" % value).ljust(width, b"\0"), b"0" + text,
        b"\x80" + value.to_bytes(width - 1, "big"), b"\x80" + b"\xff" * (width - 1),
        b"\xff" * width, b"zzz\0", b"\0%o" % value, b" \0%o" % value, b"+%o\0" % value,
        b"\x81" + value.to_bytes(width - 1, "big"),
        b"%o" % value + b"\0x", often=0.95)[:width]


def header(dice, name, kind, size, link=b""):
    block = bytearray(BLOCK)

    def put(offset, field):
        block[offset:offset + len(field)] = field

    put(0, name[:100])
    put(100, number(dice, dice.choice([0o644, 0o755, 0o4755]), 8))
    put(108, number(dice, dice.choice([0, 1000]), 8))
    put(116, number(dice, dice.choice([0, 100]), 8))
    put(124, number(dice, size, 12))
    put(136, number(dice, dice.choice([0, 1700000000]), 12))
    put(156, kind)
    put(157, link[:100])
    magic = one_of(dice, USTAR, GNU, USTAR, GNU, b"\0" * 8, b"ustar  x", b"ustar\0 \0", b"ustar 00")
    put(257, magic)
    if kind in b"34":
        put(329, number(dice, 5, 8))
        put(337, number(dice, 6, 8))
    if dice.random() < 0.2:
        put(dice.choice([345, 357, 476, 488]), dice.choice(TEXTS + [number(dice, 5, 12)]))
    if dice.random() < 0.05:
        put(345, b"p" * dice.choice([1, 130, 131, 132, 155]))
    if dice.random() < 0.1:
        put(508, b"tar\0")
    if kind == b"S" or dice.random() < 0.03:
        for offset, value in ((386, 0), (398, size), (483, size)):
            if dice.random() < 0.9:
                put(offset, number(dice, value, 12))
    put(148, b" " * 8)
    put(148, b"%06o\0 " % sum(block))
    return bytes(block)


def padded(content):
    return content + b"\0" * (-len(content) % BLOCK)


def record(key, value):
    rest = b" " + key + b"=" + value + b"\n"
    size = len(rest)
    while len(b"%d" % size) + len(rest) != size:
        size = len(b"%d" % size) + len(rest)
    return b"%d" % size + rest


def records(dice):
    names = NAMES + [b"long/" + b"n" * 120, b"nul\0x", b"trail/"]
    keys = [
        (b"path", names), (b"linkpath", names), (b"size", [b"0", b"3", b"600", b"x", b"-1", b"+3"]),
        (b"mtime", [b"5", b"1.5", b"-1.5", b"-0.5", b"+3", b"x", b"", b"1.x"]),
        (b"uid", [b"7", b"x", b"-1", b"+7"]),
        (b"gid", [b"8", b"0x8"]), (b"uname", [b"root", b"r\0t"]), (b"comment", [b"c", b""]),
        (b"GNU.sparse.name", names), (b"GNU.sparse.size", [b"3", b"9", b"x"]),
        (b"GNU.sparse.realsize", [b"3", b"9"]), (b"GNU.sparse.map", [b"0,3", b"6,3", b"1"]),
        (b"GNU.sparse.offset", [b"0", b"6"]), (b"GNU.sparse.numbytes", [b"3"]),
        (b"GNU.sparse.numblocks", [b"1"]), (b"GNU.sparse.major", [b"1", b"0", b"2"]),
        (b"GNU.sparse.minor", [b"0", b"1"]), (b"SCHILY.realsize", [b"3", b"9"]),
        (b"SUN.holesdata", [b" 0 3", b" 0 1 2"]), (b"hdrcharset", [b"BINARY"]),
        (b"SCHILY.devmajor", [b"5", b"9"]), (b"SCHILY.devminor", [b"6", b"8"])]
    form = dice.random()
    if form < 0.15:  # GNU tar's own
        size = dice.choice([b"3", b"9"])
        return dice.choice([
            [(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"),
             (b"GNU.sparse.name", b"holes"), (b"GNU.sparse.realsize", size)],
            [(b"GNU.sparse.size", size), (b"GNU.sparse.numblocks", b"1"),
             (b"GNU.sparse.name", b"holes"), (b"GNU.sparse.map", dice.choice([b"0,3", b"6,3"]))],
            [(b"GNU.sparse.size", size), (b"GNU.sparse.numblocks", b"1"),
             (b"GNU.sparse.offset", dice.choice([b"0", b"6"])), (b"GNU.sparse.numbytes", b"3")],
            [(b"GNU.sparse.size", size), (b"GNU.sparse.numblocks", b"2")] + [
                (b"GNU.sparse." + one_of(dice, key, b"offset", often=0.9), one_of(
                    dice, value, b"1", b"9", b"+1", b"0,1", b"", often=0.9))
                for key, value in ((b"offset", b"0"), (b"numbytes", b"1"),
                                   (b"offset", b"4"), (b"numbytes", b"2"))]])
    weights = [6, 3, 1, 3, 1, 1, 1, 2] + [1] * 14
    return [(key, dice.choice(values))
            for key, values in dice.choices(keys, weights, k=dice.choice([1, 1, 2, 3]))]


def extension(dice):
    kind = dice.choices(b"xgLKXVA", [10, 3, 4, 3, 1, 1, 1])[0:1]
    kind = bytes(kind)
    if kind in b"xgX":
        body = b"".join(record(*one) for one in records(dice))
        if dice.random() < 0.03:
            body = dice.choice([body[:-1], body + b"\0", body.replace(b"=", b" "), body[1:]])
    elif kind == b"V":
        return header(dice, b"label", kind, 0)
    else:
        body = dice.choice(NAMES + [b"long/" + b"m" * 300]) + one_of(dice, b"\0", b"", b"\0tail")
    return header(dice, b"extension", kind, len(body)) + padded(body)


def member(dice, index):
    kind = bytes([dice.choices(b"05120\0S7DZ346", [30, 10, 8, 5, 30, 5, 3, 1, 1, 1, 1, 1, 1])[0]])
    bare = kind in b"123456D"
    content = b"" if bare else dice.choice([b"", b"abc", b"x" * 600])
    name = b"m%d" % index if dice.random() < 0.6 else dice.choice(NAMES)
    link = dice.choice([b"first", b"../up", b"/first", b"none", b""]) if kind in b"12" else b""
    before = b"".join(extension(dice) for _ in range(dice.choice([0, 0, 1, 1, 2])))
    if b"GNU.sparse.major=1" in before and dice.random() < 0.9:  # the map in front of the content
        content = padded(one_of(dice, b"1\n0\n3\n", b"2\n0\n1\n1\n2\n", b"2\n0\n2\n1\n1\n",
                                b"1\n0\n2\n", b"1\n0\n4\n")) + b"abc"
    elif b"GNU.sparse" in before:
        content = b"abc"
    size = len(content) if dice.random() < 0.97 else dice.choice([0, 3, 700])
    return before + header(dice, name, kind, size, link) + padded(content)


def make_tar(seed):
    dice = random.Random(seed)
    calm = random.Random(0)
    calm.random = lambda: 0.5  # a sound member in front
    tar = header(calm, b"first", b"0", 5) + padded(b"first")
    for index in range(dice.choice([1, 1, 2, 3])):
        tar += member(dice, index)
    return tar + one_of(dice, b"\0" * 2 * BLOCK, b"", b"\0" * BLOCK, b"\0" * 3 * BLOCK)


def make(directory, count, seed):
    os.makedirs(directory + "/tars")
    blobs = directory + "/layout/blobs/sha256"
    os.makedirs(blobs)

    def put(media_type, content):
        digest = hashlib.sha256(content).hexdigest()
        with open(f"{blobs}/{digest}", "wb") as file:
            file.write(content)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content)}

    def put_json(media_type, document):
        return put(media_type, json.dumps(document).encode())

    oci = "application/vnd.oci.image."
    manifests = []
    for index in range(count):
        tar = make_tar(seed * 1_000_003 + index)
        with open(f"{directory}/tars/t{index}", "wb") as file:
            file.write(tar)
        layer = put(oci + "layer.v1.tar", tar)
        config = put_json(oci + "config.v1+json", {
            "os": "linux", "architecture": "amd64", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}})
        manifest = put_json(oci + "manifest.v1+json", {
            "schemaVersion": 2, "mediaType": oci + "manifest.v1+json", "config": config,
            "layers": [layer], "annotations": {"index": str(index)}})
        manifest["annotations"] = {"org.opencontainers.image.ref.name": f"t{index}"}
        manifests.append(manifest)
    with open(directory + "/layout/index.json", "w", encoding="utf-8") as file:
        json.dump({"schemaVersion": 2, "mediaType": oci + "index.v1+json",
                   "manifests": manifests}, file)
    with open(directory + "/layout/oci-layout", "w", encoding="utf-8") as file:
        file.write('{"imageLayoutVersion": "1.0.0"}')


KINDS = {"0": "file", "\0": "file", "1": "file", "2": "symlink", "3": "characterDevice",
         "4": "blockDevice", "5": "directory", "6": "fifo"}


def go_tree(entries):
    """What an engine makes of entries that Go read, by path; a text for what it would refuse."""
    tree = {}
    for entry in entries:
        if entry["Type"] == "g":
            continue
        if entry["Type"] not in KINDS:
            return f"type {entry['Type']!r}"
        if ".." in entry["Name"].split("/"):
            return f"the name {entry['Name']!r}"
        path = posixpath.normpath("/" + entry["Name"])
        path = "/" + path.lstrip("/")
        if posixpath.basename(path).startswith(".wh."):
            tree.setdefault(".wh.", []).append(path)
            continue
        node = {"kind": KINDS[entry["Type"]], "mode": entry["Mode"] & 0o7777, "uid": entry["UID"],
                "gid": entry["GID"], "mtime": entry["Modified"]}
        if node["kind"] == "file":
            node["sha256"] = entry["Sha256"]
        if node["kind"] == "symlink":
            if not entry["Link"]:
                return "a link to nothing"
            node["target"] = entry["Link"]
        if node["kind"].endswith("Device"):
            node["device"] = f"{entry['Major']},{entry['Minor']}"
        if entry["Type"] == "1":
            if ".." in entry["Link"].split("/"):
                return f"the link to {entry['Link']!r}"
            there = "/" + posixpath.normpath("/" + entry["Link"]).lstrip("/")
            if there not in tree:
                return f"the link to {entry['Link']!r}, which is not there"
            node = tree[there]
        tree[path] = node
    return tree


def our_tree(document):
    tree = {}
    for one in document["files"]:
        node = {"kind": one["kind"], "mode": int(one["mode"], 8), "uid": one["uid"],
                "gid": one["gid"]}
        if "mtime" in one:
            node["mtime"] = one["mtime"]
        if "digest" in one:
            node["sha256"] = one["digest"].removeprefix("sha256:")
        for key in ("target", "device"):
            if key in one:
                node[key] = one[key]
        tree[one["path"]] = node
    return tree


def seconds(text):
    import datetime
    whole = text.split(".")[0].rstrip("Z")
    time = datetime.datetime.fromisoformat(whole + "+00:00")
    return int(time.timestamp())


def difference(go, ours):
    whiteouts = go.pop(".wh.", [])
    for path in whiteouts:
        if path in ours:
            return f"{path} is a file to us"
    for path, node in go.items():
        found = ours.get(path)
        if found is None:
            return f"{path} is missing"
        for key, value in node.items():
            if key == "mtime":
                if "mtime" in found and seconds(found["mtime"]) != value:
                    return f"{path}: mtime {value} to Go, {found['mtime']} to us"
            elif found.get(key) != value:
                return f"{path}: {key} {value!r} to Go, {found.get(key)!r} to us"
    for path in ours:
        if path not in go and not (ours[path]["kind"] == "directory" and (
                path == "/" or any(other.startswith(path + "/") for other in list(go) + whiteouts))):
            return f"{path} is not there to Go"
    return None


def compare(directory, ocimux):
    layout = directory + "/layout"
    verify = subprocess.run([ocimux, "verify", "--json", layout], stdout=subprocess.PIPE,
                            check=False)
    if verify.returncode != 3:
        raise SystemExit(f"expected verify to find something wrong, found exit {verify.returncode}")
    findings = json.loads(verify.stdout)["inputs"][0]["findings"]
    # What is wrong with a layer is told once, at the first image that has it.
    refused = {one["digest"] for one in findings if one["severity"] == "error"}
    if any(one["code"] == "limit-exceeded" for one in findings):
        raise SystemExit("expected all findings, found fewer")
    with open(directory + "/go.jsonl", encoding="utf-8") as file:
        listings = [json.loads(line) for line in file]
    passed = wrong = 0
    for index, listing in enumerate(listings):
        with open(f"{directory}/tars/t{index}", "rb") as file:
            if "sha256:" + hashlib.sha256(file.read()).hexdigest() in refused:
                continue
        passed += 1
        files = subprocess.run([ocimux, "files", "--json", f"{layout}:t{index}"],
                               stdout=subprocess.PIPE, check=False)
        go = listing["Error"] or go_tree(listing["Entries"] or [])
        if isinstance(go, str):
            what = go
        elif files.returncode:
            what = "ocimux files refuses it"
        else:
            what = difference(go, our_tree(json.loads(files.stdout)))
        if what:
            wrong += 1
            print(f"tars/t{index}: passed by verify, but: {what}")
    read = sum(not one["Error"] for one in listings)
    print(f"{len(listings)} tars: {read} that Go reads, {passed} passed by verify, {wrong} of these wrong")
    if wrong or passed < len(listings) // 10:
        raise SystemExit(1)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        compare(sys.argv[2], sys.argv[3])
