"""Pushes that are compared: each run has a registry of its own, which $REGISTRY names."""
import dataclasses
import functools
import json

import servers
from jobs import Job, Row, quoted, shell

CONNECTIONS = 16  # ocimux's default
TO = '"$REGISTRY/app/app:main"'
# The registry says where to send a blob to, with a query of its own.
SEND_BLOB = """
at=$(curl -sS -f -X POST -D - -o /dev/null "http://$REGISTRY/v2/app/app/blobs/uploads/" |
  sed -n 's/^location: //Ip' | tr -d '\\r')
exec curl -sS -f -o /dev/null -H Expect: -T "$1" "$at&digest=sha256:${1##*/}"
"""


def documents(layout):
    """The manifests and indexes of a layout, and whether the rest are its blobs."""
    kinds = {True: [], False: []}
    for path in sorted((layout / "blobs/sha256").iterdir()):
        value = {}
        if path.stat().st_size < 1 << 20:
            try:
                value = json.loads(path.read_bytes())
            except ValueError:
                pass  # a layer
        kinds[bool({"layers", "manifests"} & value.keys())].append(path)
    return kinds[True], kinds[False]


def ocimux(layout, *options, label="ocimux"):
    return Row("ocimux", label, shell(f"exec ocimux push -q {quoted(layout, *options)} {TO}"))


def crane(layout):
    return Row("crane", "crane push", shell(f"exec crane push {quoted(layout)} {TO}"))


def regctl(layout):
    return Row("regctl", "regctl image copy",
               shell('exec regctl image copy --host "reg=$REGISTRY,tls=disabled" '
                     f"ocidir://{quoted(layout)}:main {TO}"))


def skopeo(layout):
    return Row("skopeo", "skopeo copy --all",
               shell('exec skopeo --tmpdir "$TMPDIR" copy -q --all --preserve-digests '
                     f"--dest-tls-verify=false oci:{quoted(layout)}:main docker://{TO}"))


def curl(layout):
    _, blobs = documents(layout)
    largest_first = sorted(blobs, key=lambda path: -path.stat().st_size)
    return Row("curl", "curl -T, in parallel",
               shell(f"printf '%s\\n' {quoted(*largest_first)} | xargs -P {CONNECTIONS} -I '{{}}' "
                     f"bash -euo pipefail -c {quoted(SEND_BLOB)} - '{{}}'"),
               "blobs only; hashes and checks nothing")


def peers(layout):
    return [crane(layout), regctl(layout), skopeo(layout)]


def with_registry(rows, delay=0):
    for row in rows:
        row.servers = functools.partial(servers.registry, delay=delay)
        row.left_out = row.left_out or servers.missing()
    return rows


def push_job(layout):
    return Job("push", "Push of three platforms to an empty registry", [layout],
               with_registry([ocimux(layout), *peers(layout), curl(layout)]))


def latency_job(layout):
    return Job("push-latency", "Push of five platforms with eight layers each, 50 ms a round trip",
               [layout], with_registry([ocimux(layout), *peers(layout)], delay=50))


def again_job(layout):
    """The same once more, which is what is measured."""
    rows = [dataclasses.replace(row, before=row.command)
            for row in (ocimux(layout), *peers(layout))]
    tags = 1
    return Job("push-again", "Push of what the registry has, 50 ms a round trip", [layout],
               with_registry(rows, delay=50), least_requests=len(documents(layout)[0]) + tags)


def large_job(layout):
    size = sum(path.stat().st_size for path in documents(layout)[1])
    return Job("push-large", f"Push of a blob of {size / 1e9:.1f} GB", [layout],
               with_registry([ocimux(layout), ocimux(layout, "--chunk-size", "64M",
                                                     label="ocimux, in parts"), *peers(layout)]))


def all_jobs(inputs):
    return [push_job(inputs / "push.oci"), latency_job(inputs / "push-latency.oci"),
            again_job(inputs / "push-latency.oci"), large_job(inputs / "push-large.oci")]
