"""What every server of the tests needs: a port of this machine, and somebody who waits for it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import pytest

HOST = "127.0.0.1"
PATIENCE = 60  # seconds until a server that does not answer counts as broken


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(
    answers: Callable[[], bool],
    process: subprocess.Popen[bytes],
    said: Callable[[], str] = lambda: "",
) -> None:
    """Return when a server answers; fail with what it said if it ended, or never does.

    `answers` may raise OSError, as all errors of a connection are.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended at its start:\n{said()}"
        with suppress(OSError):
            if answers():
                return
        time.sleep(0.05)
    raise AssertionError(f"the server did not become ready:\n{said()}")


def not_installed(reason: str) -> NoReturn:
    """Skip a test for want of a program; where a change is decided on, fail: nothing is unseen."""
    if os.environ.get("CI") in ("true", "1"):
        pytest.fail(reason)
    pytest.skip(reason)
