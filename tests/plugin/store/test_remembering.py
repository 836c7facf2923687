"""Cards that were sent are on record with their rules, and without their patient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_hooks.model import HookRequest
from plugin.app import create_app
from plugin.cards.shape import FOUND, NOT_READ
from plugin.config import Settings
from plugin.observe import Metrics
from plugin.store.issued import patient_of
from plugin.store.opening import open_store
from plugin.store.pseudonym import FILE, Pseudonyms, pseudonyms_of
from tests.plugin.hook_calls import (
    PATIENT_ID,
    TODAY,
    URL,
    call,
    order,
    potassium,
    prefetch,
    searchset,
)
from tests.plugin.store.feedback_posts import answer, issued, sent

LOW = prefetch(order("hydrochlorothiazide 25 mg"), potassium=searchset(potassium(3.2)))
BOTH = prefetch(
    order("hydrochlorothiazide 25 mg"),
    order("xqzzt the blue one", "m2"),
    potassium=searchset(potassium(3.2)),
)


def cards(client: FlaskClient, sent: dict[str, Any] = LOW, **more: Any) -> list[dict[str, Any]]:
    response = client.post(URL, data=call(sent, **more), content_type="application/json")
    assert response.status_code == 200
    made: list[dict[str, Any]] = response.get_json()["cards"]
    return made


def test_a_card_that_is_sent_is_on_record_with_its_rules(
    client: FlaskClient, settings: Settings
) -> None:
    (card,) = cards(client)
    (row,) = issued(settings)
    assert (row["card"], row["indicator"]) == (card["uuid"], card["indicator"])
    assert (row["service"], row["hook"]) == ("cramp-review", "patient-view")
    assert (row["topic"], row["knowledge"] != "") == (FOUND["code"], True)
    assert "low-potassium" in {rule for rule, _, _ in row["rules"]}


def test_a_card_about_what_was_not_read_is_on_record_without_rules(
    client: FlaskClient, settings: Settings
) -> None:
    assert len(cards(client, BOTH)) == 2
    rules = {row["topic"]: bool(row["rules"]) for row in issued(settings)}
    assert rules == {FOUND["code"]: True, NOT_READ["code"]: False}


def test_a_call_without_a_card_leaves_nothing(client: FlaskClient, settings: Settings) -> None:
    assert cards(client, prefetch(order("amoxicillin 500 mg"))) == []
    assert issued(settings) == []


def test_nothing_on_record_names_the_patient(client: FlaskClient, settings: Settings) -> None:
    """Neither the id, nor a drug, a value, a date or a reference."""
    cards(client, fhirServer="https://ehr.example.org/fhir")
    told = str([dict(row) for row in issued(settings)])
    for word in (PATIENT_ID, "Observation", "2026-10-25", "3.2", "m1", "k1", "example.org"):
        assert f"'{word}'" not in told
        assert len(word) < 4 or word not in told


def test_the_same_patient_has_one_pseudonym_and_another_has_another() -> None:
    under = Pseudonyms(b"one key")

    def pseudonym(patient: str, server: str = "", key: Pseudonyms = under) -> bytes:
        del server
        return patient_of(HookRequest("patient-view", "x", {"patient_id": patient}, {}), key)

    assert pseudonym("1") == pseudonym("1")
    assert pseudonym("1") != pseudonym("2")
    assert pseudonym("1") != pseudonym("1", key=Pseudonyms(b"another key"))
    assert under.of("ab", "c") != under.of("a", "bc")


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path / "data"))
    first = pseudonyms_of(settings).of("x")
    file = tmp_path / "data" / FILE
    assert (file.stat().st_mode & 0o777, len(file.read_bytes())) == (0o600, 32)
    assert pseudonyms_of(settings).of("x") == first
    assert [one.name for one in file.parent.iterdir()] == [FILE]


def test_hosts_that_are_given_one_key_agree(tmp_path: Path) -> None:
    here, there = (
        pseudonyms_of(Settings(data=str(tmp_path / name), pseudonym_key="shared"))
        for name in ("here", "there")
    )
    assert here.of("x") == there.of("x")
    assert not (tmp_path / "here").exists()


def test_a_database_that_is_down_silences_no_card(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The card goes out; one event and a metric say what could not be done; feedback gets 503."""
    url = "postgresql://someone:s3cret@127.0.0.1:1/nothing"
    settings = Settings(database=url, data=str(tmp_path), suppress_days=30)
    client = create_app(settings, today=lambda: TODAY, remember=True).test_client()
    assert len(cards(client)) == 1
    assert len(cards(client)) == 1
    told = client.post(
        f"{URL}/feedback",
        data=b'{"card": "c", "outcome": "accepted"}',
        content_type="application/json",
    )
    assert (told.status_code, told.headers["Retry-After"]) == (503, "5")
    assert told.get_json()["issue"][0]["code"] == "transient"
    metrics = client.get("/metrics").get_data(as_text=True)
    assert 'crampcheck_store_failures_total{to="remember the cards"} 2.0' in metrics
    log = capfd.readouterr().err
    assert "store down" in log
    assert "127.0.0.1:1/nothing" in log
    assert "s3cret" not in log + metrics
    assert "someone" not in log


def test_a_card_that_cannot_be_written_down_is_reported_not_raised(tmp_path: Path) -> None:
    """A database file that became something else."""
    settings = Settings(data=str(tmp_path))
    (tmp_path / "crampcheck.sqlite").write_bytes(b"no database " * 1000)
    metrics = Metrics()
    store = open_store(settings, metrics)
    request = HookRequest("patient-view", "x", {"patient_id": "1"}, {})
    store.issued.remember("cramp-review", request, answer(), sent("c", answer()))
    assert b'crampcheck_store_failures_total{to="remember the cards"} 1.0' in metrics.exposition()
