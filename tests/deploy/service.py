"""Run what the image runs, in a folder of its own, and stop it as an orchestrator does."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from tests.servers.local import HOST, PATIENCE, free_port, wait_for

REPOSITORY = Path(__file__).parents[2]
DEPLOY = REPOSITORY / "deploy"


class Answer(Struct, frozen=True):
    """A response, read to its end."""

    status: int
    body: bytes


class Service:
    """A running service, and afterwards what it left: its output and its exit code."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, output: Path) -> None:
        self.port = port
        self._process = process
        self._output = output

    def get(self, path: str) -> Answer:
        """GET a path."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: bytes) -> Answer:
        """POST a JSON body."""
        return self._ask("POST", path, body)

    def send_raw(self, text: bytes) -> bytes:
        """Send bytes that need not be HTTP; gives what came back."""
        with socket.create_connection((HOST, self.port), timeout=PATIENCE) as connection:
            connection.sendall(text)
            return connection.recv(65536)

    def stop(self) -> int:
        """Send SIGTERM, wait, and give the exit code."""
        self._process.terminate()
        return self._process.wait(timeout=PATIENCE)

    def reload(self) -> None:
        """Send SIGHUP, as an operator does after changing a file."""
        self._process.send_signal(signal.SIGHUP)

    def output(self) -> str:
        """Everything that it wrote so far, both streams."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def whole_lines(self) -> str:
        """The same, up to the last line that is written to its end."""
        output = self.output()
        return output[: output.rfind("\n") + 1]

    def wait_until_written(self, text: str) -> None:
        """Return when a line with a text is written: a call is logged after it was answered."""
        wait_for(lambda: text in self.whole_lines(), self._process, self.output)

    def wait_until_ready(self) -> None:
        """Return when `/readyz` answers 200; fail with the output if the service ended."""
        wait_for(lambda: self.get("/readyz").status == http.client.OK, self._process, self.output)

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.read())
        finally:
            connection.close()


def image_like_folder(folder: Path) -> Path:
    """Copy what the Dockerfile copies beside the environment; gives the entry point."""
    folder.mkdir()
    for name in ("entrypoint.sh", "gunicorn.conf.py", "healthcheck.py"):
        shutil.copy(DEPLOY / name, folder / name)
    return folder / "entrypoint.sh"


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of the image: our commands first on the PATH, nothing of this shell.

    The packages are those of this checkout, whichever one the environment was installed from.
    """
    path = f"{Path(sys.executable).parent}:{os.defpath}"
    ours = {"PATH": path, "PYTHONPATH": str(REPOSITORY), "HOME": "/nonexistent"}
    return {**ours, "CRAMPCHECK_HOST": HOST, **extra}


@contextmanager
def running(tmp_path: Path, **settings: str) -> Iterator[Service]:
    """Start the entry point in an empty folder on a free port; it has ended afterwards."""
    empty = tmp_path / "empty"
    empty.mkdir()
    entrypoint = image_like_folder(tmp_path / "deploy")
    port = free_port()
    written = tmp_path / "output.txt"
    extra = {"CRAMPCHECK_PORT": str(port), "CRAMPCHECK_WORKERS": "1", **settings}
    with written.open("wb") as stream:
        process = subprocess.Popen(
            [entrypoint], cwd=empty, env=environment(extra), stdout=stream, stderr=stream
        )
    service = Service(process, port, written)
    try:
        service.wait_until_ready()
        yield service
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=PATIENCE)
