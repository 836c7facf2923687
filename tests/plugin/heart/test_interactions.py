"""What the interaction table says of a drug with what else is taken."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from knowledge.fact_text import parse_condition
from knowledge.model import Interaction, Level, Raise, RouteClass, Status
from plugin.assess import Assessor
from plugin.model import Finding, PatientRecord
from tests.plugin.heart.little import TODAY, knowing, problem, record, rule, taking

STATES = (
    "contraindicated", "over-cap", "at-cap", "dose-unread",
    "alone-contraindicated", "alone-over-cap", "alone-dose-unread",
    "caution", "alone-caution", "partner-dose-unread", "unconfirmed",
)  # fmt: skip


def row(**more: Any) -> Interaction:
    """Simvastatin with amlodipine: no more than 20 mg a day, in the US."""
    fields: dict[str, Any] = {
        "id": "row", "drug": "simvastatin", "partners": ("amlodipine",), "effect": "dose-cap",
        "cap_mg": Decimal(20), "level": Level.WARNING, "jurisdictions": ("US",), "when": (),
        "status": Status.VERIFIED, "sources": (),
    }  # fmt: skip
    return Interaction(**(fields | more))


def found(
    chart: PatientRecord, *rows: Interaction, state: str, jurisdiction: str = "US", **more: Any
) -> Finding | None:
    """What a rule says whose partner is that state of the table."""
    tried = rule(partner=f"interaction:{state}", **more)
    knowledge = knowing(tried, interactions=rows)
    findings = Assessor(knowledge, jurisdiction).assess(chart, TODAY).findings
    return findings[0] if findings else None


def states(chart: PatientRecord, *rows: Interaction) -> list[str]:
    """Every state that holds for the chart's drugs."""
    return [state for state in STATES if found(chart, *rows, state=state)]


def chart(mg: str | None, *others: str) -> PatientRecord:
    """Simvastatin at that daily dose beside other drugs."""
    return record(medications=(taking("simvastatin", mg=mg), *(taking(other) for other in others)))


@pytest.mark.parametrize(
    ("mg", "expected"),
    [
        ("10", []),
        ("20", ["at-cap"]),
        ("20.0", ["at-cap"]),
        ("40", ["over-cap"]),
        (None, ["dose-unread"]),
    ],
)
def test_a_cap_is_compared_with_the_daily_dose(mg: str | None, expected: list[str]) -> None:
    """Below the cap nothing is said; a dose that cannot be read is said."""
    assert expected == states(chart(mg, "amlodipine"), row())


def test_a_contraindication_needs_no_dose() -> None:
    """The combination itself is what the label warns of."""
    never = row(effect="contraindicated", cap_mg=None)
    assert ["contraindicated"] == states(chart(None, "amlodipine"), never)
    assert ["contraindicated"] == states(chart("5", "amlodipine"), never)


def test_a_readable_dose_above_the_cap_is_not_hidden_by_one_that_is_not_readable() -> None:
    """Over is over; at or below the cap, an unreadable second entry leaves it open."""
    unread_too = (taking("simvastatin", reference="X/2"), taking("amlodipine"))
    over = record(medications=(taking("simvastatin", mg="40"), *unread_too))
    below = record(medications=(taking("simvastatin", mg="10"), *unread_too))
    assert ["over-cap"] == states(over, row())
    assert ["dose-unread"] == states(below, row())


def test_without_the_partner_nothing_is_said() -> None:
    """Not taken, local or over: no interaction."""
    local = taking("amlodipine", route=RouteClass.TOPICAL)
    over = taking("amlodipine", current=False, reference="X/2")
    assert [] == states(chart("40"), row())
    assert [] == states(record(medications=(taking("simvastatin", mg="40"), local, over)), row())


def test_the_drug_is_the_finding_and_its_partner_is_not_flagged() -> None:
    """Both are evidence, since the combination is what counts."""
    finding = found(chart("40", "amlodipine"), row(), state="over-cap")
    assert finding is not None
    assert (("simvastatin",), ("amlodipine",)) == (finding.ingredients, finding.partners)


def test_all_partners_of_a_row_must_be_taken() -> None:
    """A row of two partners says nothing of one."""
    both = row(partners=("amlodipine", "ppi"))
    assert [] == states(chart("40", "amlodipine"), both)
    finding = found(chart("40", "amlodipine", "omeprazole"), both, state="over-cap")
    assert finding is not None
    assert finding.partners == ("amlodipine", "omeprazole")


@pytest.mark.parametrize(
    ("mg", "effect", "expected"),
    [
        ("80", "dose-cap", ["alone-over-cap"]),
        (None, "dose-cap", ["alone-dose-unread"]),
        ("20", "dose-cap", []),
        ("20", "contraindicated", ["alone-contraindicated"]),
        ("20", "caution", ["alone-caution"]),
    ],
)
def test_a_row_may_have_no_partner(mg: str | None, effect: str, expected: list[str]) -> None:
    """What the record says alone is a state of its own, and names nobody."""
    cap = Decimal(40) if effect == "dose-cap" else None
    when = parse_condition(["has:dialysis"])
    alone = row(partners=(), effect=effect, cap_mg=cap, when=when)
    patient = msgspec.structs.replace(chart(mg), problems=(problem("dialysis"),))
    assert expected == states(patient, alone)
    for state in expected:
        finding = found(patient, alone, state=state)
        assert finding is not None
        assert finding.partners == ()


def test_a_drug_is_not_its_own_partner() -> None:
    """Two statins interact; one statin does not interact with itself."""
    with_any_statin = row(partners=("statin",))
    assert [] == states(chart("40"), with_any_statin)
    assert ["over-cap"] == states(chart("40", "lovastatin"), with_any_statin)


def test_a_row_holds_in_its_jurisdictions_only() -> None:
    """A UK row says nothing in the US."""
    british = row(jurisdictions=("UK", "EU"))
    assert found(chart("40", "amlodipine"), british, state="over-cap") is None
    assert found(chart("40", "amlodipine"), british, state="over-cap", jurisdiction="UK")


def test_a_row_may_ask_for_a_fact_of_the_patient() -> None:
    """Without the fact the row does not apply."""
    on_dialysis = row(when=parse_condition(["has:dialysis"]))
    assert [] == states(chart("40", "amlodipine"), on_dialysis)
    ill = msgspec.structs.replace(chart("40", "amlodipine"), problems=(problem("dialysis"),))
    assert ["over-cap"] == states(ill, on_dialysis)


@pytest.mark.parametrize(
    ("level", "mg", "expected"),
    [
        (Level.CRITICAL, "40", Level.CRITICAL),
        (Level.WARNING, "40", Level.WARNING),
    ],
)
def test_the_rows_own_level_raises_the_finding(level: Level, mg: str, expected: Level) -> None:
    """A row that says critical above its cap is critical without a symptom."""
    raised = (Raise(Level.CRITICAL, parse_condition(["interaction:critical"])),)
    finding = found(
        chart(mg, "amlodipine"), row(level=level), state="over-cap",
        level=Level.WARNING, raises=raised,
    )  # fmt: skip
    assert finding is not None
    assert expected == finding.level


def test_every_row_speaks_for_itself() -> None:
    """A critical row does not raise the finding of another row."""
    raised = (Raise(Level.CRITICAL, parse_condition(["muscle-symptom", "interaction:critical"])),)
    rows = (row(), row(id="worse", partners=("diltiazem",), level=Level.CRITICAL))
    tried = rule(partner="interaction:over-cap", level=Level.WARNING, raises=raised)
    knowledge = knowing(tried, interactions=rows)
    patient = chart("40", "amlodipine", "diltiazem")
    aching = msgspec.structs.replace(patient, problems=(problem("myalgia"),))
    findings = Assessor(knowledge).assess(aching, TODAY).findings
    assert [(Level.CRITICAL, ("diltiazem",)), (Level.WARNING, ("amlodipine",))] == [
        (finding.level, finding.partners) for finding in findings
    ]
    (alike,) = Assessor(knowledge).assess(patient, TODAY).findings
    assert (Level.WARNING, ("amlodipine", "diltiazem")) == (alike.level, alike.partners)


@pytest.mark.parametrize(
    ("level", "with_symptom", "expected"),
    [
        (Level.INFO, False, set()),
        (Level.WARNING, False, {"warning"}),
        (Level.CRITICAL, False, {"critical", "warning"}),
        (Level.WARNING, True, {"critical-if-symptom", "warning"}),
    ],
)
def test_a_row_says_its_own_level(level: Level, with_symptom: bool, expected: set[str]) -> None:
    """A rule may ask for it where the row applies, and not elsewhere."""
    spoken = row(level=level, critical_with_symptom=with_symptom)
    for mg, holding in (("40", expected), ("10", set())):
        patient = chart(mg, "amlodipine")
        asked = ("critical", "critical-if-symptom", "warning")
        assert holding == {state for state in asked if found(patient, spoken, state=state)}


@pytest.mark.parametrize(
    ("mg", "more", "expected"),
    [
        ("40", {}, ["unconfirmed"]),
        ("20", {}, []),
        ("10", {}, []),
        (None, {}, []),
        (None, {"effect": "contraindicated", "cap_mg": None}, ["unconfirmed"]),
    ],
)
def test_an_unconfirmed_row_says_only_that_it_is_unconfirmed(
    mg: str | None, more: dict[str, Any], expected: list[str]
) -> None:
    """What was only recalled never forbids or caps, and adds nothing of a dose it cannot judge."""
    doubtful = row(status=Status.UNCONFIRMED, level=Level.CRITICAL, **more)
    assert expected == states(chart(mg, "amlodipine"), doubtful)
    for state in ("warning", "critical"):
        assert found(chart(mg, "amlodipine"), doubtful, state=state) is None


def test_an_unconfirmed_row_is_silent_beside_a_confirmed_one_of_the_same_drugs() -> None:
    """The part that was found speaks; a row about other drugs leaves it be."""
    doubtful = row(status=Status.UNCONFIRMED)
    care = row(id="care", effect="caution", cap_mg=None)
    assert ["caution"] == states(chart("40", "amlodipine"), doubtful, care)
    other = row(id="care", effect="caution", cap_mg=None, partners=("diltiazem",))
    both = states(chart("40", "amlodipine", "diltiazem"), doubtful, other)
    assert ["caution", "unconfirmed"] == both


def test_an_unconfirmed_row_settles_nothing_for_its_jurisdiction() -> None:
    """A recalled UK row does not keep the US label from speaking."""
    british = row(id="uk", status=Status.UNCONFIRMED, jurisdictions=("UK",))
    found_there = found(
        chart("40", "amlodipine"), british, row(), state="over-cap", jurisdiction="UK"
    )
    assert found_there is not None


@pytest.mark.parametrize("effect", ["contraindicated", "dose-cap"])
@pytest.mark.parametrize("level", [Level.WARNING, Level.INFO])
def test_a_caution_is_not_repeated_where_a_limit_of_the_same_drugs_is_met(
    effect: str, level: Level
) -> None:
    """It speaks again where the limit is kept."""
    cap = Decimal(20) if effect == "dose-cap" else None
    limit = row(effect=effect, cap_mg=cap)
    care = row(id="care", effect="caution", cap_mg=None, level=level)
    assert "caution" not in states(chart("40", "amlodipine"), limit, care)
    if effect == "dose-cap":
        assert ["at-cap", "caution"] == states(chart("20", "amlodipine"), limit, care)


def test_a_caution_of_a_higher_level_is_not_drowned() -> None:
    """A lesser limit says less than it."""
    limit = row(level=Level.INFO)
    care = row(id="care", effect="caution", cap_mg=None, level=Level.WARNING)
    assert ["over-cap", "caution"] == states(chart("40", "amlodipine"), limit, care)


@pytest.mark.parametrize(
    ("mg", "expected"), [("5", []), ("10", []), ("20", ["caution"]), (None, ["caution"])]
)
def test_a_caution_is_met_by_the_dose_to_begin_with(mg: str | None, expected: list[str]) -> None:
    """At or below it the label is followed; a dose that cannot be read proves nothing."""
    care = row(effect="caution", cap_mg=None, start_mg=Decimal(10))
    assert expected == states(chart(mg, "amlodipine"), care)


@pytest.mark.parametrize(
    ("mg", "expected"),
    [("999", []), ("1000", ["caution"]), ("2000", ["caution"]), (None, ["partner-dose-unread"])],
)
def test_a_row_may_hold_from_a_dose_of_its_partner(mg: str | None, expected: list[str]) -> None:
    """Below it nothing; a dose of the partner that cannot be read is said."""
    care = row(effect="caution", cap_mg=None, partner_from_mg=Decimal(1000))
    taken = (taking("simvastatin", mg="20"), taking("amlodipine", mg=mg))
    assert expected == states(record(medications=taken), care)


def test_the_dose_of_the_partner_is_evidence() -> None:
    """The reader sees the number that made the row hold."""
    care = row(effect="caution", cap_mg=None, partner_from_mg=Decimal(1000))
    taken = (taking("simvastatin", mg="20"), taking("amlodipine", mg="1500"))
    finding = found(record(medications=taken), care, state="caution")
    assert finding is not None
    assert 1500.0 in [item.value for item in finding.because]


def test_a_fact_may_stop_a_row() -> None:
    """Any one of them, and not its absence."""
    but = row(unless=parse_condition(["has:dialysis", "has:asthma"]))
    assert ["over-cap"] == states(chart("40", "amlodipine"), but)
    on = msgspec.structs.replace(chart("40", "amlodipine"), problems=(problem("dialysis"),))
    assert [] == states(on, but)


@pytest.mark.parametrize("more", [{"not_read": "ancestry"}, {"effect": "none", "cap_mg": None}])
def test_a_row_that_is_only_kept_to_be_read_says_nothing(more: dict[str, Any]) -> None:
    """Ancestry is not read, and a harmless pair is harmless."""
    assert [] == states(chart("40", "amlodipine"), row(**more))


def test_a_limit_for_everybody_says_nothing_of_a_dose_that_was_not_read() -> None:
    """No fact of the patient points to it; above it is above it."""
    everybody = row(partners=())
    assert [] == states(chart(None), everybody)
    assert ["alone-over-cap"] == states(chart("40"), everybody)


def test_where_a_jurisdiction_is_silent_on_a_pair_the_us_label_speaks() -> None:
    """A row of its own settles the pair; another pair is borrowed."""
    rows = (
        row(cap_mg=Decimal(40), jurisdictions=("UK",)),
        row(id="us"),
        row(id="other", partners=("diltiazem",), cap_mg=Decimal(10)),
    )
    patient = chart("40", "amlodipine", "diltiazem")
    assert found(patient, *rows, state="at-cap", jurisdiction="UK") is not None
    borrowed = found(patient, *rows, state="over-cap", jurisdiction="UK")
    assert borrowed is not None
    assert borrowed.partners == ("diltiazem",)


def test_a_jurisdiction_that_the_table_does_not_know_is_refused() -> None:
    """The message names those that it knows."""
    with pytest.raises(ValueError, match=r"'Mars' is no jurisdiction.*UK, US"):
        Assessor(knowing(rule(), interactions=(row(jurisdictions=("UK",)),)), "Mars")


def test_partners_of_several_rows_are_named_together() -> None:
    """One finding names everything that the drug should not meet."""
    rows = (row(), row(id="other", partners=("diltiazem",), cap_mg=Decimal(10)))
    finding = found(chart("40", "diltiazem", "amlodipine"), *rows, state="over-cap")
    assert finding is not None
    assert finding.partners == ("amlodipine", "diltiazem")


def test_the_evidence_of_an_interaction_is_every_entry_of_the_pair() -> None:
    """The reader can find both orders."""
    tried = rule("interaction:over-cap")
    knowledge = knowing(tried, interactions=(row(),))
    (finding,) = Assessor(knowledge).assess(chart("40", "amlodipine"), TODAY).findings
    assert {"MedicationRequest/amlodipine", "MedicationRequest/simvastatin"} == {
        item.reference for item in finding.because
    }


def test_what_a_label_says_of_a_pair_is_a_note_of_its_finding() -> None:
    """A row without words of its own adds none."""
    worded = row(text="Suspend it while the course lasts.")
    said = found(chart("40", "amlodipine"), worded, state="over-cap")
    plain = found(chart("40", "amlodipine"), row(), state="over-cap")
    assert said is not None
    assert plain is not None
    assert (said.notes, plain.notes) == (("Suspend it while the course lasts.",), ())
