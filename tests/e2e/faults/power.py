#!/usr/bin/env python3
"""A loss of power behind every step of a command, with many of the states a disk may be in then (see
disk.py): the output is as before or as after and sound, as after once the command has ended, and the
next run works on it.

usage: power.py [--random N] [--next-runs N] [--kill-every N] [SCENARIO...]
"""
import argparse
import random
import shutil
import sys
import time

import disk
import scenarios
import trees


def some_states(doubts, chance, randomly):
    """Ways in which all doubts may end: all old, all new, all but one of them so, and random ones."""
    old = {key: ways[0] for key, ways in doubts.items()}
    new = {key: ways[-1] for key, ways in doubts.items()}
    yield old
    yield {}
    for key, ways in doubts.items():
        for way in ways:
            yield {**old, key: way}
            yield {**new, key: way}
    for _ in range(randomly if doubts else 0):
        yield {key: chance.choice(ways) for key, ways in doubts.items()}


class Power:
    def __init__(self, prepared, options):
        self.prepared, self.options = prepared, options
        self.chance = random.Random(6)
        self.steps = self.states = 0
        self.kept = {}  # some of the states, for the next run
        self.wrong = []

    def begin(self, name):
        first = self.prepared.scenario.killed_before
        folder = shutil.copytree(self.prepared.oldest, self.prepared.folder / name) if first else self.prepared.copy(name)
        self.disk = disk.Disk(folder, self.prepared.unsynced)
        for step in self.steps_of(folder, first, kill=self.prepared.kill_before) if first else []:
            self.disk.follow(step)
        return folder

    def steps_of(self, folder, command, **faults):
        self.prepared.log.unlink(missing_ok=True)
        result = scenarios.run(folder, command, log=self.prepared.log, **faults)
        if not faults:
            scenarios.expect_success(result)
        return scenarios.steps_in(self.prepared.log)

    def look(self, step, ended=False):
        told = self.prepared.result_in(self.disk.tree())
        for choices in some_states(self.disk.doubts(), self.chance, self.options.random):
            tree = self.disk.tree(choices)
            self.states += 1
            wrong = self.prepared.wrong(tree)
            if ended and self.prepared.result_in(tree) != told:
                wrong.append("the command has ended, but its result is lost")
            if wrong:
                self.wrong.append(f"power lost behind {step}: {wrong[0]}")
                return
            self.kept.setdefault(hash(frozenset(tree.items())), tree)

    def run(self):
        folder = self.begin("power")
        self.look("nothing")
        for step in self.steps_of(folder, self.prepared.scenario.command):
            self.steps += 1
            if self.disk.follow(step):
                self.look(f"step {step['step']}, {step['name']} {step['path']}")
        self.look("the end", ended=True)
        if self.disk.tree() != trees.read_tree(folder):
            self.wrong.append("the record does not tell all that happened: is a function not watched?")
        if self.prepared.scenario.loses:
            # That the states of a disk are found at all.
            self.wrong = [] if self.wrong else ["nothing was lost, though nothing was synced"]
        else:
            self.next_runs()
            self.run_behind_killed_ones()

    def next_runs(self):
        trees_kept = list(self.kept.values())
        for number, tree in enumerate(self.chance.sample(trees_kept, min(self.options.next_runs, len(trees_kept)))):
            folder = self.prepared.folder / f"next-{number}"
            inputs = {path: content for path, content in self.prepared.before.items() if self.prepared.is_input(path)}
            trees.write_tree(folder, {**tree, **inputs})
            self.wrong += self.prepared.wrong_after_next_run(folder)
            shutil.rmtree(folder)


    def run_behind_killed_ones(self):
        """What a killed command leaves, synced or not, is no hole in what the next one makes of it."""
        for change in range(1, self.prepared.changes + 1, self.options.kill_every):
            folder = self.begin(f"killed-{change}")
            steps = self.steps_of(folder, self.prepared.scenario.command, kill=change)
            steps += self.steps_of(folder, self.prepared.again)
            for step in steps:
                self.disk.follow(step)
            self.look(f"the end of a run behind one that was killed at change {change}", ended=True)
            shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--random", type=int, default=5, help="random states a step")
    parser.add_argument("--next-runs", type=int, default=3, help="states a command on which the next one runs")
    parser.add_argument("--kill-every", type=int, default=13, help="runs behind one killed at every Nth change")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    states, failures, started = 0, 0, time.monotonic()
    for prepared in scenarios.prepare_all(options.names):
        power = Power(prepared, options)
        power.run()
        states += power.states
        failures += len(power.wrong)
        for text in power.wrong[:5]:
            print(f"{prepared.scenario.name}, {text}")
        print(f"{prepared.scenario.name}: {power.steps} steps, {power.states} states, "
              f"{len(power.kept)} of them different")
    print(f"{states} states, {failures} wrong, {time.monotonic() - started:.1f} s")
    sys.exit(1 if failures or not states else 0)


main()
