"""What the servers of the tests share: how they start, and the log they keep."""
import asyncio
import json
import os
import sys

from aiohttp import web


class Log:
    """JSON lines: one for each request, written before it is answered, so that
    whoever got the answer finds it there."""

    def __init__(self, path):
        self.path = path
        self.clear()

    def clear(self):
        with open(self.path, "w", encoding="utf-8"):
            pass

    def add(self, **entry):
        with open(self.path, "a", encoding="utf-8") as file:
            print(json.dumps(entry), file=file)


async def listen(handler, port_file):
    """Serves on a free port of 127.0.0.1, which it writes to port_file, until it is ended."""
    runner = web.ServerRunner(web.Server(handler), handle_signals=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    # pylint: disable=protected-access
    announce(site._server.sockets[0].getsockname()[1], port_file)
    await asyncio.Event().wait()


def announce(port, port_file):
    with open(port_file + ".new", "w", encoding="utf-8") as file:
        file.write(str(port))
    os.rename(port_file + ".new", port_file)


def run(main):
    try:
        asyncio.run(main)
    except (KeyboardInterrupt, web.GracefulExit):
        sys.exit(0)
