"""A rule that was overridden for a reason that lasts stays silent: narrowly, and only if asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from cds_hooks.feedback import decode_feedback
from cds_hooks.model import Caller, HookRequest
from plugin.app import create_app
from plugin.cards.shape import LASTING
from plugin.config import Settings
from plugin.store.opening import open_store
from tests.plugin.hook_calls import (
    TODAY,
    URL,
    call,
    order,
    patient,
    potassium,
    prefetch,
    searchset,
)
from tests.plugin.store.feedback_posts import accepted, answer, overridden, post, sent

WARNING = prefetch(order("hydrochlorothiazide 25 mg"), potassium=searchset(potassium(3.2)))
CRITICAL = prefetch(order("quinine sulfate 324 mg"))
Cards = list[dict[str, Any]]


class Chart:
    """A chart that is opened, and what is done with its cards."""

    def __init__(self, settings: Settings) -> None:
        self.settings_without_days = replace(settings, suppress_days=0)
        self._client = create_app(settings, today=lambda: TODAY, remember=True).test_client()

    def opened(self, sent: dict[str, Any] = WARNING, **more: Any) -> Cards:
        response = self._client.post(URL, data=call(sent, **more), content_type="application/json")
        assert response.status_code == 200, response.get_data(as_text=True)
        made: Cards = response.get_json()["cards"]
        return made

    def told(self, *entries: dict[str, Any]) -> None:
        path = f"{URL}/feedback"
        response = self._client.post(path, data=post(*entries), content_type="application/json")
        assert response.status_code == 200

    def metrics(self) -> str:
        return self._client.get("/metrics").get_data(as_text=True)


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


@pytest.fixture
def chart(settings: Settings) -> Chart:
    return Chart(replace(settings, suppress_days=30))


def override_all(chart: Chart, sent: dict[str, Any] = WARNING, code: str = "", **more: Any) -> None:
    for card in chart.opened(sent):
        chart.told(overridden(card["uuid"], code or "already-managed", at=ago(0), **more))


def test_what_was_overridden_for_good_is_not_said_again(chart: Chart) -> None:
    """No card where nothing else is to be said, and a count of what was left out."""
    override_all(chart)
    assert chart.opened() == []
    assert "crampcheck_silenced_findings_total 0.0" not in chart.metrics()


def test_unless_a_site_asks_for_it_nothing_is_silenced(settings: Settings) -> None:
    chart = Chart(settings)
    override_all(chart)
    assert len(chart.opened()) == 1


@pytest.mark.parametrize("code", ["not-taking", "record-wrong", "not-now", "of-some-ehr"])
def test_a_reason_that_does_not_last_silences_nothing(chart: Chart, code: str) -> None:
    override_all(chart, code=code)
    assert len(chart.opened()) == 1


@pytest.mark.parametrize("code", sorted(LASTING - {"read-elsewhere"}))
def test_each_reason_that_lasts_does(chart: Chart, code: str) -> None:
    override_all(chart, code=code)
    assert chart.opened() == []


def test_a_reason_of_another_code_system_is_none_of_ours(chart: Chart) -> None:
    reason = {"system": "urn:some:ehr", "code": "already-managed"}
    override_all(chart, overrideReason={"reason": reason})
    assert len(chart.opened()) == 1


def test_without_an_outcome_the_card_comes_back(chart: Chart) -> None:
    chart.opened()
    assert len(chart.opened()) == 1


def test_what_was_accepted_later_is_said_again(chart: Chart) -> None:
    (card,) = chart.opened()
    chart.told(accepted(card["uuid"], at=ago(0)))
    chart.told(overridden(card["uuid"], at=ago(1)))
    assert len(chart.opened()) == 1


def test_the_silence_ends_with_its_days(chart: Chart) -> None:
    (card,) = chart.opened()
    chart.told(overridden(card["uuid"], at=ago(31)))
    assert len(chart.opened()) == 1
    chart.told(overridden(card["uuid"], at=ago(29)))
    assert chart.opened() == []


NEW_EVIDENCE = {
    "a newer result": [potassium(3.2, "2026-10-30")],
    "a lower result": [potassium(3.1)],
    "another result": [potassium(3.2, id_="k2")],
}


@pytest.mark.parametrize("results", NEW_EVIDENCE.values(), ids=NEW_EVIDENCE)
def test_new_evidence_ends_the_silence(chart: Chart, results: list[dict[str, Any]]) -> None:
    override_all(chart)
    sent = prefetch(order("hydrochlorothiazide 25 mg"), potassium=searchset(*results))
    assert len(chart.opened(sent)) == 1


def test_a_newly_ordered_drug_ends_the_silence_about_what_it_bears_on(chart: Chart) -> None:
    override_all(chart)
    both = (order("hydrochlorothiazide 25 mg"), order("furosemide 40 mg", "m2"))
    assert len(chart.opened(prefetch(*both, potassium=searchset(potassium(3.2))))) == 1


def test_another_patient_is_told(chart: Chart) -> None:
    override_all(chart)
    sent = dict(WARNING, patient=patient(id="bob"))
    for name, value in list(sent.items()):
        if isinstance(value, dict):
            sent[name] = _of(value, "bob")
    context = {"userId": "Practitioner/1", "patientId": "bob"}
    assert len(chart.opened(sent, context=context)) == 1


def _of(value: Any, who: str) -> Any:
    """The same about another patient."""
    if isinstance(value, dict):
        return {name: _of(inner, who) for name, inner in value.items()}
    if isinstance(value, list):
        return [_of(inner, who) for inner in value]
    return f"Patient/{who}" if value == "Patient/zora" else value


def test_a_patient_of_another_fhir_server_is_another_patient(chart: Chart) -> None:
    override_all(chart)
    assert len(chart.opened(fhirServer="https://other.example.org/fhir")) == 1


def test_what_is_critical_is_always_said(chart: Chart) -> None:
    (card,) = chart.opened(CRITICAL)
    assert card["indicator"] == "critical"
    override_all(chart, CRITICAL)
    (again,) = chart.opened(CRITICAL)
    assert again["indicator"] == "critical"


def test_what_could_not_be_read_is_always_said(chart: Chart) -> None:
    """The card about it stays, and claims nothing about what was found."""
    sent = prefetch(
        order("hydrochlorothiazide 25 mg"),
        order("xqzzt the blue one", "m2"),
        potassium=searchset(potassium(3.2)),
    )
    override_all(chart, sent)
    (card,) = chart.opened(sent)
    assert card["source"]["topic"]["code"] == "RecordNotRead"


def test_a_card_that_leaves_something_out_says_so(chart: Chart) -> None:
    override_all(chart)
    sent = prefetch(
        order("hydrochlorothiazide 25 mg"),
        order("quinine sulfate 324 mg", "m2"),
        potassium=searchset(potassium(3.2)),
    )
    (before,) = Chart(chart.settings_without_days).opened(sent)
    (after,) = chart.opened(sent)
    assert "Not repeated here: " not in before["detail"]
    assert "Not repeated here: " in after["detail"]
    assert after["indicator"] == "critical"
    assert len(after["detail"]) < len(before["detail"])


def test_a_clock_that_is_ahead_silences_no_longer(chart: Chart) -> None:
    """An outcome of the year 2999 counts as of its arrival."""
    (card,) = chart.opened()
    chart.told(overridden(card["uuid"], at="2999-01-01T00:00:00Z"))
    assert chart.opened() == []


def test_an_outcome_that_another_client_tells_silences_nothing(settings: Settings) -> None:
    """Not even of a card whose id it knows."""
    store = open_store(settings)
    ours, theirs = Caller("https://ours"), Caller("https://theirs")
    context = {"patient_id": "1"}
    request = HookRequest("patient-view", "x", context, {}, caller=ours)
    told = answer()
    store.issued.remember("cramp-review", request, told, sent("c", told))
    entry = decode_feedback(post(overridden("c", at=ago(0)))).entries
    store.feedback.keep("cramp-review", entry, theirs)
    assert store.outcomes.of(request, 30) == {}
    store.feedback.keep("cramp-review", entry, ours)
    assert set(store.outcomes.of(request, 30)) == {one.rule for one in told.findings}
