"""What is done with one patient: its history, packed, for the process that counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec
from msgspec import Struct

from knowledge.model import Knowledge
from knowledge.signal_model import Signals
from knowledge.terminology.release.model import Release
from plugin.errors import CrampcheckError
from plugin.pipeline import Pipeline
from plugin.reading.source import RawEntry
from plugin.screening.outcome import Failed
from plugin.screening.run.glance import FAILED
from plugin.screening.signal.history import Historian, History
from plugin.screening.signal.settings import Settings

Row: TypeAlias = History | Failed
_READ = "read"
_ROW: msgspec.msgpack.Decoder[Row] = msgspec.msgpack.Decoder(History | Failed)


class SignalJob(Struct, frozen=True):
    """Goes to a worker process as it is, and is started there once."""

    knowledge: Knowledge
    jurisdiction: str
    release: Release | None
    signals: Signals
    settings: Settings

    def start(self) -> Callable[[str, Sequence[RawEntry]], bytes]:
        """The function that makes the packed row of a patient. It raises nothing."""
        pipeline = Pipeline(self.knowledge, self.jurisdiction, self.release)
        historian = Historian(pipeline, self.signals, self.settings)
        pack = msgspec.msgpack.Encoder().encode

        def row(patient: str, entries: Sequence[RawEntry]) -> bytes:
            return pack(_row(historian, patient, entries))

        return row


def signal_job(pipeline: Pipeline, signals: Signals, settings: Settings) -> SignalJob:
    """The job of a pipeline."""
    return SignalJob(pipeline.knowledge, pipeline.jurisdiction, pipeline.release, signals, settings)


def unpacked(row: bytes) -> Row:
    """What the job gave."""
    return _ROW.decode(row)


def kind_of(row: bytes) -> str:
    """What a row is: for whoever watches."""
    return FAILED if isinstance(unpacked(row), Failed) else _READ


def _row(historian: Historian, patient: str, entries: Sequence[RawEntry]) -> Row:
    try:
        return historian.read(patient, entries)
    except CrampcheckError as error:
        return Failed(patient, error.message)
    except Exception as error:  # its message may hold patient data, its type does not
        return Failed(patient, f"internal error ({type(error).__name__}); please report it.")
