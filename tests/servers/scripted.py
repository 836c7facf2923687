"""A small HTTP server that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec import Struct

Json = dict[str, Any]


class Asked(Struct, frozen=True):
    """A request as it came."""

    path: str  # with its query
    headers: dict[str, str]  # by names in lower case


class Reply(Struct):
    """A response. `pause` seconds pass before each byte of the body, or of the `head` that is sent
    as it stands in place of a status line and headers.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = {}
    pause: float = 0
    head: bytes = b""


Script = Callable[[Asked], Reply]


def fhir(body: Any, status: int = 200, **headers: str) -> Reply:
    """A FHIR answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        json.dumps(body).encode(), status, {"Content-Type": "application/fhir+json", **named}
    )


class ScriptedServer:
    """What runs: its address, and each request in the order of arrival."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.script: Script = lambda _asked: Reply(status=404)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def scripted(script: Script | None = None) -> Iterator[ScriptedServer]:
    """Run a server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.path, headers)
            running.asked.append(asked)
            reply = running.script(asked)
            try:
                self._send(reply)
            except OSError:  # the client has had enough
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            if reply.head:
                self.close_connection = True
                _write(self.wfile, reply.head, reply.pause)
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            _write(self.wfile, reply.body, reply.pause)

        def log_message(self, *_args: Any) -> None:
            """Nothing on the screen."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is part of the tests."""

    server = Quiet(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = ScriptedServer(f"http://127.0.0.1:{server.server_address[1]}/fhir")
    if script is not None:
        running.script = script
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()


def _write(out: Any, data: bytes, pause: float) -> None:
    if not pause:
        out.write(data)
        return
    for place in range(len(data)):
        time.sleep(pause)
        out.write(data[place : place + 1])
        out.flush()
