#!/usr/bin/env python3
"""Says whether whatever a registry's tags name is there. Shares no code with ocimux.

usage: check_registry.py HOST:PORT [REPOSITORY...]    exit status 1, and the findings, if something is not

Every tag of these repositories (default: all of its catalog) is followed, down to the last blob: manifests must have the digest they
are asked by, blobs the size that their descriptor says. Layers that are somewhere else (foreign ones,
with URLs) may be missing.
"""
import hashlib
import http.client
import json
import sys

ACCEPT = ", ".join(("application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
                    "application/vnd.docker.distribution.manifest.list.v2+json",
                    "application/vnd.docker.distribution.manifest.v2+json"))


class Registry:
    def __init__(self, host):
        self.connection = http.client.HTTPConnection(host, timeout=30)
        self.findings = []
        self.seen = set()
        self.tags = 0

    def ask(self, method, path):
        self.connection.request(method, path, headers={"Accept": ACCEPT})
        answer = self.connection.getresponse()
        return answer, answer.read()

    def check_blob(self, repository, descriptor, what):
        answer, _ = self.ask("HEAD", f"/v2/{repository}/blobs/{descriptor['digest']}")
        if answer.status != 200:
            if not descriptor.get("urls"):
                self.findings.append(f"{what}: blob {descriptor['digest']} is missing")
        elif int(answer.headers["Content-Length"]) != descriptor["size"]:
            self.findings.append(f"{what}: blob {descriptor['digest']} has {answer.headers['Content-Length']} bytes")

    def check_document(self, repository, reference, what):
        if (repository, reference) in self.seen:
            return
        self.seen.add((repository, reference))
        answer, text = self.ask("GET", f"/v2/{repository}/manifests/{reference}")
        if answer.status != 200:
            self.findings.append(f"{what}: manifest {reference} is missing")
            return
        digest = "sha256:" + hashlib.sha256(text).hexdigest()
        if reference.startswith("sha256:") and reference != digest:
            self.findings.append(f"{what}: {reference} has the digest {digest}")
        document = json.loads(text)
        for child in document.get("manifests", []):
            self.check_document(repository, child["digest"], f"{what}: {digest}")
        for blob in [document[key] for key in ("config",) if key in document] + document.get("layers", []):
            self.check_blob(repository, blob, f"{what}: {digest}")

    def catalog(self):
        return json.loads(self.ask("GET", "/v2/_catalog?n=1000")[1])["repositories"] or []

    def check(self, repositories):
        for repository in repositories:
            answer, text = self.ask("GET", f"/v2/{repository}/tags/list")
            for tag in (json.loads(text).get("tags") or []) if answer.status == 200 else []:
                self.tags += 1
                self.check_document(repository, tag, f"{repository}:{tag}")


registry = Registry(sys.argv[1])
registry.check(sys.argv[2:] or registry.catalog())
for finding in registry.findings:
    print(finding)
sys.exit(1 if registry.findings else 0)
