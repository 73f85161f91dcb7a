#!/usr/bin/env python3
"""Eight processes at a time merge into and edit one layout, other tags and the same ones, and garbage is
collected all the while: whatever said that it succeeded is there in the end. With --kill some are
killed anywhere: what they were at is there or not, all else is.

usage: writers.py [--rounds N] [--kill]
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import signal
import sys
import tempfile
import threading
import time

import scenarios
import trees

WRITERS = 8
TAG = "org.opencontainers.image.ref.name"


class Writer:
    """Works on tags of its own and on one that all share, and keeps what must be there in the end."""

    def __init__(self, folder, number, kill):
        self.folder, self.number, self.kill = folder, number, kill
        self.chance = random.Random(number)
        self.tags = {}       # tag: digest; None: must not be there
        self.unsure = set()  # tags whose last command was killed
        self.shared = []     # annotations of the shared tag
        self.commands = self.kills = self.again = 0

    def run(self, *arguments):
        """What it printed; None when it was killed."""
        while True:
            self.commands += 1
            faults = {"kill": self.chance.randint(1, 80)} if self.kill and self.chance.random() < 0.3 else {}
            result = scenarios.run(self.folder, arguments, **faults)
            if result.returncode == -signal.SIGKILL and faults:
                self.kills += 1
                return None
            if result.returncode == 0:
                return result.stdout.split()
            # A blob that it relied on was garbage, and has been collected.
            if "run the command again" not in result.stderr:
                raise AssertionError(f"{' '.join(arguments)}: {result.returncode}: {result.stderr}")
            self.again += 1

    def name(self, tag, digest, *arguments):
        """Runs a command that gives the tag a digest: the last thing it prints, where none is given."""
        printed = self.run(*arguments)
        if printed is None:
            self.unsure.add(tag)
            return False
        self.tags[tag] = digest or (printed[-1] if digest is None else None)
        self.unsure.discard(tag)
        return True

    def round(self, number):
        self.round_of_garbage(f"same-{self.number}")
        own = f"w{self.number}-{number}"
        change = f"ENV WRITER={own}"
        if self.name(own, None, "merge", scenarios.ARM, scenarios.S390X, "-c", change, "-t", own, "-o", "out"):
            self.name(own + "-too", self.tags[own], "tag", f"out:{own}", own + "-too")
            self.name(own, None, "annotate", f"out:{own}", "--annotation", f"writer={own}")
            if number % 2:
                self.name(own, "", "untag", f"out:{own}")
        annotation = f"by-{own}"
        if self.run("annotate", "out:shared", "--annotation", f"{annotation}=yes") is not None:
            self.shared.append(annotation)

    def round_of_garbage(self, tag):
        """What has become garbage is relied on again, while it may be collected."""
        merge = ["merge", scenarios.ARM, "-c", f"ENV SAME={tag}", "-t", tag, "-o", "out", "--replace"]
        if self.name(tag, None, *merge) and self.name(tag, "", "untag", f"out:{tag}"):
            self.name(tag, None, *merge)

    def wrong(self, entries, shared):
        for tag in self.tags.keys() - self.unsure:
            if entries.get(tag) != self.tags[tag]:
                yield f"{tag}: expected {self.tags[tag]}, found {entries.get(tag)}"
        for annotation in self.shared:
            if annotation not in shared:
                yield f"shared: {annotation} is lost"


def collect(folder, done, seen):
    """Collects garbage, and looks at index.json as any reader does."""
    while not done.is_set():
        scenarios.expect_success(scenarios.run(folder, ["gc", "out"]))
        trees.parse((folder / "out" / "index.json").read_bytes())
        seen.append(None)


def all_wrong(layout, writers):
    entries = {entry["annotations"][TAG]: entry["digest"]
               for entry in trees.parse(layout["index.json"])["manifests"]}
    shared = trees.parse(layout["blobs/" + entries["shared"].replace(":", "/")]).get("annotations", {})
    wrong = trees.findings(layout)
    for writer in writers:
        wrong += writer.wrong(entries, shared)
    wrong += [f"{path} is left" for path in trees.temporary(layout)]
    return wrong + [f"{path} is garbage, and still there" for path in trees.blobs_in(layout) - trees.reached(layout)]


def work(folder, rounds, kill):
    scenarios.make_inputs(folder)
    scenarios.expect_success(scenarios.run(folder, ["merge", scenarios.AMD, "-t", "shared", "-o", "out"]))
    writers = [Writer(folder, number, kill) for number in range(WRITERS)]
    done, seen = threading.Event(), []
    with concurrent.futures.ThreadPoolExecutor(WRITERS + 1) as pool:
        collecting = pool.submit(collect, folder, done, seen)
        try:
            for each in [pool.submit(lambda w=writer: [w.round(n) for n in range(rounds)]) for writer in writers]:
                each.result()
        finally:
            done.set()
        collecting.result()
    scenarios.expect_success(scenarios.run(folder, ["gc", "out"]))
    wrong = all_wrong(trees.read_tree(folder / "out"), writers)
    print(f"{sum(w.commands for w in writers)} commands, {len(seen)} collections of garbage, "
          f"{sum(w.kills for w in writers)} killed, {sum(w.again for w in writers)} run again, {len(wrong)} wrong")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--kill", action="store_true")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ocimux-writers.", dir=scenarios.memory()) as folder:
        wrong = work(pathlib.Path(folder), options.rounds, options.kill)
    for text in wrong[:20]:
        print(text)
    print(f"{time.monotonic() - started:.1f} s")
    sys.exit(1 if wrong else 0)


main()
