#!/usr/bin/python3
"""A reverse proxy before a registry that notes every request, and misbehaves as it is told.

usage: fault_proxy.py HOST:PORT PORT_FILE LOG

Listens on a free port of 127.0.0.1 and writes it to PORT_FILE. Every request is a line of JSON in LOG:
method, path, query, the kind of its Authorization, its Content-Range and Content-Length, how many bytes
of its body were received, the status of the answer, and what was done to it, if anything.

`PUT /-/faults` with a JSON array of faults replaces those there are and empties the log. A fault has

  method, path, query   regular expressions that fit whole (default: any)
  body                  only requests of a body of more bytes than this
  skip, times           it passes by that many fitting requests, and then befalls that many (default: 0, all)
  do                    what befalls them, one of the functions below that begin with `do_`

and what its function takes beside that. The first that fits counts.
"""
import asyncio
import json
import re
import sys

import aiohttp
from aiohttp import web
from yarl import URL

from listening import Log, listen, run

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "date", "server", "content-length"}
PIECE = 1 << 16


class Fault:
    def __init__(self, fault):
        self.__dict__ = {"method": ".*", "path": ".*", "query": ".*", "body": -1, "skip": 0, "times": 1 << 30, **fault}

    def befalls(self, request):
        url = request.rel_url
        if not (re.fullmatch(self.method, request.method) and re.fullmatch(self.path, url.raw_path) and
                re.fullmatch(self.query, url.raw_query_string)):
            return False
        if (request.content_length or 0) <= self.body:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times == 0:
            return False
        self.times -= 1
        return True


class Exchange:
    """One request, and what becomes of it."""

    def __init__(self, proxy, request, fault):
        self.proxy, self.request, self.fault = proxy, request, fault
        self.received = 0
        self.limit = None  # bytes of the body after which the connection is cut
        self.pause = 0.0  # seconds for each byte of it

    async def run(self):
        if self.fault is None:
            return await self.forward()
        return await getattr(self, "do_" + self.fault.do)()

    def note(self, status):
        request = self.request
        self.proxy.log.add(
            method=request.method, path=request.rel_url.raw_path, query=request.rel_url.raw_query_string,
            authorization=request.headers.get("Authorization", "-").split()[0],
            contentRange=request.headers.get("Content-Range"), contentLength=request.content_length,
            received=self.received, status=status, fault=self.fault and self.fault.do)

    def cut(self, status=0):
        """As if the machine were gone."""
        self.note(status)
        self.request.transport.abort()
        raise asyncio.CancelledError

    async def body(self):
        async for data in self.request.content.iter_chunked(PIECE):
            if self.limit is not None and self.received + len(data) > self.limit:
                yield data[:self.limit - self.received]
                self.received = self.limit
                await asyncio.sleep(0.2)  # the registry shall have them
                raise ConnectionResetError
            self.received += len(data)
            await asyncio.sleep(self.pause * len(data))
            yield data

    async def ask(self):
        request = self.request
        headers = [(name, value) for name, value in request.headers.items()
                   if name.lower() not in HOP_BY_HOP - {"content-length"} | {"expect"}]
        data = self.body() if request.body_exists else None
        return await self.proxy.session.request(
            request.method, URL(self.proxy.target + request.raw_path, encoded=True), headers=headers, data=data,
            allow_redirects=False, skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"))

    async def forward(self, change=lambda headers: None, shorter=0):
        try:
            answer = await self.ask()
        except (aiohttp.ClientError, ConnectionError, web.RequestPayloadError):
            self.cut()
        async with answer:
            headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP]
            response = web.StreamResponse(status=getattr(self.fault, "status", answer.status), headers=headers)
            change(response.headers)
            length = answer.headers.get("Content-Length")
            if length is not None:
                response.content_length = int(length)
            elif self.request.method == "HEAD" or answer.status in (204, 304):
                response.content_length = None
            self.note(answer.status)
            await response.prepare(self.request)
            left = int(length or 0) - shorter
            async for data in answer.content.iter_chunked(PIECE):
                if shorter and len(data) >= left:
                    await response.write(data[:left])
                    await asyncio.sleep(0.05)
                    self.request.transport.abort()
                    raise asyncio.CancelledError
                left -= len(data)
                await response.write(data)
            await response.write_eof()
            return response

    # --- connections ---

    async def do_cut_before(self):
        """The connection ends before the request is looked at."""
        self.cut()

    async def do_cut_body(self):
        """The connection ends after so many bytes (`after`) of the body, which the registry gets."""
        self.limit = self.fault.after
        return await self.forward()

    async def do_slow(self):
        """The body goes on at so many bytes a second (`rate`)."""
        self.pause = 1 / self.fault.rate
        return await self.forward()

    async def do_cut_before_answer(self):
        """The registry does what it was asked for, and nobody hears of it."""
        async with await self.ask() as answer:
            self.cut(answer.status)

    async def do_cut_after_headers(self):
        """The answer ends behind its headers."""
        async with await self.ask() as answer:
            self.note(answer.status)
            lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
            lines += [f"{name}: {value}" for name, value in answer.headers.items()
                      if name.lower() not in HOP_BY_HOP]
            await self.raw("\r\n".join(lines).encode() + b"\r\nContent-Length: 1000\r\n\r\n")
        self.request.transport.abort()
        raise asyncio.CancelledError

    async def do_short(self):
        """The answer's body ends a few bytes (`bytes`) early."""
        return await self.forward(shorter=self.fault.bytes)

    async def do_delay(self):
        """It takes some `seconds`."""
        await asyncio.sleep(self.fault.seconds)
        return await self.forward()

    async def do_hang(self):
        """No answer, ever."""
        self.note(0)
        await asyncio.sleep(3600)

    async def raw(self, data):
        self.request.transport.write(data)
        await asyncio.sleep(0.05)

    async def do_garbage(self):
        """What comes back is no HTTP."""
        self.note(0)
        await self.raw(b"\x16\x03\x01 220 mail.example.com ESMTP\r\n\x00\xff\r\n\r\n" * 10)
        self.request.transport.abort()
        raise asyncio.CancelledError

    # --- answers ---

    async def do_answer(self):
        """Its own `status`, `headers` and `text`, as soon as the request's headers are there. The body of
        the request is read, as it is by servers that are kind."""
        if not getattr(self.fault, "rude", False):
            async for data in self.request.content.iter_chunked(PIECE):
                self.received += len(data)
        self.note(self.fault.status)
        headers = getattr(self.fault, "headers", {})
        response = web.Response(status=self.fault.status, headers=headers, text=getattr(self.fault, "text", ""))
        if getattr(self.fault, "rude", False):
            response.force_close()
        return response

    async def do_change(self):
        """The registry's answer, with another `status` or `headers`; null takes one away."""
        def change(headers):
            for name, value in self.fault.headers.items():
                headers.pop(name, None)
                if value is not None:
                    headers[name] = value
        return await self.forward(change)

    async def do_location(self):
        """The registry's answer, with its Location `relative`, or at another `host`, or with more in its query (`add`)."""
        def change(headers):
            if "Location" not in headers:
                return
            url = URL(headers["Location"], encoded=True)
            if getattr(self.fault, "relative", False):
                url = URL(url.raw_path_qs, encoded=True)
            if hasattr(self.fault, "host"):
                url = URL(f"http://{self.fault.host}{url.raw_path_qs}", encoded=True)
            if hasattr(self.fault, "add"):
                url = URL(f"{url}{'&' if url.raw_query_string else '?'}{self.fault.add}", encoded=True)
            headers["Location"] = str(url)
        return await self.forward(change)

    async def do_redirect(self):
        """Status 307: the same at another `host`."""
        self.note(307)
        location = f"http://{self.fault.host}{self.request.raw_path}"
        return web.Response(status=307, headers={"Location": location})

    async def do_endless_error(self):
        """Status 400, and an error that never comes to its end."""
        self.note(400)
        response = web.StreamResponse(status=400, headers={"Content-Type": "application/json"})
        await response.prepare(self.request)
        await response.write(b'{"errors":[{"code":"DENIED","message":"')
        while True:
            await response.write(b"blah " * 10_000)

    async def do_endless_headers(self):
        """Headers without end."""
        self.note(0)
        self.request.transport.write(b"HTTP/1.1 200 OK\r\n")
        number = 0
        while not self.request.transport.is_closing():
            number += 1
            self.request.transport.write(f"X-Header-{number}: {'a' * 1000}\r\n".encode() * 8)
            await asyncio.sleep(0)
        raise asyncio.CancelledError


class Proxy:
    def __init__(self, target, log):
        self.target = "http://" + target
        self.log = Log(log)
        self.faults = []
        self.session = None

    async def handle(self, request):
        if self.session is None:
            self.session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None), cookie_jar=aiohttp.DummyCookieJar())
        if request.path == "/-/faults":
            self.faults = [Fault(fault) for fault in await request.json()]
            self.log.clear()
            return web.Response()
        fault = next((fault for fault in self.faults if fault.befalls(request)), None)
        return await Exchange(self, request, fault).run()


def main():
    target, port_file, log = sys.argv[1:]
    run(listen(Proxy(target, log).handle, port_file))


main()
