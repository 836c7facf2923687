"""A real PostgreSQL of the test's own: made in a temporary folder, on a free port of loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.servers.local import free_port, not_installed

REASON = (
    "PostgreSQL is not installed; tests/servers/system.sh installs it (Debian: apt-get install "
    "postgresql)"
)
_USER = "crampcheck"
_ACCOUNT = "postgres"  # PostgreSQL does not run as root
_QUICK = (
    *("listen_addresses=127.0.0.1", "max_connections=40", "shared_buffers=16MB"),
    # A crash of the machine is not what these tests are about; a crash of a process loses nothing.
    *("fsync=off", "full_page_writes=off"),
)


def binaries() -> Path | None:
    """The folder with `initdb`, of the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdecimal() else 0


class Postgres:
    """A running server."""

    def __init__(self, port: int, control: list[str], folder: Path) -> None:
        self.port = port
        self._control = control
        self._folder = folder

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{uuid4().hex[:12]}"
        address = f"postgresql://{_USER}@127.0.0.1:{self.port}"
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"{address}/{name}"

    def stop(self) -> None:
        """End it at once, as a failure would; its data stays."""
        self._run("stop", "-m", "immediate")

    def start(self) -> None:
        """Start it on the same data and port."""
        options = " ".join(f"-c {one}" for one in (*_QUICK, f"port={self.port}"))
        sockets = f"-c unix_socket_directories={self._folder}"
        self._run("start", "-o", f"{options} {sockets}", "-l", str(self._folder / "log"))

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [*self._control, "-w", *arguments], check=True, capture_output=True, cwd=self._folder
        )


@contextmanager
def running() -> Iterator[Postgres]:
    """A server that ends with the block. Skips the test where PostgreSQL is not installed."""
    where = binaries()
    if where is None:
        not_installed(REASON)
    folder = Path(tempfile.mkdtemp(prefix="crampcheck-postgres-"))
    data = folder / "data"
    as_account: list[str] = []
    if os.geteuid() == 0:
        account = pwd.getpwnam(_ACCOUNT)
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_account = ["runuser", "-u", _ACCOUNT, "--"]
    try:
        subprocess.run(
            [
                *as_account,
                str(where / "initdb"),
                *("--pgdata", str(data), "--username", _USER, "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        server = Postgres(
            free_port(), [*as_account, str(where / "pg_ctl"), "-D", str(data)], folder
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
