"""The server is killed with SIGKILL, again and again, while outcomes are posted.

Every post that got its 200 is in the database once; of the others, each is there once or not at
all. Small in `make test`; 10,000 posts and 20 kills in `make soak`.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from plugin.config import Settings
from tests.conftest import SOAK
from tests.deploy.service import DEPLOY, REPOSITORY
from tests.plugin.store.feedback_posts import URL, overridden, post, stored
from tests.servers.local import HOST, free_port

SOAKING = os.environ.get(SOAK) == "1"
POSTS, KILLS = (10_000, 20) if SOAKING else (300, 3)
CLIENTS = 4
PATIENCE = 120  # seconds until a server that does not come back counts as broken


class Server:
    """gunicorn as it is deployed, with two workers, on a port that it keeps."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.port = free_port()
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "CRAMPCHECK_PORT": str(self.port),
            "CRAMPCHECK_WORKERS": "2",
            "CRAMPCHECK_DATABASE": settings.database,
            "CRAMPCHECK_DATA": settings.data,
        }
        self._log = (folder / "log").open("ab")
        self._folder = folder
        self._process = self._started()
        self.kills = 0

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", str(DEPLOY / "gunicorn.conf.py")],
            cwd=self._folder,
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def kill(self) -> None:
        """Kill parent and workers at once; nothing of theirs is flushed, closed or answered."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.kills += 1

    def restart(self) -> None:
        """Start it again, on the same database and port."""
        self._process = self._started()

    def wait(self) -> None:
        """Return when it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with socket.create_connection((HOST, self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self._folder / "log").read_text())


class Clients:
    """Posts outcomes from several threads, and knows which of them were answered with 200."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lock = threading.Lock()
        self.answered: set[str] = set()
        self.sent: set[str] = set()
        self.refused: Counter[int] = Counter()
        self.broken = 0

    def tell(self, number: int) -> None:
        """Post one outcome. Where no answer comes, every second client gives up, others repeat."""
        card = str(uuid4())
        body = post(overridden(card))
        self.sent.add(card)
        while True:
            status = self._post(body)
            with self._lock:
                if status == http.client.OK:
                    self.answered.add(card)
                    return
                if status:
                    self.refused[status] += 1
                self.broken += 1
            self._server.wait()
            if number % 2:
                return

    def wait_for(self, answers: int) -> None:
        """Return when so many posts were answered."""
        until = time.monotonic() + 10 * PATIENCE
        while len(self.answered) < answers and time.monotonic() < until:
            time.sleep(0.002)

    def _post(self, body: bytes) -> int:
        """The status of the answer; 0 where there was none."""
        connection = http.client.HTTPConnection(HOST, self._server.port, timeout=PATIENCE)
        try:
            connection.request("POST", URL, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Server]:
    running = Server(settings, tmp_path)
    running.wait()
    yield running
    running.kill()


def test_every_outcome_that_was_answered_is_there_once(server: Server, settings: Settings) -> None:
    clients = Clients(server)
    chance = random.Random(4)  # noqa: S311 - when to kill
    with ThreadPoolExecutor(CLIENTS) as pool:
        posts = [pool.submit(clients.tell, number) for number in range(POSTS)]
        for kill in range(1, KILLS + 1):
            clients.wait_for(POSTS * kill // (KILLS + 2))
            time.sleep(chance.random() * 0.05)
            server.kill()
            server.restart()
        for one in posts:
            one.result()
    rows = Counter(row["card"] for row in stored(settings))
    assert {card for card in clients.answered if rows[card] != 1} == set()
    assert {card for card, count in rows.items() if count != 1} == set()
    assert set(rows) <= clients.sent
    assert server.kills == KILLS
    assert clients.broken > 0, "no kill hit a post: the test has shown nothing"
    assert clients.refused == Counter()
    print(
        f"{POSTS} posts, {KILLS} kills: {len(clients.answered)} answered and there once, "
        f"{clients.broken} without an answer, {len(rows) - len(clients.answered)} stored unanswered"
    )
