#!/usr/bin/env python3
"""Says whether an OCI layout that merge wrote is sound. Shares no code with ocimux.

usage: check_layout.py LAYOUT           exit status 1, and the findings, if it is not
       check_layout.py --list LAYOUT    the digests of manifests, configs and layers

Checked: every digest and size, every DiffID, media types, that index, descriptor
and config agree about the platform, the shape of index.json, that nothing is
missing and nothing is left over.
"""
import hashlib
import json
import pathlib
import re
import subprocess
import sys

INDEX = ("application/vnd.oci.image.index.v1+json",
         "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFEST = ("application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json")
CONFIG = ("application/vnd.oci.image.config.v1+json",
          "application/vnd.docker.container.image.v1+json")
UNPACK = {b"\x1f\x8b": ["gzip", "-dc"], b"\x28\xb5": ["zstd", "-dcq"]}
REF_NAME = "org.opencontainers.image.ref.name"
FULL_NAME = "io.containerd.image.name"


class Layout:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.findings = []
        self.seen = {}
        self.children = []

    def finding(self, text):
        if text not in self.findings:
            self.findings.append(text)

    def expect(self, condition, text):
        if not condition:
            self.finding(text)
        return condition

    def blob(self, descriptor, what):
        digest = descriptor["digest"]
        if not self.expect(re.fullmatch("sha256:[0-9a-f]{64}", digest), f"{what}: odd digest {digest}"):
            return None
        path = self.path / "blobs" / "sha256" / digest[7:]
        if not self.expect(path.is_file() and not path.is_symlink(), f"{what}: {digest} is missing"):
            return None
        self.expect(path.stat().st_size == descriptor["size"],
                    f"{what}: {digest} has {path.stat().st_size} bytes, its descriptor says {descriptor['size']}")
        self.seen[digest] = what
        return path

    def load(self, descriptor, what):
        path = self.blob(descriptor, what)
        if path is None:
            return None
        if self.expect(path.stat().st_size <= 4 << 20, f"{what}: longer than 4 MiB"):
            return self.parse(path.read_bytes(), what)
        return None

    def parse(self, data, what):
        def once(pairs):
            names = [name for name, _ in pairs]
            self.expect(len(names) == len(set(names)), f"{what}: a name comes twice")
            return dict(pairs)
        try:
            return json.loads(data.decode(), object_pairs_hook=once)
        except ValueError as error:
            self.finding(f"{what}: {error}")
            return None

    def diff_id(self, path):
        with path.open("rb", buffering=0) as file:
            magic = file.read(2)
            file.seek(0)
            command = UNPACK.get(magic, ["cat"])
            with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE) as process:
                hasher = hashlib.sha256()
                while data := process.stdout.read(1 << 20):
                    hasher.update(data)
            self.expect(process.returncode == 0, f"{path.name}: {command[0]} cannot unpack it")
        return "sha256:" + hasher.hexdigest()

    def check_manifest(self, descriptor, what):
        manifest = self.load(descriptor, what)
        if not manifest:
            return
        attestation = descriptor.get("annotations", {}).get("vnd.docker.reference.type")
        self.expect(manifest.get("schemaVersion") == 2, f"{what}: schemaVersion")
        self.expect(manifest.get("mediaType", descriptor["mediaType"]) == descriptor["mediaType"],
                    f"{what}: {manifest.get('mediaType')} is described as {descriptor['mediaType']}")
        self.expect("manifests" not in manifest, f"{what}: is both manifest and index")
        config = self.load(manifest["config"], f"{what}: config")
        layers = [(layer, self.blob(layer, f"{what}: layer")) for layer in manifest["layers"]]
        if attestation or config is None:
            return
        self.expect(manifest["config"]["mediaType"] in CONFIG, f"{what}: config is a {manifest['config']['mediaType']}")
        docker = [".docker." in d["mediaType"] for d in (descriptor, manifest["config"], *manifest["layers"])]
        self.expect(all(docker) or not any(docker), f"{what}: Docker and OCI media types in one image")

        self.expect(config["rootfs"]["type"] == "layers", f"{what}: rootfs.type")
        diff_ids = config["rootfs"]["diff_ids"]
        self.expect(len(diff_ids) == len(layers), f"{what}: {len(layers)} layers, {len(diff_ids)} DiffIDs")
        if "history" in config:
            made = sum(not entry.get("empty_layer") for entry in config["history"])
            self.expect(made == len(layers), f"{what}: history tells of {made} layers, there are {len(layers)}")
        for (layer, path), diff_id in zip(layers, diff_ids):
            if path is None:
                continue
            self.expect(self.diff_id(path) == diff_id, f"{what}: {layer['digest']} is not DiffID {diff_id}")
            with path.open("rb") as file:
                magic = file.read(2)
            ending = {b"\x1f\x8b": r"tar[+.]gzip", b"\x28\xb5": r"tar[+.]zstd"}.get(magic, "tar")
            self.expect(re.search(rf"[./]{ending}$", layer["mediaType"]),
                        f"{what}: {layer['digest']} begins with {magic.hex()}, its media type is {layer['mediaType']}")

        said = descriptor.get("platform")
        if said is not None:
            for name in ("os", "architecture", "os.version", "variant"):
                one, other = said.get(name), config.get(name)
                # arm64 is v8 in other words; the others are facts of the config.
                if name == "variant" and (said["architecture"] == "arm64" or other is None):
                    continue
                if name == "os.version" and other is None:
                    continue
                self.expect(one == other, f"{what}: {name} is {one} in the index, {other} in the config")

    def check_index(self, descriptor, what):
        index = self.load(descriptor, what)
        if not index:
            return
        self.expect(index.get("schemaVersion") == 2, f"{what}: schemaVersion")
        self.expect(index.get("mediaType") == descriptor["mediaType"], f"{what}: mediaType {index.get('mediaType')}")
        self.expect("layers" not in index and "config" not in index, f"{what}: is both manifest and index")
        self.expect(index["manifests"], f"{what}: names no manifest")
        platforms, attestations = set(), False
        for number, child in enumerate(index["manifests"]):
            name = f"{what}: manifest {number}"
            self.expect(child["mediaType"] in MANIFEST, f"{name}: a {child['mediaType']} in a flat index")
            platform = child.get("platform")
            if child.get("annotations", {}).get("vnd.docker.reference.type"):
                attestations = True
                subject = child["annotations"]["vnd.docker.reference.digest"]
                self.expect(any(c["digest"] == subject for c in index["manifests"]), f"{name}: about {subject}, which is not here")
            elif self.expect(platform, f"{name}: has no platform"):
                self.expect(not attestations, f"{name}: stands behind an attestation")
                self.expect(set(platform) <= {"os", "architecture", "variant", "os.version", "os.features"}, f"{name}: {platform}")
                self.expect(all(platform.values()), f"{name}: an empty member in {platform}")
                key = json.dumps(platform, sort_keys=True)
                self.expect(key not in platforms, f"{name}: a second {key}")
                platforms.add(key)
            self.check_manifest(child, name)

    def check(self):
        version = self.parse((self.path / "oci-layout").read_bytes(), "oci-layout")
        self.expect(version and version.get("imageLayoutVersion") == "1.0.0", f"oci-layout: {version}")
        index = self.parse((self.path / "index.json").read_bytes(), "index.json")
        self.expect(index.get("schemaVersion") == 2, "index.json: schemaVersion")
        tags = []
        for entry in index["manifests"]:
            annotations = entry.get("annotations", {})
            tag = annotations.get(REF_NAME)
            if self.expect(tag, f"index.json: an entry has no {REF_NAME}"):
                tags.append(tag)
                full = annotations.get(FULL_NAME)
                self.expect(full is None or full.endswith(":" + tag), f"index.json: {full} is named {tag}")
            if entry["mediaType"] in INDEX:
                self.check_index(entry, tag or entry["digest"])
            elif self.expect(entry["mediaType"] in MANIFEST, f"index.json: {tag} is a {entry['mediaType']}"):
                self.check_manifest(entry, tag or entry["digest"])
        self.expect(len(tags) == len(set(tags)), "index.json: a tag comes twice")

        for path in sorted((self.path / "blobs").rglob("*")):
            name = path.relative_to(self.path)
            if path.is_dir():
                continue
            digest = ":".join(name.parts[1:])
            if not self.expect(len(name.parts) == 3, f"{name} does not belong into blobs"):
                continue
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            self.expect(path.name == content, f"{digest} has the content of sha256:{content}")
            self.expect(digest in self.seen, f"{digest} is left over: nothing points at it")
        # An empty file is a lock; anything else is a remainder.
        for path in self.path.iterdir():
            self.expect(path.name in ("oci-layout", "index.json", "blobs") or
                        (path.is_file() and path.stat().st_size == 0), f"{path.name} is left over")

    def list(self):
        """Whatever an image consists of, below an index.json of any depth."""
        def walk(descriptor):
            if descriptor["digest"] in self.seen:
                return
            document = self.load(descriptor, descriptor["digest"])
            if descriptor["mediaType"] in INDEX:
                for child in document["manifests"]:
                    walk(child)
                return
            for part in (descriptor, document["config"], *document["layers"]):
                self.seen[part["digest"]] = "listed"
        for entry in json.loads((self.path / "index.json").read_bytes())["manifests"]:
            walk(entry)
        for digest, what in self.seen.items():
            if what == "listed":
                print(digest)


def main():
    layout = Layout(sys.argv[-1])
    if sys.argv[1] == "--list":
        layout.list()
    else:
        layout.check()
    for finding in layout.findings:
        print(f"{layout.path}: {finding}")
    sys.exit(1 if layout.findings else 0)


main()
