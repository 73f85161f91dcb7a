#!/usr/bin/env python3
"""kill -9 before every change that a command makes to the disk (in the midst of it, if it is a write):
the output is as before or as after and sound, and the next run clears away what the killed one left.

usage: kill.py [--every N] [--jobs N] [SCENARIO...]
"""
import argparse
import shutil
import signal
import sys
import time

import scenarios
import trees


def kill_at(prepared, change, jobs):
    folder = prepared.copy(f"kill-{change}")
    result = scenarios.run(folder, prepared.scenario.command, jobs, kill=change)
    if result.returncode != -signal.SIGKILL:
        return [f"was not killed: {result.returncode} {result.stderr}"]
    wrong = prepared.wrong(trees.read_tree(folder)) or prepared.wrong_after_next_run(folder)
    shutil.rmtree(folder)
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1, help="kill at every Nth change only")
    parser.add_argument("--jobs", default="1")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    kills, failures, started = 0, 0, time.monotonic()
    for prepared in scenarios.prepare_all(options.names):
        changes = range(1, prepared.changes + 1, options.every)
        kills += len(changes)
        for change, wrong in scenarios.at_once(lambda at: kill_at(prepared, at, options.jobs), changes):
            for text in wrong:
                step = next(step for step in prepared.steps if step.get("change") == change)
                print(f"{prepared.scenario.name}, killed at {step['name']} {step['path']}: {text}")
            failures += bool(wrong)
        print(f"{prepared.scenario.name}: {prepared.changes} changes")
    print(f"{kills} kills, {failures} wrong, {time.monotonic() - started:.1f} s")
    sys.exit(1 if failures or not kills else 0)


main()
