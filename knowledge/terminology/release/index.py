"""The SQLite file: its tables, and writing them. Reading is in `opening`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from knowledge.terminology.release.model import ReleaseInfo
from knowledge.terminology.release.names import probe

APPLICATION_ID = 0x43725278  # "CrRx", so that no other SQLite file is taken for an index
SCHEMA_VERSION = 1
INFO, PROBE = "info", "probe"
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE concept (rxcui INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE contents (
  rxcui INTEGER PRIMARY KEY,
  retired INTEGER NOT NULL,
  ingredients TEXT NOT NULL  -- RxCUIs parted by a space; empty where they cannot be told
);
CREATE TABLE code (
  system TEXT NOT NULL, code TEXT NOT NULL, rxcui INTEGER NOT NULL, retired INTEGER NOT NULL,
  PRIMARY KEY (system, code, rxcui)
) WITHOUT ROWID;
CREATE TABLE ndc (
  ndc INTEGER NOT NULL, rxcui INTEGER NOT NULL,
  rank INTEGER NOT NULL,  -- 0 said by RxNorm, 1 by another source, 2 obsolete; the least counts
  PRIMARY KEY (ndc, rxcui)
) WITHOUT ROWID;
CREATE TABLE name (
  hash INTEGER NOT NULL, rxcui INTEGER NOT NULL, PRIMARY KEY (hash, rxcui)
) WITHOUT ROWID;
CREATE TABLE first_word (word TEXT PRIMARY KEY, longest INTEGER NOT NULL) WITHOUT ROWID;
"""
# The file is written anew, read by nobody, and thrown away if anything fails.
_SETTINGS = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "temp_store = MEMORY",
    "cache_size = -131072",
    f"application_id = {APPLICATION_ID}",
    f"user_version = {SCHEMA_VERSION}",
)


class IndexWriter:
    """Writes one index into an empty file. Raises sqlite3.Error where the disk does not take it."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        for setting in _SETTINGS:
            self._db.execute(f"PRAGMA {setting}")
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")

    def concepts(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """RxCUI, term type, name; a later name of a concept takes the place of an earlier one."""
        self._many("INSERT OR REPLACE INTO concept VALUES (?, ?, ?)", rows)

    def contents(self, rows: Iterable[tuple[int, bool, str]]) -> None:
        """RxCUI, whether retired, RxCUIs of the ingredients."""
        self._many("INSERT INTO contents VALUES (?, ?, ?)", rows)

    def codes(self, rows: Iterable[tuple[str, str, int, bool]]) -> None:
        """System, code, RxCUI, whether retired. A code that is current in one line is current."""
        self._many(
            "INSERT INTO code VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET retired = min(retired, excluded.retired)",
            rows,
        )

    def ndcs(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Number, RxCUI, rank."""
        self._many(
            "INSERT INTO ndc VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
            " SET rank = min(rank, excluded.rank)",
            rows,
        )

    def names(self, rows: Iterable[tuple[int, int]]) -> None:
        """Hash of a name, RxCUI."""
        self._many("INSERT OR IGNORE INTO name VALUES (?, ?)", rows)

    def finish(self, info: ReleaseInfo, longest: Mapping[str, int]) -> None:
        """Write what the index is of, and close it."""
        self._many("INSERT INTO first_word VALUES (?, ?)", sorted(longest.items()))
        meta = ((INFO, msgspec.json.encode(info).decode()), (PROBE, probe()))
        self._many("INSERT INTO meta VALUES (?, ?)", meta)
        self._db.execute("COMMIT")
        self._db.close()

    def count(self, table: str) -> int:
        """How many rows one of the tables above has."""
        return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def close(self) -> None:
        """Give up; also after `finish`, where it does nothing."""
        self._db.close()

    def _many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self._db.executemany(statement, rows)
