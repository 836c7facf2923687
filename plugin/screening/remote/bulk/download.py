"""One file of an export, from its link into the work folder: whole, or taken up where it broke off.

A file is taken up only where the server gave it an ETag or a date and proves by it that it is the
same still (Range, If-Range). Else it is begun again.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import requests
from msgspec import Struct

from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.fhir_client.waiting import retry_after
from plugin.screening.remote.asking import PASSING, Asker, elsewhere, refused
from plugin.screening.remote.bulk.headers import OK, PARTIAL, Sent, all_of, read_headers
from plugin.screening.remote.bulk.hours import Hours
from plugin.screening.remote.bulk.manifest import ExportFile
from plugin.screening.remote.bulk.measure import lines_of
from plugin.screening.remote.bulk.request import NDJSON
from plugin.screening.remote.bulk.room import Room
from plugin.screening.remote.bulk.state import FileCard, Memory
from plugin.screening.remote.keeping import disk_faults, open_own, settle, write_all

_PIECE = 256 * 1024
_TRIES = 6  # that bring nothing new
_MOST_TRIES = 60
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 60.0
_LONGEST_TOLD = 3600.0
_NOT_SATISFIABLE, _FIRST_FAULT = 416, 500
_GONE = frozenset({401, 403, 404, 410})


class LinkExpired(Exception):  # noqa: N818
    """The server does not know the link of a file any more, or lets nobody in by it."""


class _Again(Struct, frozen=True):
    """Why a file is to be asked for again, and after how many seconds, if the server says."""

    why: str
    wait: float | None = None


class Downloader:
    """Gets the files of one export. Safe to share between threads, a file each."""

    def __init__(
        self, asker: Asker, memory: Memory, room: Room, hours: Hours, requires_token: bool | None
    ) -> None:
        self._asker, self._memory, self._room, self._hours = asker, memory, room, hours
        self._requires_token = requires_token

    def fetch(self, file: ExportFile) -> FileCard:
        """The file, whole, in the folder `files`.

        Raises LinkExpired, FetchFault, Stopped, and CrampcheckError if it cannot be written.
        """
        card = self._memory.card(file.name)
        if card and card.done and card.mark == file.link.mark and self._is_here(file, card):
            self._room.take(file.name, card.size)
            return card
        part = self._memory.parts / file.name
        self._hours.begin(file.name)
        if card is None or card.done or card.mark != file.link.mark:
            _begin_again(part)
        for last in (False, True):
            self._all(file, part)
            lines = _lines(part)
            if lines is not None and (last or lines >= (file.count or 0)):
                return self._finish(file, part, lines)
            _begin_again(part)  # cut short without a word, perhaps by chance
        raise FetchFault(Outcome.NOT_FHIR, f"{file.name} is broken gzip, twice over")

    def _is_here(self, file: ExportFile, card: FileCard) -> bool:
        path = self._memory.files / file.name
        return path.is_file() and path.stat().st_size == card.size

    def _finish(self, file: ExportFile, part: Path, lines: int) -> FileCard:
        size = settle(part, self._memory.files / file.name)
        done = FileCard(file.link.mark, size=size, lines=lines, done=True)
        self._memory.keep_card(file.name, done)
        return done

    def _all(self, file: ExportFile, part: Path) -> None:
        """Ask until the whole of it is in `part`, so often that a server cannot keep us."""
        idle, why = 0, ""
        for _ in range(_MOST_TRIES):
            self._hours.look(file.name)
            before = _size(part)
            again = self._some(file, part)
            if again is None:
                return
            why, card = again.why, self._memory.card(file.name)
            taken_up = card is not None and card.validator
            idle = 0 if taken_up and _size(part) > before else idle + 1
            if idle >= _TRIES:
                break
            backoff = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**idle)
            self._asker.pace.pause(
                backoff if again.wait is None else min(_LONGEST_TOLD, again.wait)
            )
        raise FetchFault(Outcome.UNREACHABLE, f"{file.name}: {why}, again and again")

    def _some(self, file: ExportFile, part: Path) -> _Again | None:
        """Ask once, for what is not here yet."""
        size, card = _size(part), self._memory.card(file.name)
        headers = {"Accept": NDJSON}
        if size and card and card.validator:
            headers |= {"Range": f"bytes={size}-", "If-Range": card.validator}
        token = self._needs_token(file)
        try:
            with self._asker.opened(
                "GET", file.link, headers, token=token, follow=True
            ) as response:
                return self._read(file, part, response, card)
        except FetchFault as fault:
            if fault.outcome in (Outcome.UNREACHABLE, Outcome.TIMED_OUT):
                return _Again(fault.message)
            raise

    def _read(
        self, file: ExportFile, part: Path, response: requests.Response, card: FileCard | None
    ) -> _Again | None:
        status, size = response.status_code, _size(part)
        if status == _NOT_SATISFIABLE and size:
            if size == all_of(response.headers):
                return None  # all of it was here, under another name
            _begin_again(part)
            return _Again("the FHIR server has another part of it than is here", 0)
        if status in PASSING or status >= _FIRST_FAULT:
            wait = retry_after(response.headers.get("Retry-After", ""))
            return _Again(f"the FHIR server answered {status}", wait)
        if status in _GONE:
            raise LinkExpired
        if status not in (OK, PARTIAL):
            raise refused(response)
        sent = read_headers(file.name, status, response.headers, card, size)
        if sent is None:
            _begin_again(part)
            return _Again("it changes while it is read", 0)
        self._write(file, part, sent, response)
        if sent.total is not None and _size(part) != sent.total:
            _begin_again(part)
            return _Again("it came in another length than was said")
        return None

    def _needs_token(self, file: ExportFile) -> bool:
        """Whether to send the token: where it is wanted, and nowhere that it may not go."""
        if self._asker.server.trusts(file.link):
            return self._requires_token is not False
        if self._requires_token:
            raise elsewhere(file.link)
        return False

    def _write(self, file: ExportFile, part: Path, sent: Sent, response: requests.Response) -> None:
        if sent.start == 0:
            _begin_again(part)
            card = FileCard(file.link.mark, sent.validator, sent.packed)
            self._memory.keep_card(file.name, card)
        raw: Any = response.raw
        with disk_faults():
            handle = open_own(part, sent.start)
        size = sent.start
        try:
            while piece := raw.read1(_PIECE, decode_content=False):  # whatever is there
                self._asker.pace.pause(0)  # for Ctrl-C
                size += len(piece)
                self._room.take(file.name, size)
                with disk_faults():
                    write_all(handle, piece)
                if size != sent.total:
                    self._hours.look(file.name)
        finally:
            os.close(handle)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _begin_again(part: Path) -> None:
    with disk_faults():
        part.unlink(missing_ok=True)


def _lines(part: Path) -> int | None:
    """How many resources a file has; None for gzip that is not whole."""
    try:
        with disk_faults():
            return lines_of(part)
    except (EOFError, zlib.error):
        return None
