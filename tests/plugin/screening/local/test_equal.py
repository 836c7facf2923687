"""The engine's answers are those of `assess`, whatever the mix, the files and the partitions."""

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
from plugin.screening.local.work import Work
from plugin.screening.outcome import Screened
from plugin.screening.run.glance import level_of
from plugin.screening.run.stages import do_stages
from plugin.screening.source.chunks import plan, together
from plugin.screening.source.listing import SourceFile
from tests.plugin.screening.local.mixes import ADDRESSES, DOCUMENTS, KNOWLEDGE
from tests.plugin.screening.local.naive import Entry, Json, by_patient, nobodys
from tests.plugin.screening.local.told import MIXES

AS_OF = date(2026, 11, 1)
PIPELINE = Pipeline(KNOWLEDGE)


class Cut(NamedTuple):
    """Into how many files, chunks of how many bytes, and partitions; small files together."""

    files: int = 1
    chunk: int = 1000
    partitions: int = 1
    together: bool = True


CUTS = st.builds(
    Cut,
    st.integers(1, 4),
    st.sampled_from([300, 2000, 1 << 20]),
    st.integers(1, 9),
    st.booleans(),
)


def _screened(documents: list[Json], cut: Cut) -> list[tuple[str, bytes]]:
    with TemporaryDirectory() as folder:
        for number in range(cut.files):
            held = documents[number :: cut.files]
            text = b"".join(json.dumps(one).encode() + b"\n" for one in held)
            Path(folder, f"{number}.ndjson").write_bytes(text)
        sources = [SourceFile(path.name, path) for path in sorted(Path(folder).iterdir())]
        inner = Path(folder, "work")
        inner.mkdir()
        work = Work(str(inner), cut.partitions)
        chunks = plan(sources, cut.chunk)
        do_stages(
            together(chunks) if cut.together else chunks,
            work,
            assess_job(PIPELINE, AS_OF),
            level_of,
            workers=1,
            on_came=lambda _: None,
        )
        rows = list(merged([work.part(number) for number in range(cut.partitions)]))
    answers = []
    for reference, packed in rows:
        outcome = outcome_of(packed)
        said = outcome.line if isinstance(outcome, Screened) else outcome.reason.encode()
        answers.append((reference, said))
    return answers


def _assessed(documents: list[Json]) -> list[tuple[str, bytes]]:
    claims = nobodys(documents)
    return [
        (reference, _why(claims[reference]) if reference in claims else _answer(reference, entries))
        for reference, entries in sorted(by_patient(documents).items())
    ]


def _answer(reference: str, entries: list[Entry]) -> bytes:
    raw = [RawEntry(json.dumps(one).encode(), url) for one, url in entries]
    return to_bytes(PIPELINE.assess_entries(raw, AS_OF, reference))


def _why(claims: set[str]) -> bytes:
    return (
        f"two Patients have this address, {min(claims)} and {max(claims)}, so that nobody can say "
        "whose its entries are; give each Patient a fullUrl of its own."
    ).encode()


@given(DOCUMENTS, CUTS, st.booleans())
def test_every_patient_gets_the_answer_of_assess(
    documents: list[Json], cut: Cut, by_type: bool
) -> None:
    """Lines and Bundles in any order, versions, disputes, shared products, addresses."""
    if by_type:  # as most exports have them
        documents = sorted(documents, key=lambda one: str(one.get("resourceType")))
    assert _assessed(documents) == _screened(documents, cut)


@given(ADDRESSES, CUTS)
def test_an_address_is_one_patients_or_nobodys(documents: list[Json], cut: Cut) -> None:
    """Whoever claims it, whether it is an id as well, and however many follow one another."""
    assert _assessed(documents) == _screened(documents, cut)


@pytest.mark.parametrize("partitions", [1, 2, 9])
@pytest.mark.parametrize("name", MIXES)
def test_what_matters_rarely_is_answered_as_assess_does(name: str, partitions: int) -> None:
    """In one file and in two, in this order and the other."""
    documents = MIXES[name]
    for files in (1, 2):
        for mix in (documents, documents[::-1]):
            assert _assessed(mix) == _screened(mix, Cut(files, partitions=partitions))
