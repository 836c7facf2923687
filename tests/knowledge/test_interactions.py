"""The interaction table against the reference table, line by line and back."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pytest

from knowledge.fact_text import parse_condition
from knowledge.load import load
from knowledge.model import Interaction, Knowledge, Level, Status
from tests.knowledge.reference_interactions import OTHER_FIBRATES, Line, lines

# Sentences of the reference about other jurisdictions: drugs, statin, places, effect, cap, level.
ELSEWHERE: dict[tuple[str, str], list[tuple[str, str, str, int | None, str]]] = {
    ("fenofibrate / other fibrates", "simvastatin"): [
        (name, "UK", "dose-cap", 10, "info") for name in OTHER_FIBRATES
    ],
    ("bempedoic acid", "simvastatin"): [("bempedoic acid", "UK EU", "dose-cap", 40, "warning")],
    ("letermovir+cyclosporine", "atorvastatin"): [
        ("letermovir+cyclosporine", "EU", "contraindicated", None, "critical"),
    ],
    ("cyclosporine", "rosuvastatin"): [
        ("cyclosporine", "UK EU", "contraindicated", None, "critical"),
    ],
    ("sofosbuvir+velpatasvir+voxilaprevir", "rosuvastatin"): [
        ("sofosbuvir+velpatasvir+voxilaprevir", "UK EU", "contraindicated", None, "critical"),
    ],
    ("(none) CrCl<30 not on HD", "rosuvastatin"): [
        ("", "UK EU", "contraindicated", None, "warning"),
        ("", "UK EU", "dose-cap", 20, "warning"),
    ],
    ("(none) Asian ancestry", "rosuvastatin"): [("", "UK EU", "dose-cap", 20, "info")],
}
# Ours beside the reference's table, each from its other pages or from a source of its own. Other
# statins beside daptomycin come with the class.
BESIDE = {
    "simvastatin-verapamil-uk", "simvastatin-diltiazem-uk",  # the British limits
    "simvastatin-cyclosporine-letermovir-eu", "pitavastatin-cyclosporine-letermovir-eu",
    "simvastatin-niacin-chinese-ancestry-us",  # the second half of the line about niacin
    "simvastatin-fostamatinib-us",  # named beside the table as a row that the sources would add
    "rosuvastatin-gemfibrozil-avoid-us",  # the first half of the line about gemfibrozil
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def table(shipped: Knowledge) -> tuple[Interaction, ...]:
    assert shipped.interactions
    return shipped.interactions


def _about(shipped: Knowledge, statin: str, partners: frozenset[str]) -> list[Interaction]:
    """The rows about the statin and exactly these partners, a group standing for its members."""
    return [
        row
        for row in shipped.interactions
        if statin in shipped.members(row.drug)
        and len(row.partners) == len(partners)
        and all(partners & shipped.members(name) for name in row.partners)
    ]


def _says(row: Interaction, line: Line) -> bool:
    """Same effect, cap, level, place and, where the line names them, symptom and doses."""
    return (
        (row.effect, row.cap_mg, row.level.value, row.critical_with_symptom)
        == (line.effect, line.cap, line.level, line.symptom)
        and line.places <= set(row.jurisdictions)
        and row.partner_from_mg == line.from_mg
        and row.start_mg == line.start
    )


def _represents(row: Interaction, line: Line) -> bool:
    return _says(row, line) and (row.status is Status.UNCONFIRMED) == line.recalled


def _outline(row: Interaction) -> tuple[str, Decimal | None, str, set[str]]:
    return row.effect, row.cap_mg, row.level.value, set(row.jurisdictions)


def _elsewhere(row: Interaction, line: Line) -> bool:
    return any(
        _outline(row) == (effect, cap, level, set(places.split()))
        for _, places, effect, cap, level in ELSEWHERE.get((line.perpetrator, line.statin), [])
    )


def test_every_line_of_the_reference_is_in_the_table(shipped: Knowledge) -> None:
    """All 138, with their effect, cap, level, jurisdiction, doses and whether it is recalled."""
    found = lines()
    missing = [
        (line.perpetrator, line.statin, sorted(partners))
        for line in found
        for partners in line.partners
        if not any(_represents(row, line) for row in _about(shipped, line.statin, partners))
    ]
    assert [] == missing
    assert 138 == len(found)


def test_what_was_found_of_a_recalled_line_is_a_caution_beside_it(shipped: Knowledge) -> None:
    """The number decides nothing; that the two interact is said, and from a source."""
    recalled = [line for line in lines() if line.recalled]
    for line in recalled:
        for partners in line.partners:
            rows = _about(shipped, line.statin, partners)
            cautions = [row for row in rows if row.effect == "caution"]
            assert line.found_in_part == bool(cautions)
            assert all(row.status is not Status.UNCONFIRMED for row in cautions)
            acting = [row for row in rows if row.status is not Status.UNCONFIRMED]
            assert acting == cautions
    assert ["enasidenib"] == [line.perpetrator for line in recalled if not line.found_in_part]


def test_every_sentence_about_another_jurisdiction_is_a_row_of_its_own(shipped: Knowledge) -> None:
    """A line that names the UK or the EU in passing says two things, and so do we."""
    named = {
        (line.perpetrator, line.statin)
        for line in lines()
        if re.search(r"\b(UK|EU)\b", line.sentence) and "US" in line.places
    }
    assert named == set(ELSEWHERE)
    for (_, statin), rows in ELSEWHERE.items():
        for names, places, effect, cap, level in rows:
            partners = frozenset(names.split("+") if names else ())
            said = (effect, cap, level, set(places.split()))
            assert said in [_outline(row) for row in _about(shipped, statin, partners)]


def test_no_row_says_what_the_reference_does_not(shipped: Knowledge) -> None:
    """Back again: a row is a line, its confirmed part, another jurisdiction, or listed here."""
    known = lines()
    for row in shipped.interactions:
        partners = [set(shipped.members(name)) for name in row.partners]
        about = [
            line
            for line in known
            if line.statin in shipped.members(row.drug)
            and any(
                len(names) == len(partners) and all(names & group for group in partners)
                for names in line.partners
            )
        ]
        assert (
            row.id in BESIDE
            or any(_represents(row, line) for line in about)
            or (row.effect == "caution" and any(line.recalled for line in about))
            or any(_elsewhere(row, line) for line in about)
        ), row.id


def test_no_pair_has_two_limits_in_one_jurisdiction(table: tuple[Interaction, ...]) -> None:
    """Two limits of one pair would contradict each other, or say the same twice."""
    limits = Counter(
        (row.drug, row.partners, place, row.status is Status.UNCONFIRMED)
        for row in table
        for place in row.jurisdictions
        if row.acts and row.partners and row.effect != "caution"
    )
    assert [] == [pair for pair, count in limits.items() if count > 1]


def test_a_row_that_nobody_found_is_marked_and_named_as_recalled(
    table: tuple[Interaction, ...],
) -> None:
    """Its id says so wherever it is quoted."""
    for row in table:
        assert (row.status is Status.UNCONFIRMED) == ("-recalled-" in row.id)


def test_what_the_class_says_is_marked_as_such(table: tuple[Interaction, ...]) -> None:
    """Lovastatin's label forbids strong CYP3A inhibitors and names erythromycin alone of these."""
    status = {row.id: row.status for row in table}
    assert Status.VERIFIED_CLASS == status["lovastatin-clarithromycin-us"]
    assert Status.VERIFIED == status["lovastatin-erythromycin-us"]
    assert Status.VERIFIED_CLASS == status["atorvastatin-fusidic-acid-uk-eu"]
    assert Status.VERIFIED == status["simvastatin-fusidic-acid-uk-eu"]


def test_a_row_without_a_partner_asks_for_a_fact_or_limits_everybody(
    table: tuple[Interaction, ...],
) -> None:
    """The kidney, ancestry that is not read, or a dose that is too high for anyone."""
    alone = [row for row in table if not row.partners]
    assert {"simvastatin-dose-above-40-us"} == {
        row.id for row in alone if not row.when and not row.not_read
    }
    assert {"Asian ancestry"} == {row.not_read for row in alone if row.not_read}
    severe = parse_condition([["egfr<30", "has:end-stage-renal-disease", "dialysis"]])
    assert severe == next(row.when for row in alone if row.id == "lovastatin-egfr-below-30-us")


def test_nothing_that_depends_on_ancestry_acts(table: tuple[Interaction, ...]) -> None:
    """The sentence of the label is kept; no record is read for it."""
    spoken = [row for row in table if "ancestry" in row.id]
    assert 3 == len(spoken)
    assert not any(row.acts for row in spoken)
    assert all("ancestry" in row.text for row in spoken)


def test_an_id_says_what_the_row_is_of(table: tuple[Interaction, ...]) -> None:
    """Statin first, jurisdictions last; so a row is found by its name."""
    for row in table:
        assert row.id.startswith(f"{row.drug}-")
        assert row.id.endswith("-" + "-".join(place.lower() for place in row.jurisdictions))
        for partner in row.partners:
            assert partner.replace(" ", "-") in row.id


@pytest.mark.parametrize(
    "inhibitor", ["clarithromycin", "itraconazole", "diltiazem", "verapamil", "amlodipine"]
)
def test_rosuvastatin_has_no_acting_row_with_a_cyp3a4_inhibitor(
    shipped: Knowledge, inhibitor: str
) -> None:
    """It is not cleared that way, whatever the jurisdiction; the one row says just that."""
    (row,) = _about(shipped, "rosuvastatin", frozenset({inhibitor}))
    assert ("none", Level.NONE, False) == (row.effect, row.level, row.acts)


def test_a_caution_says_what_it_asks_for(table: tuple[Interaction, ...]) -> None:
    """A sentence each, and a number in it only where the row has a source for it."""
    cautions = [row for row in table if row.effect == "caution"]
    assert cautions
    assert all(row.text.endswith(".") and row.cap_mg is None for row in cautions)
    assert all(row.status is not Status.UNCONFIRMED for row in cautions)


def test_the_dose_to_begin_with_is_below_the_cap(table: tuple[Interaction, ...]) -> None:
    """A start above the limit would be a mix-up of the two numbers."""
    both = [(row.start_mg, row.cap_mg) for row in table if row.start_mg and row.cap_mg]
    assert (Decimal(10), Decimal(20)) in both
    assert all(start < cap for start, cap in both)


def test_two_numbers_of_one_pair_are_both_told(table: tuple[Interaction, ...]) -> None:
    """Of tafamidis one page gives 10 mg and memory 20 mg; the lower is kept, and neither acts."""
    (row,) = (row for row in table if row.id == "rosuvastatin-tafamidis-recalled-us")
    assert (Decimal(10), Status.UNCONFIRMED) == (row.cap_mg, row.status)
    assert "20 mg" in row.text


def test_a_limit_tells_its_reader_the_dose(table: tuple[Interaction, ...]) -> None:
    """Above the labelled dose is no help at night without the dose: the row's sentence has it."""
    limits = [row for row in table if row.acts and row.effect == "dose-cap"]
    assert limits
    assert [] == [row.id for row in limits if not re.search(r"\d mg", row.text)]
    for row in limits:
        plain = re.fullmatch(r"At most (\d+) mg of (\w+) (a|twice a) day\.", row.text)
        if plain:
            times = 2 if plain[3] == "twice a" else 1
            assert (row.cap_mg, row.drug) == (Decimal(plain[1]) * times, plain[2]), row.id


def test_a_contraindication_is_told_from_advice_against_a_pair(shipped: Knowledge) -> None:
    """One effect holds both, so the row's sentence says which of the two the label chose."""
    forbidden = [row for row in shipped.interactions if row.effect == "contraindicated"]
    assert [] == [row.id for row in forbidden if not row.text]
    for line in (one for one in lines() if one.effect == "contraindicated"):
        for partners in line.partners:
            for row in _about(shipped, line.statin, partners):
                if row in forbidden and row.acts and "US" in row.jurisdictions:
                    strict = row.text.startswith("Contraindicated")
                    assert strict == line.sentence.startswith("contraindicated"), row.id


def test_the_british_limit_of_a_pair_is_as_urgent_with_a_symptom(shipped: Knowledge) -> None:
    """The reference grades the pair, and the jurisdiction changes the dose alone."""
    rows = {row.id: row for row in shipped.interactions}
    for partner in ("verapamil", "diltiazem"):
        british = rows[f"simvastatin-{partner}-uk"]
        assert british.critical_with_symptom
        assert Decimal(20) == british.cap_mg
        assert rows[f"simvastatin-{partner}-us"].critical_with_symptom
