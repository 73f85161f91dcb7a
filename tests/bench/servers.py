"""What is pushed to: a registry of its own for each run, empty, and a network that is long."""
import contextlib
import dataclasses
import functools
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

PROXY = pathlib.Path(__file__).resolve().parent.parent / "e2e/servers/latency_proxy.py"
PATIENCE = 30  # seconds until a server has started


@dataclasses.dataclass
class Servers:
    address: str = ""         # HOST:PORT that a client is given
    log: pathlib.Path = None  # of the registry
    processes: list = dataclasses.field(default_factory=list)

    def cpu(self):
        """Seconds, user and system, that they have had up to now."""
        ticks = 0
        for process in self.processes:
            stat = pathlib.Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8")
            ticks += sum(map(int, stat.rsplit(")", 1)[1].split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def requests(self):
        """How many the registry was sent up to now."""
        if not self.log:
            return 0
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return len(re.findall(r'"[A-Z]+ /v2/\S* HTTP/', text))


@functools.cache
def missing():
    """Why nothing can be pushed here, if so."""
    if not shutil.which("docker-registry"):
        return "docker-registry is not installed"
    aiohttp = subprocess.run(["/usr/bin/python3", "-c", "import aiohttp"], check=False,
                             stderr=subprocess.DEVNULL)
    return "Debian's python3-aiohttp is not installed" if aiohttp.returncode else ""


def free_port():
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return some.getsockname()[1]


def answers(port):
    with socket.socket() as some:
        return some.connect_ex(("127.0.0.1", port)) == 0


def wait_for(what, process, is_ready):
    end = time.monotonic() + PATIENCE
    while not is_ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{what} did not start")
        time.sleep(0.02)


@contextlib.contextmanager
def running(*command, log):
    """It ends with this program, too, however that ends."""
    with open(log, "w", encoding="utf-8") as output:
        with subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "--", *command],
                              stdin=subprocess.DEVNULL, stdout=output,
                              stderr=subprocess.STDOUT) as process:
            try:
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


@contextlib.contextmanager
def registry(work, out, delay=0):
    """Debian's docker-registry with its files in @p out and its log in @p work; behind a proxy that
    adds @p delay milliseconds to each round trip, unless it is 0."""
    port, config, log = free_port(), work / "registry.yml", work / "registry.log"
    config.write_text(json.dumps({  # JSON is YAML
        "version": 0.1, "storage": {"filesystem": {"rootdirectory": str(out)}},
        "http": {"addr": f"127.0.0.1:{port}"}}), encoding="utf-8")
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(running("docker-registry", "serve", config, log=log))
        wait_for("docker-registry", process, lambda: answers(port))
        servers = Servers(f"127.0.0.1:{port}", log, [process])
        if delay:
            told = work / "proxy.port"
            process = stack.enter_context(
                running("/usr/bin/python3", PROXY, servers.address, str(delay), told,
                        log=work / "proxy.log"))
            wait_for("latency_proxy.py", process, told.exists)
            servers.address = "127.0.0.1:" + told.read_text(encoding="ascii")
            servers.processes.append(process)
        yield servers
