"""What is here of a fleet of patients, so that a run that was killed goes on with the rest.

Records are appended to one file, and then noted with where they end. What lies behind the last
note was being written, and is cut off.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from plugin.screening.outcome import Failed
from plugin.screening.remote.fleet.roster import Roster
from plugin.screening.remote.keeping import (
    clear,
    disk_faults,
    make_folder,
    open_own,
    write_all,
    write_whole,
)

DATA = "patients.ndjson"
_ROSTER, _NOTES = "roster.json", "notes"


class _Begun(Struct, frozen=True):
    about: str
    roster: Roster


class _Note(Struct, frozen=True, omit_defaults=True):
    patient: str
    end: int  # of the data
    shared: tuple[str, ...] = ()
    lost: str = ""  # why there is nothing of the patient
    again: bool = False  # failed when the server was not there: to be asked for again, last


_notes = msgspec.json.Decoder(_Note)


class Memory:
    """The folder of one fleet. Only one thread may write into it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / DATA
        self.done: set[str] = set()  # fetched or failed
        self.again: set[str] = set()  # failed once when the server was not there
        self.failed: list[Failed] = []
        self.shared: set[str] = set()
        self._end = 0
        self._data = self._noted = -1

    def load(self, about: str) -> Roster | None:
        """Who is to be fetched, by an earlier run of the same request; None without one.

        What is left of another request is removed.
        """
        try:
            begun = msgspec.json.decode((self.folder / _ROSTER).read_bytes(), type=_Begun)
            noted = (self.folder / _NOTES).read_bytes()
            size = self.data.stat().st_size
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            clear(self.folder)
            return None
        good, notes = _recalled(noted)
        if begun.about != about or (notes and notes[-1].end > size):
            clear(self.folder)
            return None
        for note in notes:
            self._take(note)
        self._open(good)
        return begun.roster

    def begin(self, about: str, roster: Roster) -> None:
        """Note who is to be fetched, in an empty folder."""
        make_folder(self.folder)
        self._open(0)
        write_whole(self.folder / _ROSTER, msgspec.json.encode(_Begun(about, roster)))

    def keep(self, patient: str, rows: tuple[bytes, ...], shared: dict[str, bytes]) -> None:
        """Keep a patient whole, with the shared resources that are not here yet."""
        data = b"".join(row + b"\n" for row in (*shared.values(), *rows))
        with disk_faults():
            write_all(self._data, data)
            os.fsync(self._data)
        self._note(_Note(patient, self._end + len(data), tuple(shared)))

    def lose(self, patient: str, reason: str) -> None:
        """Note that a patient could not be fetched whole."""
        self._note(_Note(patient, self._end, lost=reason))

    def postpone(self, patient: str) -> None:
        """Note that a patient failed when the server was not there."""
        self._note(_Note(patient, self._end, again=True))

    def close(self) -> None:
        """Nothing more is written."""
        for handle in (self._data, self._noted):
            if handle >= 0:
                os.close(handle)
        self._data = self._noted = -1

    def _open(self, notes: int) -> None:
        with disk_faults():
            self._data = open_own(self.data, self._end)
            self._noted = open_own(self.folder / _NOTES, notes)

    def _note(self, note: _Note) -> None:
        with disk_faults():
            write_all(self._noted, msgspec.json.encode(note) + b"\n")
            os.fsync(self._noted)
        self._take(note)

    def _take(self, note: _Note) -> None:
        self._end = note.end
        if note.again:
            self.again.add(note.patient)
            return
        self.done.add(note.patient)
        self.shared.update(note.shared)
        if note.lost:
            self.failed.append(Failed(f"Patient/{note.patient}", note.lost))


def _recalled(noted: bytes) -> tuple[int, list[_Note]]:
    """The notes up to one that is broken, and how many bytes they are."""
    good, notes = 0, []
    for line in noted.splitlines(keepends=True):
        try:
            note = _notes.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            break
        if not line.endswith(b"\n"):
            break
        notes.append(note)
        good += len(line)
    return good, notes
