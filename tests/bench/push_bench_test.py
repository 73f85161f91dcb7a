#!/usr/bin/env python3
"""Not to measure, but so that the pushes of compare.py cannot rot: each once, with small images.

usage: push_bench_test.py PROGRAMS SCRATCH     (exit status 77: there is no registry to push to)
"""
import os
import pathlib
import shutil
import sys

import compare
import make_images
import measure
import push_jobs
import report
import servers


def main(arguments):
    programs, scratch = map(pathlib.Path, arguments)
    if why := servers.missing():
        print(why)
        return 77
    os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"
    shutil.rmtree(scratch, ignore_errors=True)
    inputs = scratch / "inputs"
    for name in ("push.oci", "push-latency.oci"):
        make_images.index(2, inputs / name)
    make_images.large(10**6, inputs / "push-large.oci")

    bench = measure.Bench(scratch / "work", programs)
    empty, *others = push_jobs.all_jobs(inputs)
    for job in others:  # the peers' command lines are the same, and slow far away
        job.rows = [row for row in job.rows if row.tool == "ocimux"]
    done = [compare.compare(job, bench, 1) for job in (empty, *others)]
    text = report.markdown({"machine": compare.machine(1), "runs": 1, "jobs": done})
    print(text)
    ours = [row for job in done for row in job["rows"] if row["tool"] == "ocimux"]
    failed = [row for job in done for row in job["rows"] if row["failed"]]
    untold = [row for row in ours if not (row.get("requests") and row.get("bytes"))]
    return 1 if failed or untold or "push again: requests" not in text else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
