"""Which laboratory results of a patient are known on the day of assessment. Pure."""

from __future__ import annotations

from enum import StrEnum

from plugin.facts.book import FactBook
from plugin.facts.labs import LabView


class LabKnown(StrEnum):
    """How much is known of one analyte. A patient has exactly one of these for each."""

    CURRENT = "current"  # the newest result is within the window, and is trusted
    OLDER = "older"  # there are results, all of them from before the window
    NONE = "none"  # no result on file
    SUSPECT = "suspect"  # the newest cannot be trusted: a doubtful sample, or two that disagree
    UNREAD = "unread"  # a result that may be the newest could not be read


def lab_states(book: FactBook) -> tuple[tuple[str, str], ...]:
    """(analyte, `LabKnown` value) for every analyte that a rule may ask about, in order of file.

    What could not be read comes first: it may be newer than what was.
    """
    known = book.labs
    old = {result.analyte for result in book.record.labs if result.day <= book.as_of}
    return tuple(
        (analyte, _state(known.of(analyte), analyte in old).value)
        for analyte, lab in book.knowledge.labs.items()
        if lab.cuts
    )


def _state(view: LabView, on_file: bool) -> LabKnown:
    if view.unread:
        return LabKnown.UNREAD
    if view.suspect:
        return LabKnown.SUSPECT
    if view.results:
        return LabKnown.CURRENT
    return LabKnown.OLDER if on_file else LabKnown.NONE
