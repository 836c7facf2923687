"""A client's web server with its public keys: a real one, on loopback, that counts who asks."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class JwksServer(ThreadingHTTPServer):
    """Serves `document` at /jwks.json, as it is set to; keeps the paths that were asked for."""

    daemon_threads = True
    request_queue_size = 300

    def __init__(self, document: Any = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body = json.dumps(document).encode()
        self.status = 200
        self.headers: dict[str, str] = {}
        self.pause = 0.0  # seconds before an answer
        self.drip = 0.0  # seconds between two bytes of it
        self.asked: list[str] = []
        self.sent: list[dict[str, str]] = []  # the headers that came with it

    @property
    def address(self) -> str:
        """Where the keys are."""
        return f"http://127.0.0.1:{self.server_address[1]}/jwks.json"

    def publish(self, document: Any) -> None:
        """Serve another document from now on."""
        self.body = json.dumps(document).encode()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: JwksServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.sent.append(dict(self.headers))
        time.sleep(self.server.pause)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        if not self.server.drip:
            self.wfile.write(self.server.body)
            return
        for byte in self.server.body:
            self.wfile.write(bytes([byte]))
            time.sleep(self.server.drip)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(
    document: Any = None, certificate: tuple[Path, Path] | None = None
) -> Iterator[JwksServer]:
    """A running server; with a certificate and its key, over TLS."""
    server = JwksServer(document)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
