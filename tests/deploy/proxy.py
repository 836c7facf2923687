"""The proxy that we hand out, run as it stands but for its addresses, files and log folder."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

from msgspec import Struct

from tests.deploy.service import DEPLOY, Answer
from tests.servers.certificate import certificate
from tests.servers.local import HOST, PATIENCE, free_port, not_installed, wait_for

# Where Debian keeps what only root starts as a rule.
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
NAME = "localhost"  # what the certificate of the tests is for


class Proxy(Struct, frozen=True):
    """A running nginx. `logs` is the folder that it writes to."""

    port: int
    trust: Path
    logs: Path

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[Answer, dict[str, str]]:
        """A request over TLS; gives the answer and its headers, by names in lower case."""
        context = ssl.create_default_context(cafile=str(self.trust))
        connection = HTTPSConnection(NAME, self.port, timeout=PATIENCE, context=context)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, response.read()), named
        finally:
            connection.close()

    def logged(self) -> str:
        """All that it has written."""
        return "".join(path.read_text() for path in sorted(self.logs.iterdir()))


@contextmanager
def proxied(folder: Path, service_port: int) -> Iterator[Proxy]:
    """Start nginx with the configuration of the deploy folder, in front of a service."""
    if NGINX is None:
        not_installed("nginx is not installed; `make test` installs it as root")
    logs = folder / "logs"
    logs.mkdir()
    trust, key = certificate(folder)
    port = free_port()
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for ours, theirs in (
        ("    listen [::]:443 ssl http2;\n", ""),  # some machines have no IPv6
        ("listen 443 ", f"listen {HOST}:{port} "),
        ("127.0.0.1:8000;", f"{HOST}:{service_port};"),
        ("/etc/ssl/crampcheck/fullchain.pem", str(trust)),
        ("/etc/ssl/crampcheck/privkey.pem", str(key)),
        ("/var/log/nginx/", f"{logs}/"),
    ):
        assert 1 <= text.count(ours), ours
        text = text.replace(ours, theirs)
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/start.log;\n"
        f"events {{}}\nhttp {{ {temporary}\n{text}\n}}\n",
        encoding="utf-8",
    )
    written = folder / "nginx-output.txt"
    with written.open("wb") as stream:
        process = subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", str(whole), "-e", str(folder / "start.log")],
            stdout=stream,
            stderr=stream,
        )
    proxy = Proxy(port, trust, logs)
    try:
        wait_for(lambda: proxy.ask("GET", "/healthz")[0].status == 200, process, written.read_text)
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
