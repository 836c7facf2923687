"""Facts about the patient: what is taken and how much of it, conditions, age, what was not read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from knowledge.fact_text import parse_condition
from knowledge.model import Level, RouteClass
from plugin.assess import Assessor
from plugin.facts import numbers
from plugin.model import EntryKind, Evidence, NotAssessed, Reaction, Unread, UnreadReason
from tests.plugin.heart.little import (
    TODAY,
    assessed,
    knowing,
    mitigation,
    problem,
    record,
    result,
    rule,
    said,
    taking,
    unread,
)

DRUG = taking("furosemide")


def test_takes_asks_for_any_member_of_a_group() -> None:
    """The entry that names the member is the evidence."""
    finding = said(record(medications=(DRUG, taking("simvastatin"))), "takes:statin", drug="ppi")
    assert finding is None
    finding = said(
        record(medications=(DRUG, taking("simvastatin"))), "takes:statin", drug="diuretic"
    )
    assert finding is not None
    assert finding.because == (Evidence("takes:statin", "MedicationRequest/simvastatin"),)
    assert said(record(medications=(DRUG,)), "takes:statin") is None


def test_takes_leaves_out_what_is_local_or_over() -> None:
    """Only what is current and systemic is taken."""
    local = taking("simvastatin", route=RouteClass.TOPICAL)
    over = taking("simvastatin", current=False, reference="X/2")
    assert said(record(medications=(DRUG, local, over)), "takes:statin") is None


def test_a_count_is_of_distinct_ingredients() -> None:
    """Two entries of one drug are one drug."""
    two = (taking("simvastatin"), taking("lovastatin"))
    same = (taking("simvastatin"), taking("simvastatin", reference="X/2"))
    assert said(record(medications=two), "count:statin>=2") is not None
    assert said(record(medications=same), "count:statin>=2") is None


@pytest.mark.parametrize(
    ("born", "fact", "holds"),
    [
        (date(1961, 11, 1), "age>=65", True),
        (date(1961, 11, 2), "age>=65", False),
        (date(1961, 11, 2), "age<65", True),
        (date(1961, 11, 1), "age<65", False),
        (None, "age>=65", False),
        (None, "age<65", False),
    ],
)
def test_age_is_in_completed_years(born: date | None, fact: str, holds: bool) -> None:
    """A birthday today counts; without a birth date nothing is known."""
    finding = said(record(medications=(DRUG,), birth_date=born), fact)
    assert holds == (finding is not None)
    if finding is not None:
        assert (fact, "Patient/p") == (finding.because[0].fact, finding.because[0].reference)


def test_one_of_several_facts_is_enough_whichever_is_asked_first() -> None:
    chart = record(medications=(DRUG,), birth_date=date(1990, 1, 1))
    for facts in (["age>=65", "age<65"], ["age<65", "age>=65"]):
        finding = said(chart, facts)
        assert finding is not None
        assert ["age<65"] == [one.fact for one in finding.because]


@pytest.mark.parametrize(
    ("born", "deceased", "reason"),
    [
        (date(2008, 11, 2), False, NotAssessed.UNDER_18),
        (date(2008, 11, 1), False, None),
        (None, False, None),
        (date(1950, 1, 1), True, NotAssessed.DECEASED),
        (date(2010, 1, 1), True, NotAssessed.DECEASED),
    ],
)
def test_children_and_the_dead_are_not_assessed(
    born: date | None, deceased: bool, reason: NotAssessed | None
) -> None:
    """Nothing is found, offered or withheld; the medications are still listed."""
    offer = mitigation("always", unprompted=True)
    blocked = mitigation("never", unprompted=True, withhold_when=[["takes:furosemide"]])
    knowledge = knowing(rule("drug:tier=1"), mitigations=(offer, blocked))
    answer = assessed(record(medications=(DRUG,), birth_date=born, deceased=deceased), knowledge)
    assert reason == answer.not_assessed
    assert len(answer.medications) == 1
    if reason is None:
        assert (answer.level, len(answer.findings)) == (Level.INFO, 1)
        assert (len(answer.mitigations), len(answer.withheld)) == (1, 1)
    else:
        assert answer.level is Level.NONE
        assert (answer.findings, answer.mitigations, answer.withheld) == ((), (), ())


@pytest.mark.parametrize(
    ("condition", "encounter", "recorded", "onset", "holds"),
    [
        ("myalgia", True, date(2025, 11, 1), None, True),
        ("myalgia", True, date(2025, 10, 31), None, False),
        ("myalgia", True, None, date(2025, 10, 31), False),
        ("myalgia", True, None, None, True),
        ("myalgia", False, date(2020, 1, 1), None, True),
        ("dialysis", True, date(2020, 1, 1), None, True),
        ("myalgia", False, None, TODAY, True),
        ("myalgia", False, None, TODAY + timedelta(days=1), False),
    ],
)
def test_a_symptom_of_an_encounter_counts_for_twelve_months(
    condition: str, encounter: bool, recorded: date | None, onset: date | None, holds: bool
) -> None:
    """A problem list keeps its symptoms, a disease does not lapse, and nothing begins tomorrow."""
    illness = problem(condition, recorded=recorded, onset=onset, encounter_diagnosis=encounter)
    chart = record(medications=(DRUG,), problems=(illness,))
    assert holds == (said(chart, f"has:{condition}") is not None)


def test_a_condition_is_evidence_with_its_onset_or_else_its_record() -> None:
    """The earlier thing that a reader can check is shown."""
    both = problem("myalgia", onset=date(2026, 5, 1), recorded=date(2026, 6, 1))
    filed = problem("muscle-cramp", recorded=date(2026, 6, 1))
    bare = problem("dialysis")
    chart = record(medications=(DRUG,), problems=(both, filed, bare))
    dates = []
    for name in ("myalgia", "muscle-cramp", "dialysis"):
        finding = said(chart, f"has:{name}")
        assert finding is not None
        dates.append(finding.because[0].date)
    assert dates == ["2026-05-01", "2026-06-01", ""]


REACTION = Reaction(("myalgia",), ("simvastatin",), "AllergyIntolerance/a", date(2024, 3, 1))
UNDATED = Reaction(("myalgia",), ("lovastatin",), "AllergyIntolerance/b", None)


def test_a_reaction_is_a_symptom_with_the_drug_that_it_names() -> None:
    """Muscle pain on simvastatin speaks of simvastatin."""
    chart = record(medications=(taking("simvastatin"),), reactions=(REACTION,))
    finding = said(chart, "muscle-symptom")
    assert finding is not None
    assert finding.because == (Evidence("has:myalgia", "AllergyIntolerance/a", date="2024-03-01"),)


def test_a_reaction_says_nothing_of_the_drugs_that_it_does_not_name() -> None:
    """Muscle pain on simvastatin is no symptom with furosemide, taken beside it or alone."""
    both = record(medications=(taking("simvastatin"), DRUG), reactions=(REACTION,))
    alone = record(medications=(DRUG,), reactions=(REACTION,))
    finding = said(both, "muscle-symptom")
    assert finding is not None
    assert finding.ingredients == ("simvastatin",)
    assert said(alone, "muscle-symptom") is None


def test_of_two_reactions_each_drug_has_its_own() -> None:
    """Each finding rests on the reaction to its drug."""
    chart = record(
        medications=(taking("simvastatin"), taking("lovastatin")), reactions=(REACTION, UNDATED)
    )
    finding = said(chart, "has:myalgia", drug="lovastatin")
    assert finding is not None
    assert finding.because == (Evidence("has:myalgia", "AllergyIntolerance/b"),)
    assert said(chart, "has:muscle-cramp") is None


def test_a_guard_rail_sees_the_reactions_to_all_drugs_taken() -> None:
    """A mitigation is about the patient; a reaction to what is not taken is history."""
    offer = mitigation("look", offer_when=["has:myalgia"], unprompted=True)
    knowledge = knowing(mitigations=(offer,))
    now = record(medications=(taking("simvastatin"), DRUG), reactions=(REACTION,))
    past = record(medications=(DRUG,), reactions=(REACTION,))
    assert ["look"] == [m.id for m in assessed(now, knowledge).mitigations]
    assert () == assessed(past, knowledge).mitigations


@pytest.mark.parametrize(
    ("entry", "holds"),
    [
        (unread(EntryKind.MEDICATIONS), True),
        (unread(EntryKind.MEDICATIONS, systemic=False), False),
        (unread(EntryKind.MEDICATIONS, current=False), False),
        (unread(EntryKind.MEDICATIONS, reason=UnreadReason.SUPPLY), False),
        (unread(EntryKind.MEDICATIONS, reason=UnreadReason.NO_KNOWN_MEDICATION), False),
        (unread(EntryKind.MEDICATIONS, reason=UnreadReason.SUPERSEDED), False),
        (unread(EntryKind.CONDITIONS), False),
    ],
)
def test_unread_medications_are_those_that_might_matter(entry: Unread, holds: bool) -> None:
    """Supplies, local and ended ones are answers in themselves."""
    chart = record(medications=(DRUG,), unread=(entry,))
    assert holds == (said(chart, "unread:medications") is not None)


def test_unread_conditions_are_said_with_their_reference() -> None:
    """The evidence points to the entry."""
    chart = record(medications=(DRUG,), unread=(unread(EntryKind.CONDITIONS),))
    finding = said(chart, "unread:conditions")
    assert finding is not None
    assert finding.because == (Evidence("unread:conditions", "Any/x"),)


def test_what_was_not_read_raises_no_level() -> None:
    """The level is that of the findings; what was not read is listed beside them."""
    chart = record(unread=(unread(EntryKind.MEDICATIONS), unread(EntryKind.CONDITIONS)))
    answer = assessed(chart, knowing(rule("drug:tier=1")))
    assert (Level.NONE, 2) == (answer.level, len(answer.unread))


def test_fewer_drugs_than_are_counted_are_no_evidence() -> None:
    """Asked of the record itself, which knows of no number."""
    book = Assessor(knowing()).book(record(medications=(taking("simvastatin"),)), TODAY)
    two, one = (parse_condition([f"count:statin>={n}"])[0][0] for n in (2, 1))
    assert book.ask(two) is None
    assert book.ask(one) == (Evidence("count:statin>=1", "MedicationRequest/simvastatin"),)


def test_a_drug_with_a_reaction_is_asked_of_the_patient_what_is_no_symptom() -> None:
    """A reaction changes whose symptom it is, and nothing else of the patient."""
    reaction = Reaction(("muscle-cramps",), ("furosemide",), "AllergyIntolerance/1", None)
    chart = record(medications=(DRUG,), reactions=(reaction,), labs=(result("potassium", "3.0"),))
    page = Assessor(knowing()).book(chart, TODAY).page("furosemide")
    low, high = (parse_condition([text])[0][0] for text in ("potassium<3.5", "potassium>=3.5"))
    assert page.prove(low)
    assert page.prove(high) is None


def test_only_so_many_sets_of_facts_are_remembered_with_their_terms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When it is full it starts anew, and gives the same."""
    monkeypatch.setattr(numbers, "_MOST", 1)
    assessor = Assessor(knowing(rule("takes:furosemide")))
    charts = [record(medications=(taking(name),)) for name in ("furosemide", "simvastatin")]
    first = [assessor.book(chart, TODAY).true for chart in charts]
    assert first == [assessor.book(chart, TODAY).true for chart in charts]
    assert first[0] != first[1]
