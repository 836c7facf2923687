"""A card that a user was shown is left out until something is new: narrowly, and only if asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from time_machine import Traveller, travel

from plugin.app import create_app
from plugin.cards.shape import NOT_READ
from plugin.config import Settings
from plugin.store.address import address_of
from plugin.store.engine import open_engine
from tests.plugin.hook_calls import (
    PATIENT_ID,
    TODAY,
    URL,
    call,
    order,
    patient,
    potassium,
    prefetch,
    searchset,
)
from tests.plugin.store.test_silence import WARNING, Chart

THIAZIDE = order("hydrochlorothiazide 25 mg")
UNREAD = order("xqzzt the blue one", "m2")
ZORA = {"patientId": PATIENT_ID, "userId": "Practitioner/1"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with travel(datetime(2026, 11, 1, 9, tzinfo=UTC), tick=False) as stopped:
        yield stopped


@pytest.fixture
def chart(settings: Settings) -> Chart:
    return Chart(replace(settings, shown_days=7))


def later(clock: Traveller, **passed: float) -> None:
    clock.shift(timedelta(**passed))


def test_a_card_that_was_shown_is_left_out_and_counted(chart: Chart, clock: Traveller) -> None:
    assert len(chart.opened()) == 1
    later(clock, hours=1)
    assert chart.opened() == []
    assert "crampcheck_silenced_findings_total 0.0" not in chart.metrics()


def test_unless_a_site_asks_for_it_a_card_is_always_shown(
    settings: Settings, clock: Traveller
) -> None:
    chart = Chart(settings)
    chart.opened()
    later(clock, hours=1)
    assert len(chart.opened()) == 1


def test_it_comes_back_when_the_days_have_passed_since_it_was_shown(
    chart: Chart, clock: Traveller
) -> None:
    """And not since it was last left out, which would keep it away for ever."""
    chart.opened()
    later(clock, days=6)
    assert chart.opened() == []
    later(clock, days=1, seconds=1)
    assert len(chart.opened()) == 1


def test_a_call_that_comes_again_within_minutes_gets_the_card_again(
    chart: Chart, clock: Traveller
) -> None:
    """The first answer may have come too late for its client."""
    chart.opened()
    later(clock, minutes=4)
    assert len(chart.opened()) == 1


NEW = {
    "another result": prefetch(THIAZIDE, potassium=searchset(potassium(3.2, id_="k2"))),
    "another value": prefetch(THIAZIDE, potassium=searchset(potassium(3.1))),
    "a newer result": prefetch(THIAZIDE, potassium=searchset(potassium(3.2, "2026-10-30"))),
    "a drug": prefetch(THIAZIDE, order("furosemide 40 mg", "m3"), potassium=WARNING["potassium"]),
    "nothing known of potassium": prefetch(THIAZIDE),
    "a result that cannot be read": prefetch(
        THIAZIDE,
        potassium=searchset(
            potassium(3.2),
            {
                **potassium(3.2, "2026-01-02", id_="k3"),
                "valueQuantity": {"value": 3, "unit": "furlong"},
            },
        ),
    ),
}


@pytest.mark.parametrize("sent", NEW.values(), ids=NEW)
def test_whatever_is_new_brings_the_whole_card(
    chart: Chart, clock: Traveller, sent: dict[str, Any]
) -> None:
    chart.opened()
    later(clock, hours=1)
    (card,) = chart.opened(sent)
    (alone,) = Chart(replace(chart.settings_without_days, shown_days=0)).opened(sent)
    assert (card["summary"], card["detail"]) == (alone["summary"], alone["detail"])


def test_another_user_is_shown_it_and_so_is_one_who_is_not_the_same(
    chart: Chart, clock: Traveller
) -> None:
    chart.opened(context=ZORA)
    later(clock, hours=1)
    for other in ("Practitioner/2", "PractitionerRole/1"):
        assert len(chart.opened(context={**ZORA, "userId": other})) == 1
    assert chart.opened(context=ZORA) == []


def test_another_hook_shows_it_and_is_no_showing(chart: Chart, clock: Traveller) -> None:
    discharge: dict[str, Any] = {
        "hook": "encounter-discharge",
        "context": {**ZORA, "encounterId": "e"},
    }
    assert len(chart.opened(**discharge)) == 1
    later(clock, hours=1)
    assert len(chart.opened(context=ZORA)) == 1
    later(clock, hours=1)
    assert len(chart.opened(**discharge)) == 1


def test_a_patient_of_another_server_is_another(chart: Chart, clock: Traveller) -> None:
    chart.opened()
    later(clock, hours=1)
    assert len(chart.opened(fhirServer="https://other.example.org/fhir")) == 1


def test_a_card_with_anything_critical_is_always_shown(chart: Chart, clock: Traveller) -> None:
    sent = prefetch(THIAZIDE, order("quinine sulfate 324 mg", "m3"))
    for _ in range(3):
        (card,) = chart.opened(sent)
        assert card["indicator"] == "critical"
        later(clock, hours=1)


def test_what_could_not_be_read_is_said_each_time(chart: Chart, clock: Traveller) -> None:
    sent = prefetch(THIAZIDE, UNREAD, potassium=WARNING["potassium"])
    assert len(chart.opened(sent)) == 2
    later(clock, hours=1)
    (card,) = chart.opened(sent)
    assert card["source"]["topic"]["code"] == NOT_READ["code"]


def test_a_card_of_before_the_setting_is_shown_once_more(
    settings: Settings, clock: Traveller
) -> None:
    Chart(settings).opened()
    later(clock, hours=1)
    chart = Chart(replace(settings, shown_days=7))
    assert len(chart.opened()) == 1
    later(clock, hours=1)
    assert chart.opened() == []


def test_a_chart_about_which_nothing_was_said_is_not_held_for_one_that_was_shown(
    chart: Chart, clock: Traveller
) -> None:
    """What was not read was said; that a drug was found is new."""
    assert len(chart.opened(prefetch(UNREAD))) == 1
    later(clock, hours=1)
    assert len(chart.opened(prefetch(UNREAD, THIAZIDE))) == 2


def test_the_database_holds_neither_user_nor_patient(
    chart: Chart, settings: Settings, clock: Traveller
) -> None:
    chart.opened(context={**ZORA, "userId": "Practitioner/somebody"})
    with open_engine(address_of(settings), pooled=False).begin() as connection:
        rows = connection.execute(text("SELECT * FROM issued_card")).all()
    assert len(rows) == 1
    for word in ("somebody", PATIENT_ID, "hydrochlorothiazide"):
        assert word not in repr(rows)


def test_where_the_database_is_gone_it_is_shown(settings: Settings, clock: Traveller) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    away = replace(settings, database=url, shown_days=7)
    client = create_app(away, today=lambda: TODAY, remember=True).test_client()
    for _ in range(2):
        sent = call(dict(WARNING, patient=patient()))
        response = client.post(URL, data=sent, content_type="application/json")
        assert len(response.get_json()["cards"]) == 1
        later(clock, hours=1)
