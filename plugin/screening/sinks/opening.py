"""All sinks of a run as one: opened together, completed together, named in a step of its own.

    chosen = choose("json,report")                 # before any work: FormatUnknown, ExtraMissing
    check_ready(chosen, knowledge, settings)       # likewise: the database, what rules make of FHIR
    with open_sinks(chosen, unfinished, about) as sinks:
        sinks.write(outcome)                       # each patient, sorted by reference
        sinks.quarantine(row)
        sinks.close()                              # complete and on disk, under `unfinished`
    name_results(chosen, unfinished, out, settings)  # may be repeated after a kill

Between the last two steps a run notes that only the naming is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from plugin.screening.outcome import Outcome, Quarantined
from plugin.screening.sinks.answers import AnswersSink
from plugin.screening.sinks.fhir import FhirSink
from plugin.screening.sinks.files import cannot_write, make_folder, settle, writing
from plugin.screening.sinks.formats import Chosen, Format
from plugin.screening.sinks.left_out import LeftOutSink
from plugin.screening.sinks.sink import About, LeftOutTaker, Sink
from plugin.screening.sinks.summary import SummarySink

_Opener = Callable[[Path, About], Sink]


class Sinks:
    """Every chosen sink. Made by `open_sinks`."""

    def __init__(self, folder: Path, sinks: Sequence[Sink]) -> None:
        self._folder = folder
        self._all = tuple(sinks)
        self._write = tuple(sink.write for sink in sinks)
        self._quarantine = tuple(
            sink.quarantine for sink in sinks if isinstance(sink, LeftOutTaker)
        )
        self._open = True

    def write(self, outcome: Outcome) -> None:
        """Give one patient to each sink. Raises CrampcheckError where it cannot be written."""
        try:
            for write in self._write:
                write(outcome)
        except OSError as error:
            raise cannot_write(self._folder, error) from error

    def quarantine(self, row: Quarantined) -> None:
        """List what could not be given to a patient. Raises CrampcheckError as `write` does."""
        try:
            for quarantine in self._quarantine:
                quarantine(row)
        except OSError as error:
            raise cannot_write(self._folder, error) from error

    def close(self) -> None:
        """Complete every file, on disk. A second time does nothing."""
        if self._open:
            with writing(self._folder):
                for sink in self._all:
                    sink.close()
                settle(self._folder)
            self._open = False

    @property
    def complete(self) -> bool:
        """True once every file is complete."""
        return not self._open


@contextmanager
def open_sinks(chosen: Chosen, unfinished: Path, about: About) -> Iterator[Sinks]:
    """Open the files of a run in the folder `unfinished`, which is made where it is not there.

    What lies there under the same names is replaced. On leaving without an error the files are
    complete; what an error leaves incomplete is removed. Raises CrampcheckError if the folder
    cannot be written.
    """
    opened: list[Sink] = []
    sinks: Sinks | None = None
    try:
        with writing(unfinished):
            make_folder(unfinished)
            opened.append(LeftOutSink(unfinished))
            for one in chosen.formats:
                opened.append(_OPENERS[one](unfinished, about))
        sinks = Sinks(unfinished, opened)
        yield sinks
        sinks.close()
    except BaseException:
        if sinks is None or not sinks.complete:
            _remove(unfinished, chosen, opened)
        raise


def _remove(unfinished: Path, chosen: Chosen, opened: Sequence[Sink]) -> None:
    for sink in opened:
        with suppress(OSError, ValueError):
            sink.abandon()
    for name in chosen.names:
        with suppress(OSError):
            (unfinished / name).unlink(missing_ok=True)


def _answers(folder: Path, _: About) -> Sink:
    return AnswersSink(folder)


def _summary(folder: Path, _: About) -> Sink:
    return SummarySink(folder)


def _parquet(folder: Path, _: About) -> Sink:
    from plugin.screening.sinks.parquet import ParquetSink  # noqa: PLC0415 - an extra

    return ParquetSink(folder)


def _worklist(folder: Path, about: About) -> Sink:
    from plugin.screening.sinks.worklist import WorklistSink  # noqa: PLC0415 - loads SQLAlchemy

    return WorklistSink(folder, about)


def _report(folder: Path, about: About) -> Sink:
    from plugin.screening.sinks.report import ReportFile  # noqa: PLC0415 - an extra

    if about.report is None:
        raise ValueError("a report was chosen, and nothing is told of the run that it is about")
    return ReportFile(folder, about.report)


_OPENERS: dict[Format, _Opener] = {
    Format.JSON: _answers,
    Format.CSV: _summary,
    Format.PARQUET: _parquet,
    Format.FHIR: FhirSink,
    Format.WORKLIST: _worklist,
    Format.REPORT: _report,
}
