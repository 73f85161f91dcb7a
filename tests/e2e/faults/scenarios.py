"""The commands that are killed, failed and cut off from power, each with what is there before it.

A scenario works in a folder of its own; all paths in it are relative to that.
"""
import concurrent.futures
import dataclasses
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

import trees

OCIMUX = os.environ["OCIMUX"]
LIBRARY = os.environ["FAULTS_LIBRARY"]
REGISTRY = os.environ.get("FAULTS_REGISTRY")  # HOST:PORT of one to pull from; without it there are no pulls


@dataclasses.dataclass
class Scenario:
    name: str
    command: list             # of ocimux
    output: str               # a layout, or an archive when it ends in .tar
    before: tuple = ()        # what makes what is there: commands of ocimux, or functions of the folder
    again: list = None        # the next run, which makes the new state of the old one and of itself
    touch: list = None        # or, where there is none: one that leaves both as they are
    unsynced: str = ""        # blobs of this layout that are new were never synced by whoever wrote them
    killed_before: list = None  # a command that was killed before it, behind its rename of index.json
    loses: bool = False       # a loss of power may break it

    def is_archive(self):
        return self.output.endswith(".tar")


def tarball(path, *files):
    """A root filesystem, always the same bytes."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(content), 1700000000, 0o755
            archive.addfile(member, io.BytesIO(content))


def make_inputs(folder):
    os.makedirs(folder / "tmp")
    for arch in ("amd64", "arm64", "s390x", "riscv64"):
        tarball(folder / f"app-linux-{arch}.tar", ("bin/app", f"program for {arch}\n".encode() * 9))
    for number in range(12):
        tarball(folder / f"many-linux-{number}.tar", ("bin/app", f"program {number}\n".encode()))


def environment(folder, **more):
    kept = {name: os.environ[name] for name in ("PATH", "LC_ALL") if name in os.environ}
    return {**kept, "HOME": str(folder), "TMPDIR": str(folder / "tmp"), **more}


def run(folder, arguments, jobs="1", **faults):
    """Runs ocimux in a folder; faults are settings of the preloaded library, without FAULTS_."""
    settings = {}
    if faults:
        settings = {"LD_PRELOAD": LIBRARY, "FAULTS_UNDER": str(folder),
                    **{"FAULTS_" + name.upper(): str(value) for name, value in faults.items()}}
    return subprocess.run([OCIMUX, *arguments, "-q", "-j", jobs], cwd=folder, text=True, timeout=60,
                          env=environment(folder, **settings), stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)


def steps_in(log):
    return [json.loads(line) for line in log.read_text().splitlines()]


def at_once(work, items):
    """Does the work for each item, on all processors; gives the answers in their order."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return zip(items, pool.map(work, items))


def expect_success(result):
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(result.args)}: exit status {result.returncode}: {result.stderr}")


AMD, ARM, S390X, RISCV = (f"app-linux-{arch}.tar" for arch in ("amd64", "arm64", "s390x", "riscv64"))
FIRST = ["merge", AMD, "-t", "first", "-o", "out"]
MAIN = ["merge", ARM, S390X, "-t", "v/v:main", "--platform-tags"]


def empty_folder(folder):
    (folder / "out").mkdir()


def layout_without_blobs(folder):
    trees.write_tree(folder / "out", {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
                                      "index.json": b'{"schemaVersion": 2, "manifests": []}'})


def leftovers(folder):
    """Blobs of the merge that are there, while no index.json names them."""
    index = folder / "out" / "index.json"
    old = index.read_bytes()
    expect_success(run(folder, MAIN + ["-o", "out"]))
    index.write_bytes(old)


def pulls():
    """What is pulled is pushed first; what a registry is asked is no step, and goes on undisturbed."""
    image = f"{REGISTRY}/v/v:main"
    there = (["merge", ARM, S390X, "-t", "v/v:main", "-o", "in"], ["push", "in:main", image])
    archived = ["merge", AMD, "-t", "first", "-o", "out.tar"]
    return [
        Scenario("pull into nothing", ["pull", image, "-o", "deep/er/out"], "deep/er/out", before=there),
        Scenario("pull into a layout", ["pull", image, "-o", "out"], "out", before=(*there, FIRST)),
        Scenario("pull --replace", ["pull", image, "-t", "first", "--replace", "-o", "out"], "out",
                 before=(*there, FIRST)),
        Scenario("pull in place of an archive", ["pull", image, "--replace", "-o", "out.tar"], "out.tar",
                 before=(*there, archived)),
    ]


def scenarios():
    merge = MAIN + ["-o", "out"]
    main, untag = ["merge", ARM, S390X, "-t", "v/v:main", "-o", "out"], ["untag", "out:main"]
    both, touch = (FIRST, merge), ["tag", "out:first", "first", "--replace"]
    return [
        Scenario("merge into nothing", MAIN + ["-o", "deep/er/out"], "deep/er/out"),
        Scenario("merge into an empty folder", merge, "out", before=(empty_folder,)),
        Scenario("merge into a layout without blobs", merge, "out", before=(layout_without_blobs,)),
        Scenario("merge into a layout", merge, "out", before=(FIRST,)),
        Scenario("merge --replace", MAIN + ["--replace", "-o", "out"], "out",
                 before=(FIRST, ["merge", RISCV, "-t", "v/v:main", "-o", "out"])),
        Scenario("merge of a layout's blobs", ["merge", "in", "-t", "main", "-o", "out"], "out",
                 before=(FIRST, ["merge", ARM, S390X, "-t", "in", "-o", "in"]), unsynced="in"),
        Scenario("merge of many blobs",
                 ["merge", *(f"linux/arm64/v{n + 1}=many-linux-{n}.tar" for n in range(8)), "--allow-mismatch",
                  "-t", "many", "-o", "out"], "out", before=(FIRST,)),
        Scenario("merge where its blobs are", merge, "out", before=(FIRST, leftovers), unsynced="out"),
        Scenario("merge into an archive", MAIN + ["-o", "deep/out.tar"], "deep/out.tar"),
        Scenario("merge in place of an archive", MAIN + ["--replace", "-o", "out.tar"], "out.tar",
                 before=(["merge", AMD, "-t", "first", "-o", "out.tar"],)),
        Scenario("tag", ["tag", "out:main", "1.0", "v/v:latest", "first", "--replace"], "out", before=both),
        Scenario("untag", ["untag", "out:main"], "out", before=both, touch=touch),
        Scenario("tag in an archive", ["tag", "out.tar:first", "second", "--replace"], "out.tar",
                 before=(["merge", AMD, "-t", "first", "-o", "out.tar"],)),
        Scenario("annotate", ["annotate", "out:main", "linux/arm64", "--annotation", "a=b"], "out", before=both),
        Scenario("add", ["add", "out:main", RISCV], "out", before=both,
                 again=["add", "out:main", RISCV, "--replace"]),
        Scenario("rm", ["rm", "out:main", "linux/s390x"], "out", before=both, touch=touch),
        Scenario("annotate in an archive", ["annotate", "out.tar:first", "--annotation", "a=b"], "out.tar",
                 before=(["merge", AMD, "-t", "first", "-o", "out.tar"],)),
        Scenario("gc", ["gc", "out"], "out", before=(FIRST, main, untag)),
        Scenario("gc in an archive", ["gc", "out.tar"], "out.tar",
                 before=(["merge", AMD, ARM, "-t", "first", "-o", "out.tar"],
                         ["rm", "out.tar:first", "linux/arm64"])),
        Scenario("gc behind an edit that was killed", ["gc", "out"], "out", before=(FIRST, main),
                 killed_before=untag),
        Scenario("merge --no-sync", merge + ["--no-sync"], "out", before=(FIRST,), loses=True),
    ] + (pulls() if REGISTRY else [])


def memory():
    """Where writing costs nothing; None where there is no such place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Prepared:
    """A scenario with its folder as it is before the command, and as it is after it."""

    def __init__(self, scenario, folder):
        self.scenario, self.folder = scenario, pathlib.Path(folder)
        self.start = self.folder / "start"
        self.start.mkdir(parents=True)
        make_inputs(self.start)
        for make in scenario.before:
            known = trees.read_tree(self.start)
            if callable(make):
                make(self.start)
            else:
                expect_success(run(self.start, make))
        # What was there before the last of these was synced; what it made itself was not.
        self.before = trees.read_tree(self.start)
        self.unsynced = {path for path in self.before if scenario.unsynced and path not in known
                         and path.startswith(scenario.unsynced + "/blobs/")}
        self.again = scenario.again or scenario.touch or scenario.command + (
            ["--replace"] if scenario.command[0] == "merge" and "--replace" not in scenario.command else [])
        self.may_be = {self.result_in(self.before)}
        if scenario.killed_before:
            self.oldest = self.folder / "oldest"
            self.start.rename(self.oldest)
            log = self.folder / "killed.log"
            expect_success(run(shutil.copytree(self.oldest, self.folder / "whole"), scenario.killed_before, log=log))
            renamed = next(step["change"] for step in steps_in(log) if step["path"].endswith("out/index.json")
                           and step["name"] == "rename")
            self.kill_before = renamed + 1
            run(shutil.copytree(self.oldest, self.start), scenario.killed_before, kill=self.kill_before)
            self.before = trees.read_tree(self.start)
        self.old = self.result_in(self.before)
        done = self.copy("done")
        self.log = self.folder / "log"
        expect_success(run(done, scenario.command, log=self.log))
        self.after = trees.read_tree(done)
        self.new = self.result_in(self.after)
        self.may_be |= {self.old, self.new}
        self.steps = steps_in(self.log)
        self.changes = sum("change" in step for step in self.steps)

    def copy(self, name):
        """A folder to run the command in, as it was before."""
        return shutil.copytree(self.start, self.folder / name)

    def result_in(self, tree):
        """What says which state is there: index.json, or the archive's bytes; None for none."""
        if self.scenario.is_archive():
            return tree.get(self.scenario.output)
        layout = trees.below(tree, self.scenario.output)
        return None if layout is None else layout.get("index.json")

    def wrong(self, tree):
        """What is wrong with a state of the folder: nothing when it is old or new, and sound."""
        result = self.result_in(tree)
        if result not in self.may_be:
            return ["neither as before nor as after"]
        if result is None or self.scenario.is_archive():
            return []
        start = len(self.scenario.output) + 1
        return trees.findings(trees.below(tree, self.scenario.output), {path[start:] for path in self.unsynced})

    def wrong_after_next_run(self, folder):
        """Runs the next command in a folder, and says what is wrong then."""
        result = run(folder, self.again)
        if result.returncode != 0:
            return [f"the next run fails: {result.stderr}"]
        tree = trees.read_tree(folder)
        wrong = self.wrong(tree)
        # A loss of power may bring back what was there before the killed command.
        exactly = not self.scenario.touch and not self.scenario.killed_before
        if exactly and self.result_in(tree) != self.new:
            wrong.append("the next run does not make what it should")
        if exactly and set(tree) != set(self.after):
            wrong.append(f"the next run leaves {sorted(set(tree) ^ set(self.after))}")
        return wrong + [f"{path} survives the next run" for path in trees.temporary(tree)]


    def is_input(self, path):
        """True for what was there before, and is no part of the output."""
        return path in self.before and not (path + "/").startswith(self.scenario.output + "/")


def prepare_all(names=()):
    """All scenarios, or those whose names contain one of these words, in folders that go at exit."""
    with tempfile.TemporaryDirectory(prefix="ocimux-faults.", dir=memory()) as folder:
        for number, scenario in enumerate(scenarios()):
            if not names or any(name in scenario.name for name in names):
                yield Prepared(scenario, os.path.join(folder, str(number)))
