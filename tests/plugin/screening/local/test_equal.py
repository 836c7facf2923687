"""The engine's answers are those of `assess`, whatever the mix, the files and the partitions."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from plugin.answer import to_bytes
from plugin.pipeline import Pipeline
from plugin.reading.source import RawEntry
from plugin.screening.job import assess_job, outcome_of
from plugin.screening.local.parts import merged
from plugin.screening.local.running import run_local
from plugin.screening.local.work import Work
from plugin.screening.outcome import Screened
from plugin.screening.source.chunks import plan
from plugin.screening.source.listing import SourceFile
from tests.plugin.screening.local.mixes import DOCUMENTS, KNOWLEDGE
from tests.plugin.screening.local.naive import Json, by_patient

AS_OF = date(2026, 11, 1)
PIPELINE = Pipeline(KNOWLEDGE)


def _screened(documents: list[Json], files: int, partitions: int) -> list[tuple[str, bytes]]:
    with TemporaryDirectory() as folder:
        for number in range(files):
            held = documents[number::files]
            text = b"".join(json.dumps(one).encode() + b"\n" for one in held)
            Path(folder, f"{number}.ndjson").write_bytes(text)
        sources = [SourceFile(path.name, path) for path in sorted(Path(folder).iterdir())]
        inner = Path(folder, "work")
        inner.mkdir()
        work = Work(str(inner), partitions)
        run_local(plan(sources, 1000), work, assess_job(PIPELINE, AS_OF))
        rows = list(merged([work.part(number) for number in range(partitions)]))
    answers = []
    for reference, packed in rows:
        outcome = outcome_of(packed)
        assert isinstance(outcome, Screened), outcome
        answers.append((reference, outcome.line))
    return answers


def _assessed(documents: list[Json]) -> list[tuple[str, bytes]]:
    return [
        (
            reference,
            to_bytes(
                PIPELINE.assess_entries(
                    [RawEntry(json.dumps(one).encode(), url) for one, url in entries],
                    AS_OF,
                    reference,
                )
            ),
        )
        for reference, entries in sorted(by_patient(documents).items())
    ]


@given(DOCUMENTS, st.integers(1, 3), st.sampled_from([1, 2, 7]))
def test_every_patient_gets_the_answer_of_assess(
    documents: list[Json], files: int, partitions: int
) -> None:
    """Lines and Bundles in any order, versions, disputes, shared products, addresses."""
    assert _assessed(documents) == _screened(documents, files, partitions)
