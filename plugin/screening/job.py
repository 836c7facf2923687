"""What is done with one patient. Every engine does the same job with every patient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol, TypeAlias

import msgspec
from msgspec import Struct

from knowledge.model import Knowledge
from knowledge.terminology.release.model import Release
from plugin.pipeline import Pipeline
from plugin.reading.source import RawEntry
from plugin.screening.assessing import NOTHING_MORE, screen_patient
from plugin.screening.outcome import Failed, Outcome, Screened, Wanted

# A patient's reference and entries in, what is kept of the answer out. Never raises.
OnePatient: TypeAlias = Callable[[str, Sequence[RawEntry]], bytes]
_OUTCOME: msgspec.msgpack.Decoder[Outcome] = msgspec.msgpack.Decoder(Screened | Failed)


class Job(Protocol):
    """A job that can be sent to other processes. `start` is called once in each."""

    @property
    def knowledge(self) -> Knowledge: ...

    def start(self) -> OnePatient: ...


class AssessJob(Struct, frozen=True):
    """Assesses a patient; gives a packed Outcome.

    Every process judges by the knowledge of the parent, whatever the files say by now.
    """

    as_of: date
    knowledge: Knowledge
    jurisdiction: str
    release: Release | None = None
    wanted: Wanted = NOTHING_MORE

    def start(self) -> OnePatient:
        return self.start_with(Pipeline(self.knowledge, self.jurisdiction, self.release))

    def start_with(self, pipeline: Pipeline) -> OnePatient:
        """The same, where the process has a pipeline of this knowledge already."""
        pack = msgspec.msgpack.Encoder().encode
        as_of, wanted = self.as_of, self.wanted

        def do(reference: str, entries: Sequence[RawEntry]) -> bytes:
            return pack(screen_patient(pipeline, (reference, tuple(entries)), as_of, wanted))

        return do


def assess_job(pipeline: Pipeline, as_of: date, wanted: Wanted = NOTHING_MORE) -> AssessJob:
    """The job of a pipeline."""
    return AssessJob(as_of, pipeline.knowledge, pipeline.jurisdiction, pipeline.release, wanted)


def outcome_of(packed: bytes) -> Outcome:
    """What AssessJob gave."""
    return _OUTCOME.decode(packed)
