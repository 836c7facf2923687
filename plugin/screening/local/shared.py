"""What patients share, by which addresses they are known, and where the rows of each partition
lie: a SQLite file, written once.

It is built and asked on disk, so that a source of Medications alone fits as well. Where rows lie is
asked for by partition: each would have to look through what every chunk left.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from plugin.reading.source import RawEntry
from plugin.screening.local.work import ChunkDone, Segment
from plugin.screening.placing.claims import Claim
from plugin.screening.placing.ownership import ownership
from plugin.screening.placing.partitions import partition_of

_TABLES = """
CREATE TABLE entry (id INTEGER PRIMARY KEY, digest BLOB UNIQUE, raw BLOB, url TEXT);
CREATE TABLE name (key BLOB, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID;
CREATE TABLE segment (partition INTEGER, chunk INTEGER, start INTEGER, length INTEGER,
                      PRIMARY KEY (partition, chunk, start)) WITHOUT ROWID;
CREATE TABLE alias (key BLOB PRIMARY KEY, first BLOB, last BLOB, partition INTEGER) WITHOUT ROWID;
"""
# It is made anew if it is not complete, so that nothing of it needs to be safe from a kill.
_QUICK = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;"
_CHUNK = itemgetter(0)
_MOST = 4096  # answers that are remembered


def build(
    path: Path,
    shared: Iterable[RawEntry],
    aliases: Iterable[tuple[str, str]],
    chunks: Iterable[ChunkDone],
    partitions: int,
) -> tuple[int, int]:
    """Write the file. Returns how many resources and how many addresses it holds."""
    path.touch(mode=0o600)
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.executescript(_QUICK + _TABLES)
        connection.execute("BEGIN")
        for entry in shared:
            _insert(connection, entry)
        for key, patient in aliases:
            claims = _bytes(patient)
            connection.execute(
                "INSERT INTO alias VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE "
                "SET first = min(first, excluded.first), last = max(last, excluded.last)",
                (_bytes(key), claims, claims, partition_of(key, partitions)),
            )
        for done in chunks:
            connection.executemany(
                "INSERT INTO segment VALUES (?, ?, ?, ?)",
                [(one.partition, done.number, one.offset, one.length) for one in done.segments],
            )
        connection.execute("COMMIT")
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("entry", "alias")
        ]
    connection.close()
    return counts[0], counts[1]


def _insert(connection: sqlite3.Connection, entry: RawEntry) -> None:
    url, digest = _bytes(entry.full_url), digest_of(entry)
    row = connection.execute(
        "INSERT OR IGNORE INTO entry (digest, raw, url) VALUES (?, ?, ?) RETURNING id",
        (digest, entry.raw, url),
    ).fetchone()
    if row is None:
        return
    connection.executemany(
        "INSERT OR IGNORE INTO name VALUES (?, ?)",
        [(_bytes(key), row[0]) for key in ownership(entry).keys],
    )


def digest_of(entry: RawEntry) -> bytes:
    """By which shared resources are told apart, and ordered."""
    return blake2b(entry.raw + b"\0" + _bytes(entry.full_url), digest_size=16).digest()


class Shared:
    """Asks the file: the resources under a key, and the addresses and rows of a partition."""

    def __init__(self, path: Path, *, resources: bool, aliases: bool) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._resources = resources
        self._aliases = aliases
        self._known: dict[str, tuple[RawEntry, ...]] = {}

    def close(self) -> None:
        self._connection.close()

    def find(self, key: str) -> tuple[RawEntry, ...]:
        """Every resource under a key."""
        if not self._resources:
            return ()
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[key] = tuple(self._asked(key))
        return found

    def aliases(self, partition: int) -> dict[bytes, Claim]:
        """The addresses whose rows lie in a partition, each with the patients that claim it."""
        if not self._aliases:
            return {}
        rows = self._connection.execute(
            "SELECT key, first, last FROM alias WHERE partition = ?", (partition,)
        )
        return {key: (first, last) for key, first, last in rows}

    def spilled(self, partition: int) -> Iterator[tuple[int, list[Segment]]]:
        """Each chunk that has rows of a partition, in order: its number, and segments."""
        rows = self._connection.execute(
            "SELECT chunk, start, length FROM segment WHERE partition = ? ORDER BY chunk, start",
            (partition,),
        )
        for chunk, found in groupby(rows, _CHUNK):
            yield chunk, [Segment(partition, start, length) for *_, start, length in found]

    def _asked(self, key: str) -> Iterator[RawEntry]:
        rows = self._connection.execute(
            "SELECT raw, url FROM name JOIN entry ON entry.id = name.entry WHERE key = ? "
            "ORDER BY digest",
            (_bytes(key),),
        )
        return (RawEntry(raw, _text(url)) for raw, url in rows)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
