"""Read the data folder. The only module of the knowledge that touches files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from knowledge import check
from knowledge.assemble import assemble
from knowledge.draft import Draft
from knowledge.faults import Fault, KnowledgeError
from knowledge.layout import REQUIRED_FILES, REQUIRED_FOLDERS
from knowledge.model import Knowledge
from knowledge.parse import ParsedFile, absent, parse_file

__all__ = ["DATA", "Fault", "KnowledgeError", "load", "load_draft", "read_draft"]

DATA = Path(__file__).parent / "data"


def load(folder: Path | None = None) -> Knowledge:
    """Read and check a data folder, the packaged one by default.

    Raises KnowledgeError with every fault of every file; there is no half-loaded knowledge.
    """
    return load_draft(folder if folder is not None else DATA).knowledge


def load_draft(root: Path) -> Draft:
    """Read and check a folder, and keep where each entry stands. Raises KnowledgeError."""
    draft = read_draft(root)
    found = [*draft.faults, *check.faults(draft)]
    if found:
        raise KnowledgeError(str(root), found)
    return draft


def read_draft(root: Path) -> Draft:
    """Read every file of a folder without checking across files; faults are in the draft.

    Raises KnowledgeError if there is no such folder.
    """
    if not root.is_dir():
        raise KnowledgeError(str(root), [Fault("", "", "there is no such folder")])
    return assemble([*_parsed(root), *_absent(root)])


def _parsed(root: Path) -> Iterator[ParsedFile]:
    # Sorted, so that messages and the order of rules do not depend on the file system.
    for path in sorted(root.rglob("*.toml")):
        yield parse_file(path.relative_to(root).as_posix(), path.read_bytes())


def _absent(root: Path) -> Iterator[ParsedFile]:
    for name in REQUIRED_FILES:
        if not (root / name).is_file():
            yield absent(name, "is missing; the knowledge needs this file")
    for name in REQUIRED_FOLDERS:
        if not any((root / name).glob("*.toml")):
            yield absent(name, "is missing or empty; the knowledge needs files in this folder")
