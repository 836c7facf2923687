"""Lines that are torn, joined or padded: many at once are taken as each alone would be."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.answer import to_bytes
from plugin.pipeline import Pipeline
from plugin.reading.source import RawEntry
from plugin.screening.job import assess_job, outcome_of
from plugin.screening.local.parts import merged
from plugin.screening.local.work import ChunkDone, Work, finished
from plugin.screening.outcome import Screened
from plugin.screening.placing.placed import place
from plugin.screening.run.glance import level_of
from plugin.screening.run.stages import do_stages
from plugin.screening.source.chunks import plan
from plugin.screening.source.listing import SourceFile
from tests.plugin.screening.local.mixes import KNOWLEDGE, RESOURCES, Json

AS_OF = date(2026, 11, 1)
PIPELINE = Pipeline(KNOWLEDGE)
_BETWEEN = ["\n", "\n", "\n", "\n", "", " ", "\n\n", "\r\n", " \n\t", "\n \n"]
_INSIDE = ["{", "{", "{", "{\n", "{\r\n", " {", "{ \n "]


class Came(NamedTuple):
    """What became of a text: answers by patient, and how many entries nobody was given."""

    answers: dict[str, bytes]
    quarantined: int


def _by_the_engine(text: bytes) -> Came:
    with TemporaryDirectory() as folder:
        path = Path(folder, "one.ndjson")
        path.write_bytes(text)
        inner = Path(folder, "work")
        inner.mkdir()
        work = Work(str(inner), 2)
        # The chunk is smaller than the text, so that nothing takes it for one value.
        chunks = plan([SourceFile(path.name, path)], len(text) - 1)
        job = assess_job(PIPELINE, AS_OF)
        do_stages(chunks, work, job, level_of, workers=1, on_came=lambda _: None)
        rows = list(merged([work.part(number) for number in range(2)]))
        done = [finished(work.chunk_done(chunk.number), ChunkDone) for chunk in chunks]
    answers = {}
    for reference, packed in rows:
        outcome = outcome_of(packed)
        assert isinstance(outcome, Screened), outcome
        answers[reference] = outcome.line
    return Came(answers, sum(one.quarantined for one in done))


def _line_by_line(text: bytes) -> Came:
    found: dict[str, list[RawEntry]] = {}
    quarantined = 0
    for line in text.split(b"\n"):
        if line.strip():
            placed = place(line.strip())
            quarantined += len(placed.quarantined)
            for row in placed.rows:
                found.setdefault(row.key, []).append(RawEntry(row.raw, row.full_url))
    answers = {
        key: to_bytes(PIPELINE.assess_entries(entries, AS_OF, key))
        for key, entries in found.items()
    }
    return Came(answers, quarantined)


def _is_of_one(resource: Json) -> bool:
    """What needs no other line to be placed: no product, and no address but of a Patient."""
    subject = resource.get("subject", {}).get("reference", "Patient/")
    return resource.get("resourceType") not in ("Medication", "Specimen") and "urn:" not in subject


def _order(person: str, id_: str, drug: str) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{person}"},
        "medicationCodeableConcept": {"text": drug},
    }


def _text(resources: list[Json], between: list[str], inside: list[str]) -> bytes:
    """Sound lines stand before and behind, so that the rest is taken together with others."""
    first, last = (json.dumps(_order(id_, id_, "simvastatin")) for id_ in ("first", "last"))
    middle = "".join(
        json.dumps(resource).replace("{", brace, 1) + gap
        for resource, gap, brace in zip(resources, between, inside, strict=True)
    )
    return f"{first}\n{middle}\n{last}\n".encode()


@st.composite
def _texts(draw: st.DrawFn) -> bytes:
    resources = draw(st.lists(RESOURCES.filter(_is_of_one), min_size=1, max_size=8))
    if draw(st.booleans()):
        resources.sort(key=lambda one: str(one.get("resourceType")))
    size = len(resources)
    gaps = draw(st.lists(st.sampled_from(_BETWEEN), min_size=size, max_size=size))
    braces = draw(st.lists(st.sampled_from(_INSIDE), min_size=size, max_size=size))
    return _text(resources, gaps, braces)


@given(_texts())
def test_torn_and_joined_lines_come_to_what_each_line_alone_does(text: bytes) -> None:
    """Nobody is given what stands on a line that holds no one resource."""
    assert _by_the_engine(text) == _line_by_line(text)


@pytest.mark.parametrize(
    ("between", "inside"),
    [(["", "\n\n", ""], ["{"] * 3), (["", "\n", ""], ["{", "{", "{\n"])],
)
def test_two_on_one_line_and_a_gap_beside_them_move_nothing_to_another_patient(
    between: list[str], inside: list[str]
) -> None:
    """There are as many values as lines, but they are not one each."""
    orders = [
        _order("a", "1", "simvastatin"),
        _order("b", "2", "hydrochlorothiazide"),
        _order("c", "3", "salbutamol"),
    ]
    text = _text(orders, between, inside)
    came = _by_the_engine(text)
    assert _line_by_line(text) == came
    assert {"Patient/first", "Patient/last"} <= came.answers.keys()
    assert not {"Patient/a", "Patient/b"} & came.answers.keys()


@pytest.mark.parametrize("ids", [600, 599])
def test_lines_over_the_ends_of_blocks_stay_lines(ids: int) -> None:
    """More than is read at once, of one patient; also where two have one id."""
    note = [{"text": "as before, " * 90}]
    orders = [{"note": note} | _order("a", str(at % ids), "simvastatin") for at in range(600)]
    text = _text(orders, ["\n"] * 600, ["{"] * 600)
    assert _line_by_line(text) == _by_the_engine(text)
