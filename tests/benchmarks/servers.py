"""The servers that the benchmark drives, each a process of its own with one worker.

Those of other projects live in environments of their own under `.bench-venv`, made on first use.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.load import one_call

_REPOSITORY = Path(__file__).parents[2]
_ENVIRONMENTS = _REPOSITORY / ".bench-venv"
_PATIENCE = 60.0  # seconds until a server that does not answer counts as broken
HEALTHCHAIN = ("healthchain==0.16.1", "uvicorn==0.54.0")
GRANIAN = ("granian==2.8.7",)
NOTHING: Mapping[str, str] = {}


class Missing(Exception):  # noqa: N818
    """An environment of another project could not be made; the message says why."""


@contextmanager
def gunicorn(app: str, settings: Mapping[str, str] = NOTHING) -> Iterator[int]:
    """An application of `apps.py` under gunicorn, one sync worker; gives the port."""
    with _started(
        [sys.executable, "-m", "gunicorn", f"tests.benchmarks.apps:{app}()"],
        ["--workers", "1", "--worker-class", "sync", "--log-level", "error"],
        ["--no-control-socket", "--bind", "127.0.0.1:{port}"],
        settings=settings,
    ) as port:
        yield port


@contextmanager
def granian(app: str, settings: Mapping[str, str] = NOTHING) -> Iterator[int]:
    """The same under granian, one worker with one thread for Python."""
    python = _environment("granian", GRANIAN)
    path = os.pathsep.join((str(_REPOSITORY), sysconfig.get_path("purelib")))
    with _started(
        [python, "-m", "granian", "--interface", "wsgi", "--workers", "1"],
        ["--blocking-threads", "1", "--no-access-log", "--log-level", "error"],
        ["--host", "127.0.0.1", "--port", "{port}", "--factory", f"tests.benchmarks.apps:{app}"],
        settings={**settings, "PYTHONPATH": path},
    ) as port:
        yield port


@contextmanager
def healthchain() -> Iterator[int]:
    """HealthChain's smallest CDS service under uvicorn, as its documentation starts it."""
    python = _environment("healthchain", HEALTHCHAIN)
    with _started(
        [python, "-m", "uvicorn", "healthchain_service:app", "--workers", "1"],
        ["--app-dir", str(Path(__file__).parent), "--log-level", "error", "--no-access-log"],
        ["--host", "127.0.0.1", "--port", "{port}"],
        settings=NOTHING,
    ) as port:
        yield port


def _environment(name: str, packages: Sequence[str]) -> str:
    """The Python of an environment that has the packages. Raises Missing."""
    python = _ENVIRONMENTS / name / "bin" / "python"
    stamp = _ENVIRONMENTS / name / "packages"
    if stamp.is_file() and stamp.read_text().split() == list(packages):
        return str(python)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in ([sys.executable, "-m", "venv", str(python.parents[1])], [*pip, *packages]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            why = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise Missing(f"{' '.join(packages)} could not be installed: {why}")
    stamp.write_text("\n".join(packages))
    return str(python)


@contextmanager
def _started(*command: list[str], settings: Mapping[str, str]) -> Iterator[int]:
    """A server on a free port, which stands as `{port}` in its command."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    arguments = [part.format(port=port) for parts in command for part in parts]
    own = {name: value for name, value in os.environ.items() if "CRAMPCHECK" not in name}
    process = subprocess.Popen(
        arguments, env={**own, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            if one_call(port, request).startswith(b"HTTP/1.1 200"):
                return
        except OSError:
            if process.poll() is not None:
                break
        time.sleep(0.05)
    raise SystemExit("a server of the benchmark did not start")
