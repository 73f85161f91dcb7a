"""What a folder holds, as a dictionary, and whether that is a sound layout. Shares no code with ocimux.

A tree maps each path below a folder to the bytes of a file, or to None for a folder.
"""
import functools
import hashlib
import json
import os
import pathlib

TEMPORARY = ".ocimux-"


def read_tree(folder):
    tree = {}
    for path, folders, files in os.walk(folder):
        below = os.path.relpath(path, folder)
        for name in folders:
            tree[os.path.normpath(os.path.join(below, name))] = None
        for name in files:
            tree[os.path.normpath(os.path.join(below, name))] = pathlib.Path(path, name).read_bytes()
    return tree


def write_tree(folder, tree):
    os.makedirs(folder, exist_ok=True)
    for path in sorted(tree):
        if tree[path] is None:
            os.makedirs(os.path.join(folder, path), exist_ok=True)
    for path, content in tree.items():
        if content is not None:
            pathlib.Path(folder, path).write_bytes(content)


def below(tree, folder):
    """The part of a tree in one of its folders; None when there is no such folder."""
    if folder not in tree or tree[folder] is not None:
        return None
    start = folder + "/"
    return {path[len(start):]: content for path, content in tree.items() if path.startswith(start)}


def temporary(tree):
    return sorted(path for path in tree if TEMPORARY in path)


@functools.lru_cache(maxsize=None)
def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


@functools.lru_cache(maxsize=None)
def parse(content):
    return json.loads(content.decode())


def named_by(document):
    """The descriptors in a manifest or an index."""
    found = document.get("manifests", []) + document.get("layers", []) + document.get("blobs", [])
    return found + [document[key] for key in ("config", "subject") if key in document]


def findings(layout, loose=()):
    """What is wrong with a layout: every blob that is there, and all that index.json reaches.

    loose are paths of blobs that may have any content while nothing names them.
    """
    wrong = []
    try:
        version = parse(layout["oci-layout"])
        todo = named_by(parse(layout["index.json"]))
    except (KeyError, ValueError) as error:
        return [f"oci-layout or index.json: {error!r}"]
    if version != {"imageLayoutVersion": "1.0.0"}:
        wrong.append(f"oci-layout: {version}")
    seen = set()
    while todo:
        descriptor = todo.pop()
        digest = descriptor["digest"]
        if digest in seen:
            continue
        seen.add(digest)
        content = layout.get("blobs/" + digest.replace(":", "/"))
        if content is None:
            wrong.append(f"{digest} is missing")
        elif digest_of(content) != digest or len(content) != descriptor["size"]:
            wrong.append(f"{digest} has other content")
        elif "index" in descriptor["mediaType"] or "manifest" in descriptor["mediaType"]:
            todo += named_by(parse(content))
    for path, content in layout.items():
        if path.startswith("blobs/") and content is not None and path not in loose:
            if digest_of(content) != path[len("blobs/"):].replace("/", ":"):
                wrong.append(f"{path} has other content")
    return wrong


def blobs_in(layout):
    return {path for path, content in layout.items() if path.startswith("blobs/") and content is not None}
