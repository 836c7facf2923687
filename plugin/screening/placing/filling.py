"""Fills a roster in memory from the files of a source."""

from __future__ import annotations

from plugin.screening.placing.roster import Roster
from plugin.screening.run.progress import OnProgress, Progress
from plugin.screening.sinks import is_result
from plugin.screening.source.documents import Document, documents
from plugin.screening.source.listing import Source


def fill(roster: Roster, found: Source, on_progress: OnProgress) -> None:
    """Add every document; answers of an earlier run are passed over."""
    for missing in found.not_read:
        roster.add(Document(missing.name, 0, b"", missing.reason))
    for done, file in enumerate(found.files):
        on_progress(Progress("reading", done, len(found.files), "files"))
        for document in documents(file):
            if not is_result(document.file, document.raw):
                roster.add(document)
