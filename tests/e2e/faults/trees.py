"""What a folder holds, as a dictionary, and whether that is a sound layout. Shares no code with ocimux.

A tree maps each path below a folder to the bytes of a file, or to None for a folder.
"""
import functools
import hashlib
import json
import os
import pathlib
import re

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


def reached(layout):
    """The paths of all blobs that index.json reaches, whether they are there or not."""
    return {path_of(descriptor) for descriptor in descriptors_in(layout)}


def path_of(descriptor):
    return "blobs/" + descriptor["digest"].replace(":", "/")


def descriptors_in(layout):
    """All that index.json reaches."""
    todo, seen = named_by(parse(layout["index.json"])), set()
    while todo:
        descriptor = todo.pop()
        if descriptor["digest"] in seen:
            continue
        seen.add(descriptor["digest"])
        yield descriptor
        content = layout.get(path_of(descriptor))
        if content is not None and re.search("index|manifest", descriptor["mediaType"]):
            try:
                todo += named_by(parse(content))
            except ValueError:
                continue  # its digest is wrong, too


def findings(layout, loose=()):
    """What is wrong with a layout: every blob that is there, and all that index.json reaches.

    loose are paths of blobs that may have any content while nothing names them.
    """
    wrong = []
    try:
        version = parse(layout["oci-layout"])
        descriptors = list(descriptors_in(layout))
    except (KeyError, ValueError) as error:
        return [f"oci-layout or index.json: {error!r}"]
    if version != {"imageLayoutVersion": "1.0.0"}:
        wrong.append(f"oci-layout: {version}")
    for descriptor in descriptors:
        content = layout.get(path_of(descriptor))
        if content is None:
            wrong.append(f"{descriptor['digest']} is missing")
        elif digest_of(content) != descriptor["digest"] or len(content) != descriptor["size"]:
            wrong.append(f"{descriptor['digest']} has other content")
    for path in blobs_in(layout).difference(loose):
        if digest_of(layout[path]) != path[len("blobs/"):].replace("/", ":"):
            wrong.append(f"{path} has other content")
    return wrong


def blobs_in(layout):
    return {path for path, content in layout.items() if path.startswith("blobs/") and content is not None}
