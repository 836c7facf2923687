"""The worklist: kept in a file until the run is complete, and then put on the list at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from plugin.config import Settings
from plugin.resources.identity import finding_ids
from plugin.screening.hidden import behind_silence
from plugin.screening.outcome import Failed, Outcome, Screened
from plugin.screening.report.words import unread_words
from plugin.screening.sinks.answer_types import Answer, Because, Found
from plugin.screening.sinks.files import create, finish
from plugin.screening.sinks.names import WORKLIST_ROWS
from plugin.screening.sinks.sink import About
from plugin.store.worklist.model import UNREAD, ListedFinding, ListedPatient, ListedRun, Recorded

_DIGEST = 16
_ANSWERS = msgspec.json.Decoder(Answer)
_ENCODER = msgspec.json.Encoder()


class WorklistSink:
    """A line for the run, and one for each patient who was screened."""

    def __init__(self, folder: Path, about: About) -> None:
        self._stream = create(folder / WORKLIST_ROWS)
        run = ListedRun(about.run, about.as_of.isoformat(), about.knowledge_version)
        self._stream.write(_ENCODER.encode(run) + b"\n")

    def write(self, outcome: Outcome) -> None:
        """Take one patient. One who failed changes nothing on the list."""
        if not isinstance(outcome, Failed):
            self._stream.write(_ENCODER.encode(_listed(outcome)) + b"\n")

    def close(self) -> None:
        finish(self._stream)

    def abandon(self) -> None:
        self._stream.close()


def put_on_list(rows: Path, settings: Settings) -> Recorded:
    """Put what a sink kept on the list, and end the file. May be repeated after a kill.

    Raises DatabaseInvalid and DatabaseUnreadable; the file then stays, to try again.
    """
    from plugin.store.worklist.publishing import publish  # noqa: PLC0415 - loads SQLAlchemy

    with rows.open("rb") as stream:
        run = msgspec.json.decode(stream.readline(), type=ListedRun)
        decoder = msgspec.json.Decoder(ListedPatient)
        patients: Iterator[ListedPatient] = map(decoder.decode, stream)
        recorded = publish(settings, run, patients)
    rows.unlink()
    return recorded


def _listed(outcome: Screened) -> ListedPatient:
    patient = _storable(outcome.patient)
    if not outcome.rules:
        return ListedPatient(patient, outcome.unread, _behind_silence(outcome))
    findings = _ANSWERS.decode(outcome.line).findings
    ids = finding_ids(
        outcome.patient, [(one.rule, one.ingredients, one.partners) for one in findings]
    )
    return ListedPatient(
        patient,
        outcome.unread,
        tuple(_finding(id_, one) for id_, one in zip(ids, findings, strict=True)),
    )


def _behind_silence(outcome: Screened) -> tuple[ListedFinding, ...]:
    """One item for a patient of whom nothing was found, where something could not be read."""
    hidden = behind_silence(outcome)
    if not hidden:
        return ()
    said = "; ".join(_inside(unread_words(why)) for why in sorted({one.reason for one in hidden}))
    [id_] = finding_ids(outcome.patient, [(UNREAD, (), ())])
    item = ListedFinding(
        issue=id_,
        rule=UNREAD,
        level=outcome.level,
        drugs=(),
        partners=(),
        summary=f"Nothing found, and not everything could be read: {said}",
        options=outcome.mitigations,
        evidence=_fingerprint(sorted((one.reference, one.reason) for one in hidden)),
    )
    return (item,)


def _inside(words: str) -> str:
    """Words that begin a sentence, within one."""
    return words[:1].lower() + words[1:]


def _storable(reference: str) -> str:
    """A reference as any database takes it: a NUL would keep the whole run off the list."""
    return reference if reference.isprintable() else ascii(reference)[1:-1]


def _finding(id_: str, found: Found) -> ListedFinding:
    return ListedFinding(
        issue=id_,
        rule=found.rule,
        level=found.level,
        drugs=tuple(found.ingredients),
        partners=tuple(found.partners),
        summary=found.summary,
        options=tuple(found.mitigations),
        evidence=_digest(found.because),
    )


def _digest(because: list[Because]) -> bytes:
    """Changes where a fact, an entry, a result or its day does; not with the words about it."""
    facts = [(one.fact, one.reference, one.value, one.unit, one.date) for one in because]
    return _fingerprint([[part for part in fact if part is not msgspec.UNSET] for fact in facts])


def _fingerprint(known: object) -> bytes:
    return hashlib.blake2b(_ENCODER.encode(known), digest_size=_DIGEST).digest()
