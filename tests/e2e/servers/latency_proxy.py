#!/usr/bin/python3
"""A TCP proxy that makes a network long: every round trip takes MS milliseconds more.

usage: latency_proxy.py HOST:PORT MS PORT_FILE

Listens on a free port of 127.0.0.1 and writes it to PORT_FILE. Bytes arrive MS/2 later in either
direction, as many at once as are sent: only time is taken, no bandwidth. A new connection costs a
whole round trip before the first byte, as the handshake of TCP does.
"""
import asyncio
import collections
import signal
import sys

from listening import announce

READ = 1 << 18
IN_FLIGHT = 64 << 20  # bytes of one direction that may be on their way


class Line:
    """One direction: what comes in goes out after a while, in order."""

    def __init__(self, reader, writer, delay, first):
        self.reader, self.writer, self.delay, self.first = reader, writer, delay, first
        self.queue = collections.deque()
        self.size = 0
        self.changed = asyncio.Condition()

    async def take(self):
        now = asyncio.get_running_loop().time
        earliest = now() + self.first
        while True:
            try:
                data = await self.reader.read(READ)
            except ConnectionError:
                data = None
            async with self.changed:
                self.queue.append((max(now() + self.delay, earliest + self.delay), data))
                self.size += len(data or b"")
                self.changed.notify_all()
                await self.changed.wait_for(lambda: self.size < IN_FLIGHT)
            if not data:
                return

    async def give(self):
        now = asyncio.get_running_loop().time
        while True:
            async with self.changed:
                await self.changed.wait_for(lambda: self.queue)
                at, data = self.queue.popleft()
            await asyncio.sleep(max(0, at - now()))
            if data is None:  # a reset goes through as one
                self.writer.transport.abort()
                return
            if not data:
                if self.writer.can_write_eof():
                    self.writer.write_eof()
                return
            self.writer.write(data)
            await self.writer.drain()
            async with self.changed:
                self.size -= len(data)
                self.changed.notify_all()


async def main():
    host, port = sys.argv[1].rsplit(":", 1)
    delay = float(sys.argv[2]) / 2000

    async def connection(reader, writer):
        try:
            out_reader, out_writer = await asyncio.open_connection(host, int(port), limit=READ)
        except OSError:
            writer.transport.abort()
            return
        lines = (Line(reader, out_writer, delay, 2 * delay), Line(out_reader, writer, delay, 0))
        tasks = [asyncio.ensure_future(step) for line in lines for step in (line.take(), line.give())]
        try:
            await asyncio.gather(*tasks)
        except ConnectionError:
            pass
        finally:
            for task in tasks:
                task.cancel()
            for end in (writer, out_writer):
                end.transport.abort() if end.transport.get_write_buffer_size() else end.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0, limit=READ, backlog=1024)
    announce(server.sockets[0].getsockname()[1], sys.argv[3])
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, sys.exit, 0)
    await server.serve_forever()


asyncio.run(main())
