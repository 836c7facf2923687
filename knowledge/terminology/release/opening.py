"""Open an index and ask it: read-only, shared by threads, opened anew in a forked process.

An import puts a new file in the place of the old one. A process keeps the file that it opened.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from knowledge.terminology.release.answering import Row, answer
from knowledge.terminology.release.faults import IndexDamaged
from knowledge.terminology.release.index import APPLICATION_ID, INFO, PROBE, SCHEMA_VERSION
from knowledge.terminology.release.layout import RANK_OBSOLETE, rxcui_of
from knowledge.terminology.release.model import Released, ReleaseInfo, Substance
from knowledge.terminology.release.names import name_hash, probe
from knowledge.terminology.release.ndc import full_codes, products

_HEADER = 100  # bytes of SQLite's header: page size at 16, pages at 28, both big-endian
_LARGEST_PAGE = 65536  # written as 1
_AGAIN = "import the RxNorm release again (crampcheck knowledge import-rxnorm), or remove the file"
_SELECT = (
    "SELECT contents.rxcui, coalesce(kind, ''), coalesce(concept.name, ''), contents.retired,"
    " ingredients, "
)
_CONTENTS = " JOIN contents USING (rxcui) LEFT JOIN concept USING (rxcui) WHERE "
_BY_RXCUI = _SELECT + "0 FROM contents LEFT JOIN concept USING (rxcui) WHERE contents.rxcui = ?"
_BY_CODE = _SELECT + f"{RANK_OBSOLETE} * code.retired FROM code{_CONTENTS}system = ? AND code = ?"
_BY_NAME = _SELECT + f"0 FROM name{_CONTENTS}hash = ?"
_BY_NDC = _SELECT + f"ndc.rank FROM ndc{_CONTENTS}ndc BETWEEN ? AND ?"


class _Held(Struct, frozen=True):
    """A connection of one process, used by one thread at a time."""

    connection: sqlite3.Connection
    lock: Lock
    info: ReleaseInfo


class SqliteRelease:
    """The index at a path. Raises IndexDamaged, when made or when asked.

    Where it is sent to another process, it insists there on the import that it was made with.
    """

    def __init__(self, path: Path, info: ReleaseInfo | None = None) -> None:
        self.path = path
        self._expected = info
        self._held: dict[int, _Held] = {}
        self._substances: dict[str, Substance] = {}
        self._longest: Mapping[str, int] | None = None
        self.info: ReleaseInfo = info or self._mine().info

    def __reduce__(self) -> tuple[type[SqliteRelease], tuple[Path, ReleaseInfo]]:
        return SqliteRelease, (self.path.resolve(), self.info)

    def of_code(self, system: str, code: str) -> Released | None:
        """What a code stands for; None if the release does not hold it."""
        if system == "ndc":
            return self._of_ndc(code)
        if system == "rxnorm":
            rxcui = rxcui_of(code.strip())
            return self._answer(_BY_RXCUI, rxcui) if rxcui else None
        return self._answer(_BY_CODE, system, code.strip().upper())

    def named(self, words_key: str) -> Released | None:
        """What a name stands for."""
        return self._answer(_BY_NAME, name_hash(words_key))

    def longest(self) -> Mapping[str, int]:
        """For every first word of a name, the words of the longest."""
        if self._longest is None:
            self._longest = dict(self._rows("SELECT word, longest FROM first_word"))
        return self._longest

    def _of_ndc(self, code: str) -> Released | None:
        exact = [row for one in full_codes(code) for row in self._concepts(_BY_NDC, one, one)]
        if exact:
            return answer(exact, self._substance)
        others = [
            row
            for product in products(code)
            for row in self._concepts(_BY_NDC, product.start, product.stop - 1)
        ]
        return answer(others, self._substance, whole=True)

    def _answer(self, query: str, *values: object) -> Released | None:
        return answer(self._concepts(query, *values), self._substance)

    def _concepts(self, query: str, *values: object) -> list[Row]:
        rows = [Row(*row) for row in self._rows(query, *values)]
        if not all(map(_is_sound, rows)):
            raise _damaged(self.path, "it holds what no import writes")
        return rows

    def _substance(self, rxcui: str) -> Substance:
        known = self._substances.get(rxcui)
        if known is None:
            found = self._concepts(_BY_RXCUI, int(rxcui))
            known = Substance(rxcui, found[0].name if found else "")
            self._substances[rxcui] = known
        return known

    def _rows(self, query: str, *values: object) -> list[Any]:
        held = self._mine()
        try:
            with held.lock:
                return held.connection.execute(query, values).fetchall()
        except (sqlite3.Error, ValueError) as error:
            raise _damaged(self.path, str(error)) from error

    def _mine(self) -> _Held:
        """The connection of this process: SQLite's are not to be carried over a fork."""
        process = os.getpid()
        held = self._held.get(process)
        if held is None:
            opened = _open(self.path)
            if self._expected and self._expected.build != opened.info.build:
                raise IndexDamaged(
                    f"{self.path}: another RxNorm release was imported while this run was on; run "
                    "it again, so that all of it is read by one release."
                )
            held = self._held.setdefault(process, opened)
        return held


def open_index(path: Path) -> SqliteRelease | None:
    """The index at a path; None if there is no such file. Raises IndexDamaged."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:  # such as a folder that this user may not enter
        raise _damaged(path, (error.strerror or "unknown fault").lower()) from error
    return SqliteRelease(path)


def _open(path: Path) -> _Held:
    try:
        _check_header(path)
        where = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        connection = sqlite3.connect(where, uri=True, check_same_thread=False)
        for name, wanted in (("application_id", APPLICATION_ID), ("user_version", SCHEMA_VERSION)):
            held = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if held != wanted:
                raise _damaged(path, "it was made by another version, or is no index of RxNorm")
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        info = msgspec.json.decode(meta[INFO], type=ReleaseInfo)
    except OSError as error:
        raise _damaged(path, (error.strerror or "unknown fault").lower()) from error
    except (sqlite3.Error, KeyError, ValueError, msgspec.MsgspecError) as error:
        raise _damaged(path, str(error)) from error
    if meta.get(PROBE) != probe():
        raise _damaged(path, "it was made by another version")
    return _Held(connection, Lock(), info)


def _check_header(path: Path) -> None:
    """Refuse a file that is not as long as it says, such as a copy that broke off."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
        size = os.fstat(file.fileno()).st_size
    page = int.from_bytes(header[16:18], "big")
    page = _LARGEST_PAGE if page == 1 else page
    if size != page * int.from_bytes(header[28:32], "big") or not size:
        raise _damaged(path, "it is no index, or was cut short")


def _is_sound(row: Row) -> bool:
    """SQLite keeps any value in any column: a damaged file may give bytes for a text."""
    texts = row.kind, row.name, row.ingredients
    if not all(isinstance(text, str) for text in texts):
        return False
    numbers = row.rxcui, row.retired, row.rank
    return all(isinstance(number, int) for number in numbers) and all(
        map(rxcui_of, row.ingredients.split())
    )


def _damaged(path: Path, why: str) -> IndexDamaged:
    return IndexDamaged(
        f"{path}: the index of the RxNorm release cannot be used ({why}); {_AGAIN}."
    )
