"""A session for files of any size: it waits for what flows, and not for what only drips."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from plugin.fhir_client import Reach, wire
from tests.servers.scripted import Reply, ScriptedServer

HERE = Reach((ipaddress.ip_network("127.0.0.1"),), loopback=True)


def read(server: ScriptedServer, seconds: float) -> Any:
    with wire.session_for(HERE, steady=True).get(server.url, stream=True, timeout=seconds) as got:
        return got.raw.read()


def test_an_answer_may_take_longer_than_its_timeout(ehr: ScriptedServer) -> None:
    """The time-out is for silence; a quarter of it passes before each byte."""
    ehr.script = lambda _: Reply(b"slow but sure" * 3, pause=0.05)
    assert b"slow but sure" * 3 == read(ehr, 0.5)


def test_a_drip_ends(ehr: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_LOOK_EVERY", 0.1)
    ehr.script = lambda _: Reply(b"x" * 100_000, pause=0.01)
    with pytest.raises(HTTPError):
        read(ehr, 5)
