"""Import a release: read it through once or twice, and write the index in place of the old one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from uuid import uuid4

from msgspec import Struct

from knowledge.terminology.release import identity
from knowledge.terminology.release.attributes import ndc_rows
from knowledge.terminology.release.concepts import Concepts
from knowledge.terminology.release.contents import Contents
from knowledge.terminology.release.faults import IndexNotWritten
from knowledge.terminology.release.index import IndexWriter
from knowledge.terminology.release.layout import (
    ARCHIVE,
    CHANGES,
    CONSO,
    REL,
    RETIRED,
    RXNORM,
    SAT,
    SOURCES,
    FileLayout,
)
from knowledge.terminology.release.model import ReleaseInfo
from knowledge.terminology.release.naming import Longest, code_rows, name_rows
from knowledge.terminology.release.plausible import (
    check_attributes,
    check_concepts,
    check_products,
)
from knowledge.terminology.release.relations import Relations
from knowledge.terminology.release.replacing import replacing
from knowledge.terminology.release.rows import rows
from knowledge.terminology.release.source import ReleaseSource, open_release

_OWN = f"|{RXNORM}|"
_NDC = "|NDC|"


class Step(Struct, frozen=True):
    """How far an import is: bytes `done` of `total`."""

    stage: str
    done: int
    total: int


OnStep = Callable[[Step], None]


def import_release(
    path: Path, index: Path, imported: str, on_step: OnStep = lambda _: None
) -> ReleaseInfo:
    """Build the index of a release in place of `index`; `imported` is the time to be noted.

    Raises ReleaseUnreadable or IndexNotWritten; the old index is then as it was.
    """
    with open_release(path) as source, replacing(index) as part:
        try:
            writer = IndexWriter(part)
            try:
                return _Import(source, writer, on_step).run(imported)
            finally:
                writer.close()
        except sqlite3.Error as error:
            raise IndexNotWritten(
                f"{index}: the index cannot be written ({error}); make room on the disk, or name "
                "another folder in CRAMPCHECK_DATA. What was there before is unchanged."
            ) from error


class _Import:
    """One import: the concepts, what they consist of, then codes, names and attributes."""

    def __init__(self, source: ReleaseSource, writer: IndexWriter, on_step: OnStep) -> None:
        self._source = source
        self._writer = writer
        self._on_step = on_step

    def run(self, imported: str) -> ReleaseInfo:
        writer, concepts = self._writer, Concepts()
        version = identity.version_of(self._rows(SOURCES))  # the shortest file first
        writer.concepts(concepts.add(self._rows(CONSO, _OWN, "concepts")))
        writer.concepts(concepts.add_archive(self._rows(ARCHIVE, _OWN)))
        concepts.add_retired(self._rows(RETIRED))
        concepts.add_changes(self._rows(CHANGES, _OWN))
        contents = self._contents(concepts)
        counts = self._write_contents(concepts, contents)
        writer.ndcs(ndc_rows(self._rows(SAT, _NDC), concepts))
        counts["ndc"] = writer.count("ndc")
        check_attributes(counts["ndc"])
        writer.codes(code_rows(self._rows(CONSO, stage="codes"), concepts))
        counts["codes"] = writer.count("code")
        longest = Longest()
        writer.names(name_rows(self._rows(CONSO, stage="names"), concepts, longest))
        info = self._info(version, imported, counts)
        writer.finish(info, longest.words)
        return info

    def _contents(self, concepts: Concepts) -> Contents:
        relations = Relations()
        relations.add(self._rows(REL, _OWN))
        check_concepts(concepts, relations)
        contents = Contents(concepts, relations)
        check_products(concepts, contents)
        return contents

    def _write_contents(self, concepts: Concepts, contents: Contents) -> dict[str, int]:
        counts = {"concepts": 0, "retired": 0, "resolved": 0}

        def told() -> Iterator[tuple[int, bool, str]]:
            for rxcui in sorted({*concepts, *concepts.replaced()}):
                ingredients = contents.of(rxcui)
                retired = concepts.retired(rxcui)
                counts["concepts"] += 1
                counts["retired"] += retired
                counts["resolved"] += bool(ingredients)
                yield rxcui, retired, " ".join(map(str, sorted(ingredients)))

        self._writer.contents(told())
        return counts

    def _info(self, version: str, imported: str, counts: dict[str, int]) -> ReleaseInfo:
        names = (*self._source.names, self._source.name)
        return ReleaseInfo(
            build=uuid4().hex,
            subset=identity.subset_of(names, self._source.folder),
            version=version,
            date=identity.date_of(names, version),
            imported=imported,
            counts=counts,
        )

    def _rows(self, layout: FileLayout, wanted: str = "", stage: str = "") -> Iterable[list[str]]:
        """The lines of a file, with progress; none of one that is not there and need not be."""
        part = self._source.parts.get(layout.name)
        if part is None:
            return
        name = f"{layout.name} ({stage})" if stage else layout.name
        done = 0

        def on_bytes(count: int) -> None:
            nonlocal done
            done += count
            self._on_step(Step(name, done, part.size))

        with self._source.open(layout) as stream:
            yield from rows(stream, layout, wanted, on_bytes)
