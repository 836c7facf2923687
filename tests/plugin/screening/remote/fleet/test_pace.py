"""How hard a server is asked: so many at once, so many in a second, and not while it is busy."""

from __future__ import annotations

import time
from pathlib import Path

from tests.plugin.screening.conftest import lines
from tests.plugin.screening.remote.conftest import Screen
from tests.plugin.screening.remote.fleet.clinic import Clinic, ids_file, path_of, people
from tests.plugin.screening.remote.fleet.conftest import Answers
from tests.plugin.screening.remote.pace_of_tests import Gate
from tests.servers.scripted import Asked, Reply

NAMES = tuple("abcdefghij")


def test_no_more_are_asked_for_at_once_than_was_said(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    """Three wait together, a fourth never comes beside them."""
    clinic.resources = people(*NAMES)
    gate = Gate(3)

    def meet(asked: Asked) -> Reply | None:
        if path_of(asked).startswith("Patient/"):
            gate.meet()
        return None

    clinic.instead.append(meet)
    names = ids_file(tmp_path, *NAMES)
    ran = screen(clinic.url, "--patients", names, "--concurrency", "3")
    assert 0 == ran.code, ran.err
    assert gate.met
    assert 3 == clinic.most
    assert len(NAMES) == len(lines(tmp_path / "out" / "assessments.ndjson"))


def test_all_threads_together_keep_one_rate(clinic: Clinic, screen: Screen, tmp_path: Path) -> None:
    """At least as long as the rate allows, however many threads there are."""
    arrived: list[float] = []

    def note(_: Asked) -> Reply | None:
        arrived.append(time.monotonic())
        return None

    clinic.instead.append(note)
    names = ids_file(tmp_path, "a", "b", "c")
    ran = screen(clinic.url, "--patients", names, "--concurrency", "8", "--rate", "40")
    assert 0 == ran.code, ran.err
    most_at_once = 5 + 1  # after a rest, and the first
    assert arrived[-1] - arrived[0] >= (len(arrived) - most_at_once - 1) / 40


def test_a_storm_of_refusals_slows_everybody_and_loses_nobody(
    clinic: Clinic, screen: Screen, from_files: Answers, tmp_path: Path
) -> None:
    """After a 429 nobody asks before its Retry-After has passed."""
    clinic.resources = people(*NAMES)
    refused: list[float] = []
    early: list[float] = []

    def storm(_: Asked) -> Reply | None:
        now = time.monotonic()
        number = len(clinic.paths)
        if number in (10, 30, 31):
            refused.append(now)
            return Reply(status=429, headers={"Retry-After": "1"})
        # what was on its way when the server refused may still come
        early.extend(gap for since in refused if 0.3 < (gap := now - since) < 0.9)
        return None

    clinic.instead.append(storm)
    names = ids_file(tmp_path, *NAMES)
    ran = screen(clinic.url, "--patients", names, "--rate", "200")
    assert 0 == ran.code, ran.err
    assert refused
    assert [] == early
    found = (tmp_path / "out" / "assessments.ndjson").read_bytes()
    assert from_files(people(*NAMES)) == found
