"""From the bytes of the data files to knowledge that is checked: the long way, taken once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from knowledge import check
from knowledge.assemble import assemble
from knowledge.compiled import digest_of
from knowledge.draft import Draft
from knowledge.faults import Fault, KnowledgeError
from knowledge.files import DataFiles, read_folder
from knowledge.layout import REQUIRED_FILES, REQUIRED_FOLDERS
from knowledge.model import Knowledge
from knowledge.overlay.apply import applied, overlay_faults
from knowledge.overlay.read import read_overlay
from knowledge.parse import ParsedFile, absent, not_read, parse_file


def build(root: Path, files: DataFiles) -> Knowledge:
    """Parse, assemble and check. Raises KnowledgeError with every fault of every file."""
    return _sound(drafted(files), str(root)).knowledge


def build_draft(root: Path) -> Draft:
    """The same of a folder, with the place of every entry. Raises KnowledgeError."""
    return _sound(drafted(read_folder(root)), str(root))


def build_for_site(
    root: Path, files: DataFiles, overlay: Path, own: DataFiles, as_of: date
) -> Knowledge:
    """The same with what a site changed. No change of the overlay may be dated after `as_of`.

    Raises KnowledgeError with every fault of the data files and of what can be said of the overlay
    without them; or, where the data files have none, every fault of the overlay.
    """
    name = f"{root} with the overlay {overlay}"
    draft = drafted(files)
    site = read_overlay(own, overlay.name)
    found = _faults(draft)
    if found:
        raise KnowledgeError(name, [*found, *site.faults])
    found = list(overlay_faults(draft, site, as_of))
    if found or site.about is None:
        raise KnowledgeError(name, found)
    digest = digest_of(own.contents).hex()
    draft.knowledge = applied(draft.knowledge, site.about, site, digest)
    # The same checks as before: what a site may change must not make the whole unsound.
    return _sound(draft, name).knowledge


def _sound(draft: Draft, name: str) -> Draft:
    found = _faults(draft)
    if found:
        raise KnowledgeError(name, found)
    return draft


def _faults(draft: Draft) -> list[Fault]:
    return [*draft.faults, *check.faults(draft)]


def drafted(files: DataFiles) -> Draft:
    """The files put together and not yet checked; their faults are in the draft."""
    return assemble([*_parsed(files), *_absent(files)])


def _parsed(files: DataFiles) -> Iterator[ParsedFile]:
    for name, content in files.contents.items():
        yield parse_file(name, content)
    for fault in files.unread:
        yield not_read(fault)


def _absent(files: DataFiles) -> Iterator[ParsedFile]:
    there = {*files.contents, *(fault.file for fault in files.unread)}
    for name in REQUIRED_FILES:
        if name not in there:
            yield absent(name, "is missing; the knowledge needs this file")
    for name in REQUIRED_FOLDERS:
        if not any(file.rpartition("/")[0] == name for file in there):
            yield absent(name, "is missing or empty; the knowledge needs files in this folder")
