#!/usr/bin/env python3
"""Each step of a command fails with EIO, EACCES and ENOSPC where it can, once, or from then on: the
command ends by itself, tells it in one clear line, leaves the output as before (or, for the last syncs,
as after), and what it could not clean up goes with the next run.

usage: fail.py [--every N] [SCENARIO...]
"""
import argparse
import errno
import os
import re
import shutil
import subprocess
import sys
import time

import scenarios
import trees

STATUS = {"EIO": {1}, "ENOSPC": {1}, "EACCES": {5}}
CLEANING = {"unlink", "rmdir"}  # a fault there may leave something for the next run
NEEDED = {"create", "mkdir", "write", "sync", "sync_all", "rename"}  # no command succeeds without


class Failing:
    def __init__(self, prepared):
        self.prepared = prepared
        self.survived = 0

    def faults(self):
        """Each step, with an error that it can end with, once or from then on."""
        return [(step, error, behind) for step in self.prepared.steps
                for error in step["errors"].split() for behind in ("", "+")]

    def check(self, fault):
        """Lets a step fail, and says what is wrong then."""
        step, error, behind = fault
        name = f"fail-{step['step']}-{error}{behind}"
        folder, log = self.prepared.copy(name), self.prepared.folder / f"{name}.log"
        try:
            result = scenarios.run(folder, self.prepared.scenario.command, log=log,
                                   fail=f"{step['step']}:{getattr(errno, error)}{behind}")
        except subprocess.TimeoutExpired:
            return ["hangs"]
        tree = trees.read_tree(folder)
        failed = [each for each in scenarios.steps_in(log) if "failed" in each]
        wrong = self.prepared.wrong(tree) + self.wrong_end(result, tree, error, failed)
        if result.returncode != 0 and not behind:
            wrong += self.wrong_remains(step, tree)
        wrong += self.prepared.wrong_after_next_run(folder)
        shutil.rmtree(folder)
        log.unlink()
        return wrong

    def wrong_end(self, result, tree, error, failed):
        """What is wrong with how the command ended."""
        found = self.prepared.result_in(tree)
        if result.returncode == 0:
            self.survived += 1
            done = found == self.prepared.new and not NEEDED.intersection(step["name"] for step in failed)
            return [] if done else ["says that it succeeded, and did not"]
        wrong = []
        if result.returncode not in STATUS[error]:
            wrong.append(f"exit status {result.returncode}: {result.stderr.strip()}")
        if not re.match(r"ocimux: .+: .+", result.stderr) or os.strerror(getattr(errno, error)) not in result.stderr:
            wrong.append(f"does not say why: {result.stderr.strip()}")
        # The folder in which it runs is `.`, the others are named.
        names = [os.path.basename(step["path"]) for step in failed] + [" .:"]
        if not any(name in result.stderr for name in names):
            wrong.append(f"does not say where: {result.stderr.strip()}")
        return wrong

    def wrong_remains(self, step, tree):
        """Without a fault in cleaning up, nothing remains."""
        before = self.prepared.before
        known = before if self.prepared.result_in(tree) == self.prepared.old else self.prepared.after
        # What a killed one had left may be gone, or not yet.
        differs = set(tree) ^ set(known)
        differs.difference_update(trees.temporary(before))
        if not differs or step["name"] in CLEANING:
            return []
        return [f"leaves or loses {sorted(differs)}"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1, help="only every Nth fault")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    done = failures = 0
    started = time.monotonic()
    for prepared in scenarios.prepare_all(options.names):
        failing = Failing(prepared)
        faults = failing.faults()[done % options.every::options.every]
        for (step, error, behind), wrong in scenarios.at_once(failing.check, faults):
            failures += bool(wrong)
            for text in wrong:
                print(f"{prepared.scenario.name}, {error}{behind} at {step['name']} {step['path']}: {text}")
        done += len(faults)
        print(f"{prepared.scenario.name}: {len(faults)} faults, {failing.survived} did not matter")
    print(f"{done} faults, {failures} wrong, {time.monotonic() - started:.1f} s")
    sys.exit(1 if failures or not done else 0)


main()
