#!/usr/bin/env python3
"""Compares ocimux with its peers: the same work, in one run, all tools in turn.

usage: compare.py --inputs DIR --work DIR --programs DIR --results DIR [--runs N] [JOB...]

JOB is gzip, zstd, copy, many, inspect, verify, push, push-latency, push-again or push-large; without
one, all. --programs is where ocimux and
ocimux_bound are. Writes results.json and results.md, and ends with 1 when a tool has failed.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys

import jobs
import measure
import push_jobs
import report
import verify_jobs


def say(text):
    print(text, file=sys.stderr, flush=True)


def warm(files):
    """All of them are read from memory, also by the first that runs."""
    for file in files:
        for name in measure.files_below(file):
            with open(name, "rb", buffering=0) as opened:
                while opened.read(1 << 20):
                    pass


def result_of(row, runs, bounds):
    median = statistics.median
    result = {"tool": row.tool, "label": row.label, "note": row.note,
              "missing": row.left_out or next((run.failure for run in runs if run.failure), ""),
              "failed": any(run.failure for run in runs)}
    if not result["missing"]:
        result.update(wall=median(run.wall for run in runs), cpu=median(run.cpu for run in runs),
                      memory=max(run.memory for run in runs), bytes=runs[-1].bytes,
                      requests=max(run.requests for run in runs),
                      walls=[round(run.wall, 4) for run in runs])
        if bounds:
            result["bound"] = {part: median(bound[part] for bound in bounds)
                               for part in bounds[0]}
    return result


def compare(job, bench, count):
    say(f"{job.title}: {count} runs of {len(job.rows)}")
    runs = {row.label: [] for row in job.rows}
    bounds = {row.label: [] for row in job.rows}
    for row in job.rows:
        if not row.left_out and not shutil.which(row.tool, path=bench.environment()["PATH"]):
            row.left_out = "not installed"
    warm(job.inputs)
    for _ in range(count):
        for row in job.rows:
            if row.left_out or any(run.failure for run in runs[row.label]):
                continue
            runs[row.label].append(bench.run(row))
            last = runs[row.label][-1]
            say(f"  {row.label}: {last.failure or f'{last.wall:.2f} s'}")
            # The parts cost much the same each time; half of the rounds' time is enough for them.
            if row.bound and not last.failure and len(bounds[row.label]) < 2:
                bounds[row.label].append(bench.bound(*row.bound))
    results = [result_of(row, runs[row.label], bounds[row.label]) for row in job.rows]
    if job.least_requests:
        for result in results:
            if not result["missing"]:
                result["requests_to_least"] = result["requests"] / job.least_requests
    every = [run for some in runs.values() for run in some]
    return {"name": job.name, "title": job.title, "rows": results,
            "others": sum(run.others for run in every) / max(sum(run.wall for run in every), 1e-9)}


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.split("\n")[0]
    except (OSError, subprocess.CalledProcessError):
        return "missing"


def machine(cores):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), platform.machine())
    return {"processor": model, "cores": cores, "kernel": platform.release(),
            "tools": [first_line(*command) for command in (
                ("ocimux", "--version"), ("umoci", "--version"), ("skopeo", "--version"),
                ("buildah", "--version"), ("curl", "--version"),
                ("docker-registry", "--version"))] +
            ["crane " + first_line("crane", "version"),
             "regctl " + first_line("regctl", "version", "--format", "{{.VCSTag}}")]}


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    for name in ("inputs", "work", "programs", "results"):
        options.add_argument(f"--{name}", required=True, type=pathlib.Path)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("jobs", nargs="*")
    given = options.parse_args()
    os.environ["PATH"] = f"{given.programs.resolve()}:{os.environ['PATH']}"

    if given.runs < 1:
        options.error("--runs must be 1 or more")

    inputs = given.inputs.resolve()
    every = [*jobs.all_jobs(inputs), *verify_jobs.all_jobs(inputs), *push_jobs.all_jobs(inputs)]
    kinds = {job.kind for job in every}
    if unknown := set(given.jobs) - kinds:
        options.error(f"no such job: {' '.join(sorted(unknown))}")
    wanted = [job for job in every if not given.jobs or job.kind in given.jobs]

    bench = measure.Bench(given.work, given.programs.resolve())
    cores = len(os.sched_getaffinity(0))
    try:
        compared = [compare(job, bench, given.runs) for job in wanted]
        results = {"machine": machine(cores), "runs": given.runs, "jobs": compared}
    finally:
        bench.remove()

    given.results.mkdir(parents=True, exist_ok=True)
    (given.results / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    text = report.markdown(results)
    (given.results / "results.md").write_text(text)
    print(text)
    failed = [f"{job['name']}: {row['label']}: {row['missing']}"
              for job in results["jobs"] for row in job["rows"] if row["failed"]]
    for failure in failed:
        say(f"bench: FAILED: {failure}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
