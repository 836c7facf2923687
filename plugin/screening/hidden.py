"""What a patient's silence may hide: entries that could not be read, and where that matters.

A supply, a statement of no medication and a replaced version are listed as unread and hide nothing.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from knowledge.model import Level
from plugin.model import NotAssessed, UnreadReason
from plugin.screening.outcome import Screened

HIDES = frozenset(reason.value for reason in UnreadReason if reason.raises_card)
_WHOLE = frozenset(reason.value for reason in NotAssessed)  # said in `unread`, and no entry
_NONE = Level.NONE.value


class NotRead(Struct, frozen=True):
    """An entry that could not be read, as an answer has it."""

    reason: str
    reference: str = ""


class _Answer(Struct, frozen=True):
    unread: tuple[NotRead, ...]


_decode = msgspec.json.Decoder(_Answer).decode


def only_unread(outcome: Screened) -> bytes:
    """Of the answer what is asked for here and no more: it still counts, and tells nothing else."""
    return msgspec.json.encode(_Answer(tuple(NotRead(one.reason) for one in not_read(outcome))))


def not_read(outcome: Screened) -> tuple[NotRead, ...]:
    """The entries that could not be read. An answer is decoded only where it has some."""
    if not outcome.unread:
        return ()
    return tuple(one for one in _decode(outcome.line).unread if one.reason not in _WHOLE)


def behind_silence(outcome: Screened) -> tuple[NotRead, ...]:
    """What could not be read, and may matter, of a patient of whom nothing was found.

    Empty for who is flagged, for who is not assessed, and where the silence means something.
    """
    if outcome.level != _NONE or outcome.not_assessed:
        return ()
    return tuple(one for one in not_read(outcome) if one.reason in HIDES)
