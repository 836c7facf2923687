"""A small server of Bulk Data exports that can be as awkward as a test wants it: real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

Json = dict[str, Any]
TOKEN = "t0ken-0f-the-tests"  # noqa: S105 - of nothing

SECRET = "s1gn3d-l1nk"  # noqa: S105 - stands in the query of links


class Asked(Struct, frozen=True):
    """A request as it came: headers by names in lower case."""

    method: str
    path: str  # with its query
    headers: dict[str, str]
    form: dict[str, str] = {}

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def name(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path


class Reply(Struct):
    """A response. After `cut` bytes of the body the connection breaks off."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}
    cut: int | None = None
    hold: threading.Event | None = None  # what comes after the cut waits for this


Answer = Callable[[Asked], Reply | None]


def rows(*resources: Json) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in resources)


def as_json(body: Any, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json", **named})


def outcome(code: str, severity: str = "error", text: str = "") -> Json:
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": severity, "code": code, "diagnostics": text}],
    }


class BulkServer:
    """Exports `files` by type. Before it answers, each of `script` may answer in its place."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.url = f"{origin}/fhir"
        self.files: dict[str, bytes] = {}  # by names such as Patient-1
        self.errors: dict[str, bytes] = {}
        self.deleted: dict[str, bytes] = {}
        self.counts: dict[str, int] = {}
        self.manifest: Json = {}  # laid over the manifest
        self.metadata: Json = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"}
        self.polls = 0  # that find the export unfinished
        self.gone: set[str] = set()  # exports that are not known any more
        self.deletions: list[str] = []
        self.script: list[Answer] = []
        self.asked: list[Asked] = []
        self._exports = 0
        self._polled: dict[str, int] = {}
        self._lock = threading.Lock()

    def paths(self, method: str = "GET") -> list[str]:
        """What was asked for, without queries."""
        return [one.name for one in self.asked if one.method == method]

    def once(self, name: str, *replies: Reply) -> None:
        """The next requests whose path ends so get these."""
        waiting = list(replies)

        def answer(asked: Asked) -> Reply | None:
            return waiting.pop(0) if waiting and asked.name.endswith(name) else None

        self.script.append(answer)

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            for answer in self.script:
                if reply := answer(asked):
                    return reply
            return self._usual(asked)

    def _usual(self, asked: Asked) -> Reply:
        path = asked.name.removeprefix("/fhir")
        if path == "/metadata":
            return as_json(self.metadata)
        if path.endswith("/$export"):
            self._exports += 1
            return Reply(202, headers={"Content-Location": f"{self.url}/status/{self._exports}"})
        if path.startswith("/status/"):
            return self._status(asked, path.rpartition("/")[2])
        if path.startswith("/file/"):
            _, _, export, name = path.split("/")
            body = {**self.files, **self.errors, **self.deleted}.get(name)
            if body is None or export in self.gone:
                return as_json(outcome("not-found"), 404)
            return ranged(asked, body)
        return as_json(outcome("not-found"), 404)

    def _status(self, asked: Asked, export: str) -> Reply:
        if export in self.gone:
            return as_json(outcome("not-found"), 404)
        if asked.method == "DELETE":
            self.deletions.append(export)
            self.gone.add(export)
            return Reply(202)
        self._polled[export] = self._polled.get(export, 0) + 1
        if self._polled[export] <= self.polls:
            return Reply(202, headers={"Retry-After": "0", "X-Progress": "half of it"})
        return as_json(self.written(export))

    def written(self, export: str) -> Json:
        """The manifest of an export."""

        def listed(files: Mapping[str, bytes]) -> Sequence[Json]:
            return [
                {
                    "type": name.partition("-")[0],
                    "url": f"{self.url}/file/{export}/{name}?sig={SECRET}",
                    **({"count": self.counts[name]} if name in self.counts else {}),
                }
                for name in files
            ]

        return {
            "transactionTime": "2026-11-20T06:00:00Z",
            "request": f"{self.url}/$export",
            "requiresAccessToken": True,
            "output": listed(self.files),
            "error": listed(self.errors),
            "deleted": listed(self.deleted),
            **self.manifest,
        }


def ranged(asked: Asked, body: bytes, etag: str = '"of-the-file"') -> Reply:
    """A file by a server that has parts of it sent."""
    headers = {"Content-Type": "application/fhir+ndjson", "ETag": etag}
    start, _, _ = asked.headers.get("range", "").removeprefix("bytes=").partition("-")
    if start.isdigit() and asked.headers.get("if-range") == etag:
        part = body[int(start) :]
        headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return Reply(206, part, headers)
    return Reply(200, body, headers)


@contextmanager
def bulk_server() -> Iterator[BulkServer]:
    """Run one on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            sent = parse_qs(self.rfile.read(size).decode()) if size else {}
            headers = {name.lower(): value for name, value in self.headers.items()}
            form = {name: values[0] for name, values in sent.items()}
            reply = running.answer(Asked(self.command, self.path, headers, form))
            try:
                self._send(reply)
            except OSError:  # the client has had enough
                self.close_connection = True

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if reply.cut is None:
                self.wfile.write(reply.body)
                return
            self.wfile.write(reply.body[: reply.cut])
            self.wfile.flush()
            if reply.hold:
                reply.hold.wait(60)
            self.close_connection = True

        def log_message(self, *_args: Any) -> None:
            """Nothing on the screen."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is part of the tests."""

    server = Quiet(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = BulkServer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
