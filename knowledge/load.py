"""Read the data folder: from the compiled file beside it where that is current, else anew."""

from __future__ import annotations

import os
from datetime import date
from hashlib import blake2b
from pathlib import Path

from knowledge.compiled import FOLDER, fetch, keep, key_of
from knowledge.faults import Fault, KnowledgeError
from knowledge.files import DataFiles, read_folder, read_overlay_files
from knowledge.model import Knowledge

__all__ = ["DATA", "Fault", "KnowledgeError", "load"]

DATA = Path(__file__).parent / "data"


def load(
    folder: Path | None = None,
    *,
    overlay: Path | None = None,
    as_of: date | None = None,
    compiled: bool = True,
) -> Knowledge:
    """Read and check a data folder, the packaged one by default, with what a site changed of it.

    A change of the overlay may not be dated after `as_of`, today if not given. `compiled` allows to
    read and write the compiled file: the answer is the same without. Raises KnowledgeError with
    every fault of every file; there is no half-loaded knowledge.
    """
    root = folder if folder is not None else DATA
    files = read_folder(root)
    own = read_overlay_files(overlay) if overlay is not None else DataFiles({})
    key = None
    if compiled and not files.unread and not own.unread:
        key = key_of([files.contents, own.contents])
    place = root / FOLDER / compiled_name(overlay)
    if key is not None and (known := fetch(place, key)) is not None:
        return known
    from knowledge.build import build, build_for_site  # noqa: PLC0415 - slow to import

    if overlay is None:
        knowledge = build(root, files)
    else:
        knowledge = build_for_site(root, files, overlay, own, as_of or date.today())
    if key is not None:
        keep(place, key, knowledge)
    return knowledge


def compiled_name(overlay: Path | None) -> str:
    """Its file: one for each overlay, so that a site that compares two does not build in turns."""
    if overlay is None:
        return "knowledge.msgpack"
    where = os.fsencode(overlay.absolute())
    return f"knowledge-{blake2b(where, digest_size=8).hexdigest()}.msgpack"
