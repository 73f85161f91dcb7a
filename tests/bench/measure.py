"""One run of one command, measured from outside."""
import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import time

from servers import Servers


@dataclasses.dataclass
class Run:
    wall: float = 0.0     # seconds
    cpu: float = 0.0      # seconds, user and system
    others: float = 0.0   # seconds of CPU that the rest of the machine had meanwhile
    memory: int = 0       # bytes
    bytes: int = 0        # of what was written
    requests: int = 0     # that a registry was sent
    failure: str = ""


def busy():
    """Seconds that all processors together have worked, or been taken away by a hypervisor."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _wait, *others = map(int, file.readline().split()[1:9])
    return (user + nice + system + sum(others)) / os.sysconf("SC_CLK_TCK")


def timed(command, environment, log, servers):
    """CPU and memory are of the command and of every process that was waited for below it: a
    daemon that works on for it would go unseen. Memory is that of its largest process, not a
    sum. It is GNU time that starts it: a process begins with the memory of the one it was forked
    from, and this one's would show. What its own servers work is not that of others."""
    peak = pathlib.Path(environment["TMPDIR"]).parent / "peak"
    command = ["/usr/bin/time", "--quiet", "--format=%M", f"--output={peak}", *command]
    requests, served = servers.requests(), servers.cpu()
    busy_before, start = busy(), time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                               stderr=subprocess.STDOUT)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    cpu = usage.ru_utime + usage.ru_stime
    others = max(0.0, busy() - busy_before - cpu - (servers.cpu() - served))
    process.returncode = os.waitstatus_to_exitcode(status)
    failure = f"exit status {process.returncode}" if process.returncode else ""
    return Run(wall, cpu, others, int(peak.read_text()) * 1024,
               requests=servers.requests() - requests, failure=failure)


def files_below(path):
    path = pathlib.Path(path)
    if not path.is_dir():
        return [path]
    return sorted(found for found in path.rglob("*") if found.is_file())


def bytes_in(out):
    """Of a layout its blobs, of anything else all files; hard links once."""
    blobs = out / "blobs"
    files = {(s.st_dev, s.st_ino): s.st_size
             for s in (file.stat() for file in files_below(blobs if blobs.is_dir() else out))}
    return sum(files.values())


class Bench:
    """A directory to work in, emptied before each run and after the last."""

    def __init__(self, directory, programs):
        self.directory = pathlib.Path(directory).resolve()
        self.programs = programs
        self.out = self.directory / "out"
        self.log = self.directory.parent / "bench.log"
        self.log.write_text("")
        self.kept = []

    def clear(self):
        # ext4 avoids inodes that were freed in the last minutes, and looks long for others when
        # there are many of those: whoever makes files next would pay for it.
        if len(files_below(self.directory)) > 100:
            self.kept.append(self.directory.with_name(f"old-{len(self.kept)}"))
            self.directory.rename(self.kept[-1])
        shutil.rmtree(self.directory, ignore_errors=True)
        (self.directory / "tmp").mkdir(parents=True)
        (self.directory / "home").mkdir()

    def remove(self):
        for directory in [self.directory, *self.kept]:
            shutil.rmtree(directory, ignore_errors=True)

    def environment(self):
        return {"PATH": f"{self.programs}:{os.environ['PATH']}", "LC_ALL": "C", "TZ": "UTC",
                "OUT": str(self.out), "HOME": str(self.directory / "home"),
                "XDG_RUNTIME_DIR": str(self.directory / "home"),
                # Where others unpack: on the same disk as everything else.
                "TMPDIR": str(self.directory / "tmp")}

    def run(self, row):
        self.clear()
        with open(self.log, "r+", encoding="utf-8", errors="replace") as log, \
                self.servers_of(row) as servers:
            log.seek(0, os.SEEK_END)
            log.write(f"== {row.label}\n")
            log.flush()
            before = log.tell()
            environment = {**self.environment(), "REGISTRY": servers.address}
            if row.before:
                subprocess.run(row.before, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                               stderr=subprocess.STDOUT, check=True)
            # So that no run pays for what was left to be written before it.
            os.sync()
            run = timed(row.command, environment, log, servers)
            log.seek(before)
            lines = log.read().split("\n")
        if run.failure:
            said = [line for line in lines if line.strip()]
            run.failure += f": {said[-1][:200]}" if said else ""
        elif self.out.exists():
            run.bytes = bytes_in(self.out)
        return run

    def servers_of(self, row):
        if not row.servers:
            return contextlib.nullcontext(Servers())
        return row.servers(self.directory, self.out)

    def bound(self, compression, files):
        """CPU seconds of each part when all processors work, of codec and hashes when one does,
        and seconds of the clock for writing durably. After run(): what that has written can be
        given as $OUT."""
        files = [str(file).replace("$OUT", str(self.out)) for file in files]
        files = [name for file in files for name in files_below(file)]
        parts = self.parts(compression, os.cpu_count(), files)
        alone = self.parts(compression, 1, files)
        return {**{name: part["cpu"] for name, part in parts.items()},
                "alone": sum(alone[name]["cpu"] for name in ("compress", "hash_in", "hash_out")),
                "durable": alone["write"]["wall"] + alone["sync"]["wall"]}

    def parts(self, compression, threads, files):
        os.sync()
        command = ["ocimux_bound", compression, self.directory / "tmp", str(threads), *files]
        done = subprocess.run(command, env=self.environment(), check=True, capture_output=True)
        return {name: part for name, part in json.loads(done.stdout).items()
                if isinstance(part, dict)}
