#!/usr/bin/env python3
"""A registry over a layout that misbehaves as it is told.

usage: unfriendly_registry.py LAYOUT PORT_FILE LOG

The first part of the repository's name says how; see `moods`. Listens on a free port of 127.0.0.1,
writes it to PORT_FILE and every request, as `METHOD PATH [RANGE] [AUTHORIZATION]`, to LOG.
"""
import base64
import http.server
import json
import os
import sys
import threading

layout, port_file, log_file = sys.argv[1:]
index = json.load(open(f"{layout}/index.json"))
top = index["manifests"][0]
CHUNK = 100_000
lock = threading.Lock()
busy = {}


def read(digest):
    with open(f"{layout}/blobs/{digest.replace(':', '/')}", "rb") as file:
        return file.read()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def note(self):
        with lock, open(log_file, "a", encoding="utf-8") as log:
            print(self.command, self.path, self.headers.get("Range", "-"),
                  self.headers.get("Authorization", "-"), file=log)

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_POST(self):
        self.note()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(405)

    def do_GET(self):
        self.note()
        parts = self.path.split("?")[0].split("/")
        if parts[1] == "token":
            return self.token()
        if parts[1] == "elsewhere":
            return self.blob("elsewhere", parts[2])
        if len(parts) < 6:
            return self.answer(200, b"{}")
        mood, kind, name = parts[2], parts[-2], parts[-1]
        if mood == "token" and self.headers.get("Authorization") != "Bearer good":
            realm = f"http://127.0.0.1:{self.server.server_port}/token"
            return self.answer(401, WWW_Authenticate=f'Bearer realm="{realm}",service="s"')
        if kind == "manifests":
            return self.manifest(mood, name)
        return self.blob(mood, name)

    def token(self):
        expected = "Basic " + base64.b64encode(b"me:sesame").decode()
        if self.headers.get("Authorization") != expected or "scope=repository%3A" not in self.path:
            return self.answer(401, b'{"errors":[{"code":"DENIED","message":"who are you"}]}')
        return self.answer(200, b'{"token":"good","expires_in":300}')

    def manifest(self, mood, name):
        digest = top["digest"] if not name.startswith("sha256:") else name
        body = read(digest)
        kind = json.loads(body)["mediaType"]
        if mood == "lying":
            body = body.replace(b'"schemaVersion":2', b'"schemaVersion" :2')
        if mood == "loud":
            return self.answer(404, b"\x1b[2J" + b"go away " * 100_000)
        headers = {"Content_Type": kind, "Docker_Content_Digest": digest}
        if mood == "busy":
            with lock:
                busy[self.path] = busy.get(self.path, 0) + 1
                times = busy[self.path]
            if times == 1:
                return self.answer(429, b"later", Retry_After="1")
            if times == 2:
                return self.answer(503)
        if mood == "mistyped":
            headers["Content_Type"] = "application/vnd.oci.image.manifest.v1+json"
        return self.answer(200, body, **headers)

    def blob(self, mood, name):
        body = read(name)
        is_layer = len(body) > CHUNK
        if mood == "moved":
            return self.answer(307, Location=f"http://localhost:{self.server.server_port}/elsewhere/{name}")
        if mood == "metadata":
            return self.answer(307, Location="http://169.254.169.254/latest/meta-data/")
        if mood == "files":
            return self.answer(307, Location="file:///etc/passwd")
        if mood == "false" and is_layer:
            return self.answer(200, body[:-1] + bytes([body[-1] ^ 1]))
        if mood == "endless" and is_layer:
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(bytes(CHUNK))
            except OSError:
                self.close_connection = True
                return None
        if mood == "stuck" and is_layer:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:10])
            self.wfile.flush()
            threading.Event().wait(600)
        start = 0
        ranged = self.headers.get("Range")
        if ranged and mood != "rangeless":
            start = int(ranged.removeprefix("bytes=").removesuffix("-"))
        rest = body[start:]
        headers = {}
        if ranged and mood != "rangeless":
            headers["Content_Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        cut = is_layer and (mood == "cut" or (mood == "rangeless" and not ranged) or
                            (mood == "dead" and not ranged))
        if mood == "dead" and ranged:
            self.close_connection = True
            return None
        if not cut or len(rest) <= CHUNK * 10:
            return self.answer(206 if headers else 200, rest, **headers)
        self.send_response(206 if headers else 200)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[:CHUNK * 12])
        self.wfile.flush()
        self.close_connection = True
        return None

    do_HEAD = do_GET


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Handler)
with open(port_file + ".new", "w", encoding="utf-8") as file:
    file.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
