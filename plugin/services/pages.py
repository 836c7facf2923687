"""Whether a page of results, cut off by the client, can hide a result that would count."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from cds_hooks.model import Sent

_USABLE = ("final", "amended", "corrected")


class _Result(msgspec.Struct, rename="camel"):
    status: Any = ""
    effective_date_time: Any = ""
    effective_instant: Any = ""


_decoder = msgspec.json.Decoder(_Result)


def hides_nothing_newer(entries: Sequence[Sent]) -> bool:
    """True if the page, all of resources, runs from new to old, and a result on it counts.

    We ask for the newest first; a client may not have sorted, and then the rest of the pages can
    hold anything.
    """
    results = [_decoder.decode(entry.raw) for entry in entries]
    days = [_day(result) for result in results]
    in_order = all(days) and all(newer >= older for newer, older in pairwise(days))
    return in_order and any(result.status in _USABLE for result in results)


def _day(result: _Result) -> str:
    """The date of a result, to the day: ISO dates compare as text. Empty if it has none."""
    when = result.effective_date_time or result.effective_instant
    return when[:10] if isinstance(when, str) and len(when) >= len("2026-01-01") else ""
