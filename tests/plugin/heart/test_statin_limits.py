"""Every line of the reference table, from a FHIR Bundle to the answer: below, at and above it."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from tests.knowledge.reference_interactions import Line, lines
from tests.plugin.heart.statin_charts import (
    answer,
    cautions,
    drug,
    ill,
    interactions,
    kidney,
    outline,
)

PLACES = ("US", "UK", "EU")
# Limits that another jurisdiction sets for itself; None is a contraindication.
OTHERWISE: dict[tuple[str, str, str], int | None] = {
    ("verapamil", "simvastatin", "UK"): 20,
    ("diltiazem", "simvastatin", "UK"): 20,
    ("bempedoic acid", "simvastatin", "UK"): 40,
    ("bempedoic acid", "simvastatin", "EU"): 40,
    ("cyclosporine", "rosuvastatin", "UK"): None,
    ("cyclosporine", "rosuvastatin", "EU"): None,
}


def _pairs(effect: str, *, recalled: bool = False) -> list[tuple[Line, frozenset[str]]]:
    return [
        (line, partners)
        for line in lines()
        for partners in line.partners
        if (line.effect, line.recalled) == (effect, recalled) and partners
    ]


def _chart(statin: str, mg: float | None, partners: frozenset[str]) -> list[dict[str, Any]]:
    name = statin if mg is None else f"{statin} {mg} mg tablet"
    return [drug(name, mg), *(drug(partner, 2000) for partner in sorted(partners))]


def _about(said: Any, partners: frozenset[str], rule: str) -> list[str]:
    return [
        finding.level.value
        for finding in interactions(said) + cautions(said)
        if finding.rule == rule and partners <= set(finding.partners)
    ]


def test_every_cap_is_kept_at_and_below_it_and_said_above() -> None:
    """In each jurisdiction by its own number, at the level of the line, and of a dose not read."""
    tried = 0
    for (line, partners), place in product(_pairs("dose-cap"), PLACES):
        cap = OTHERWISE.get((line.perpetrator, line.statin, place), line.cap)
        if cap is None or line.cap is None or not ({"US", place} & line.places):
            continue
        for mg, expected in (
            (float(cap) / 2, []),
            (float(cap), []),
            (float(cap) + 0.5, [line.level]),
            (float(cap) * 4, [line.level]),
        ):
            said = answer(*_chart(line.statin, mg, partners), jurisdiction=place)
            found = _about(said, partners, "statin-over-dose-cap")
            assert expected == found, (line.perpetrator, line.statin, place, mg)
        unread = answer(*_chart(line.statin, None, partners), jurisdiction=place)
        assert ["info"] == _about(unread, partners, "statin-dose-not-read")
        tried += 1
    assert tried > 90


def test_every_contraindication_holds_at_any_dose_and_only_where_it_is_written() -> None:
    """Critical with the smallest dose and with one that cannot be read."""
    tried = 0
    for (line, partners), place, mg in product(_pairs("contraindicated"), PLACES, (0.5, None)):
        said = answer(*_chart(line.statin, mg, partners), jurisdiction=place)
        found = _about(said, partners, "statin-contraindicated-combination")
        applies = "US" in line.places or place in line.places
        assert (["critical"] if applies else []) == found, (line.perpetrator, line.statin, place)
        tried += 1
    assert tried > 200


@pytest.mark.parametrize("place", ["UK", "EU"])
def test_what_another_jurisdiction_forbids_is_forbidden_there(place: str) -> None:
    """Rosuvastatin beside cyclosporine is capped in the US."""
    said = answer(*_chart("rosuvastatin", 5, frozenset({"cyclosporine"})), jurisdiction=place)
    assert [("statin-contraindicated-combination", "critical")] == outline(interactions(said))


def test_every_caution_is_said_at_the_level_of_its_line() -> None:
    """In each jurisdiction, since the US label stands in; and nobody forbids or caps anything."""
    for (line, partners), place in product(_pairs("caution"), PLACES):
        if (place, line.perpetrator) == ("UK", "fenofibrate / other fibrates"):
            continue  # the UK has a limit of its own for one of them
        said = answer(*_chart(line.statin, 20, partners), jurisdiction=place)
        found = _about(said, partners, "statin-caution-combination")
        assert [line.level] == found, (line.perpetrator, line.statin, place)
        assert [] == interactions(said)


def test_a_recalled_number_never_forbids_or_caps() -> None:
    """Whatever the dose: the part that was found is a caution, and of the rest it says so."""
    for (line, partners), place, mg in product(
        _pairs("dose-cap", recalled=True) + _pairs("contraindicated", recalled=True),
        PLACES,
        (1, 80, None),
    ):
        said = answer(*_chart(line.statin, mg, partners), jurisdiction=place)
        limits = [f for f in interactions(said) if partners & set(f.partners)]
        assert [] == limits, (line.perpetrator, line.statin, mg)
        assert "critical" not in [finding.level.value for finding in cautions(said)]
        if line.found_in_part:
            assert 1 == len(_about(said, partners, "statin-caution-combination"))


def test_what_is_recalled_and_nowhere_found_is_listed_and_is_no_headline() -> None:
    """The statin has a line of its own at the same level, and that one comes first."""
    high = answer(*_chart("rosuvastatin", 20, frozenset({"enasidenib"})))
    assert ["cramp-linked-drug", "statin-interaction-unconfirmed"] == [
        finding.rule for finding in high.findings
    ]
    assert "info" == high.level.value
    low = answer(*_chart("rosuvastatin", 10, frozenset({"enasidenib"})))
    assert ["cramp-linked-drug"] == [finding.rule for finding in low.findings]


def test_a_pair_without_an_interaction_is_left_alone() -> None:
    """Rosuvastatin and CYP3A4 inhibitors, atorvastatin and azithromycin."""
    pairs = _pairs("none")
    assert 6 == len(pairs)
    for (line, partners), place, mg in product(pairs, PLACES, (40, None)):
        said = answer(*_chart(line.statin, mg, partners), jurisdiction=place)
        assert [] == interactions(said) + cautions(said)


@pytest.mark.parametrize(
    ("mg", "expected"),
    [
        (500, []),
        (1000, [("statin-caution-combination", "warning")]),
        (None, [("statin-partner-dose-not-read", "info")]),
    ],
)
def test_niacin_counts_from_one_gram(mg: float | None, expected: list[tuple[str, str]]) -> None:
    """Below it nothing is said; a dose that cannot be read is."""
    niacin = drug("niacin", mg)
    assert expected == outline(cautions(answer(drug("simvastatin 20 mg tablet", 20), niacin)))


def test_niacin_is_counted_over_the_day() -> None:
    """Two tablets of 500 mg are the gram that the label names."""
    twice = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
    dose = {"doseQuantity": {"value": 1, "unit": "tablet"}}
    niacin = drug(
        "niacin 500 MG Oral Tablet", dosageInstruction=[{"timing": twice, "doseAndRate": [dose]}]
    )
    said = answer(drug("atorvastatin 20 mg tablet", 20), niacin)
    assert [("statin-caution-combination", "info")] == outline(cautions(said))


KIDNEY = [
    ("lovastatin", 40, 29, "US", ["statin-over-dose-cap-by-record"]),
    ("lovastatin", 20, 29, "US", []),
    ("lovastatin", 40, 30, "US", []),
    ("lovastatin", 40, None, "US", []),
    ("simvastatin", 10, 29, "US", ["statin-caution-by-record"]),
    ("simvastatin", 5, 29, "US", []),
    ("simvastatin", 10, 30, "US", []),
    ("pravastatin", 20, 29, "US", ["statin-caution-by-record"]),
    ("pravastatin", 10, 29, "US", []),
    ("pitavastatin", 4, 59, "US", ["statin-over-dose-cap-by-record"]),
    ("pitavastatin", 2, 59, "US", []),
    ("pitavastatin", 4, 60, "US", []),
    ("rosuvastatin", 20, 29, "US", ["statin-over-dose-cap-by-record"]),
    ("rosuvastatin", 10, 29, "US", []),
    ("rosuvastatin", 40, 59, "US", []),
    ("rosuvastatin", 5, 29, "UK", ["statin-contraindicated-by-record"]),
    ("rosuvastatin", 40, 29, "UK", ["statin-contraindicated-by-record"]),
    ("rosuvastatin", 40, 59, "EU", ["statin-over-dose-cap-by-record"]),
    ("rosuvastatin", 20, 59, "EU", []),
    ("rosuvastatin", 40, 60, "EU", []),
    ("rosuvastatin", None, 29, "US", ["statin-dose-not-read-by-record"]),
    ("atorvastatin", 80, 29, "US", []),
]


@pytest.mark.parametrize(("statin", "mg", "egfr", "place", "rules"), KIDNEY)
def test_the_kidney_limits_a_statin(
    statin: str, mg: float | None, egfr: float | None, place: str, rules: list[str]
) -> None:
    """At the label's number of mg and of mL/min; a function that is not known proves nothing."""
    results = [kidney(egfr)] if egfr is not None else []
    said = answer(*_chart(statin, mg, frozenset()), *results, jurisdiction=place)
    assert rules == [finding.rule for finding in interactions(said) + cautions(said)]


@pytest.mark.parametrize(
    ("statin", "mg", "rules"),
    [
        ("lovastatin", 40, ["statin-over-dose-cap-by-record"]),
        ("pitavastatin", 4, ["statin-over-dose-cap-by-record"]),
        ("rosuvastatin", 20, []),
    ],
)
def test_dialysis_is_a_kidney_limit_but_not_of_rosuvastatin_in_the_us(
    statin: str, mg: float, rules: list[str]
) -> None:
    """That label exempts haemodialysis; no eGFR is needed where the condition is on file."""
    said = answer(*_chart(statin, mg, frozenset()), ill("on hemodialysis"))
    assert rules == [finding.rule for finding in interactions(said)]
    assert rules == [
        finding.rule
        for finding in interactions(
            answer(*_chart(statin, mg, frozenset()), ill("on dialysis"), kidney(10))
        )
    ]


@pytest.mark.parametrize(("mg", "levels"), [(40, []), (80, ["warning"]), (None, [])])
@pytest.mark.parametrize("authored", ["2026-10-01", "2020-01-01"])
def test_simvastatin_80_mg_is_said_however_long_it_is_on_file(
    mg: float | None, levels: list[str], authored: str
) -> None:
    """How long it is taken never silences it, and a dose that is not known does not raise it."""
    name = f"simvastatin {mg} mg tablet" if mg else "simvastatin"
    said = answer(drug(name, mg, authoredOn=authored))
    assert levels == [finding.level.value for finding in interactions(said)]


def test_ancestry_changes_nothing() -> None:
    """It is not read: a chart that states it is answered like one that does not."""
    said = answer(*_chart("rosuvastatin", 40, frozenset()))
    assert [] == interactions(said) + cautions(said)


def test_gemfibrozil_beside_rosuvastatin_is_never_in_order() -> None:
    """To be avoided at 10 mg, and critical above it; said once."""
    low = answer(*_chart("rosuvastatin", 10, frozenset({"gemfibrozil"})))
    assert [("statin-caution-combination", "warning")] == outline(interactions(low) + cautions(low))
    high = answer(*_chart("rosuvastatin", 20, frozenset({"gemfibrozil"})))
    assert [("statin-over-dose-cap", "critical")] == outline(interactions(high) + cautions(high))


@pytest.mark.parametrize("statin", ["simvastatin", "rosuvastatin", "fluvastatin", "pitavastatin"])
def test_daptomycin_asks_for_care_with_any_statin(statin: str) -> None:
    """The manufacturer speaks of the class."""
    said = answer(*_chart(statin, 1, frozenset({"daptomycin"})))
    assert [("statin-caution-combination", "warning")] == outline(cautions(said))


def test_a_caution_replaces_the_plain_line_of_the_statin() -> None:
    """One line at the same level and not two: what is known of the pair is the better sentence."""
    said = answer(*_chart("atorvastatin", 20, frozenset({"diltiazem"})))
    assert [("statin-caution-combination", "info")] == outline(list(said.findings))
    assert said.mitigations == ()


def test_symptoms_make_a_caution_offer_a_creatine_kinase() -> None:
    """Quiet without them."""
    said = answer(*_chart("atorvastatin", 20, frozenset({"diltiazem"})), ill("myalgia"))
    assert "check-ck" in {mitigation.id for mitigation in said.mitigations}


def test_the_sum_of_the_day_decides() -> None:
    """20 mg twice a day is 40, which is what the fluvastatin label allows beside cyclosporine."""
    for times, rules in ((2, []), (3, ["statin-over-dose-cap"])):
        timing = {"repeat": {"frequency": times, "period": 1, "periodUnit": "d"}}
        dose = {"doseQuantity": {"value": 20, "unit": "mg"}}
        statin = drug(
            "fluvastatin 20 MG Oral Capsule",
            dosageInstruction=[{"timing": timing, "doseAndRate": [dose]}],
        )
        said = answer(statin, drug("cyclosporine", 100))
        assert rules == [finding.rule for finding in interactions(said)]


def test_a_cap_is_a_number_of_the_reference() -> None:
    """No line was read with a cap that is not in it."""
    caps = {line.cap for line in lines() if line.effect == "dose-cap"}
    assert caps == {Decimal(mg) for mg in (1, 2, 5, 10, 20, 40)}
