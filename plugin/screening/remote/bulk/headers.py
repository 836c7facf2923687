"""What the headers of a file say: which part comes, how packed, and what proves it the same."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.screening.remote.bulk.state import FileCard

OK, PARTIAL = 200, 206
_NOT_NDJSON = re.compile(r"\A(text/(html|xml)|application/(xhtml\+|fhir\+)?xml)\b")
_DIGITS = re.compile(r"\A[0-9]{1,18}\Z")
_ALL_OF = re.compile(r"\Abytes \*/(\d{1,18})\Z")
_CONTENT_RANGE = re.compile(r"\Abytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)\Z")


class Sent(Struct, frozen=True):
    """What comes: from where on, of how many bytes if that is said, and what proves it the same."""

    start: int
    total: int | None
    validator: str  # an ETag or a date, for If-Range; empty: it cannot be taken up again
    packed: bool


def read_headers(
    name: str, status: int, headers: Mapping[str, str], card: FileCard | None, size: int
) -> Sent | None:
    """What a 200 or 206 brings; None for a part that does not fit the `size` bytes that are here.

    `card` is of those. Raises FetchFault for what is no NDJSON.
    """
    packed = _packed(name, headers)
    validator = _validator(headers)
    if status == OK:
        length = headers.get("Content-Length", "")
        return Sent(0, int(length) if _DIGITS.match(length) else None, validator, packed)
    found = _CONTENT_RANGE.match(headers.get("Content-Range", ""))
    same = card is not None and validator in (card.validator, "") and packed == card.packed
    if found is None or card is None or not same or int(found[1]) != size:
        return None
    return Sent(size, None if found[2] == "*" else int(found[2]), card.validator, packed)


def all_of(headers: Mapping[str, str]) -> int:
    """The size of the file that a 416 tells; 0 where it does not."""
    found = _ALL_OF.match(headers.get("Content-Range", ""))
    return int(found[1]) if found else 0


def _packed(name: str, headers: Mapping[str, str]) -> bool:
    if _NOT_NDJSON.match(headers.get("Content-Type", "").strip().lower()):
        raise FetchFault(Outcome.NOT_FHIR, f"it answered with a page or XML where {name} should be")
    packed = headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip"):
        raise FetchFault(Outcome.NOT_FHIR, f"{name} is packed in an unknown way")
    return packed in ("gzip", "x-gzip")


def _validator(headers: Mapping[str, str]) -> str:
    """A weak ETag proves nothing of the bytes; the date beside it is no better."""
    etag = headers.get("ETag", "").strip()
    if etag:
        sound = etag.startswith('"') and etag.isascii() and etag.isprintable()
        return etag if sound and len(etag) <= 1024 else ""  # noqa: PLR2004
    modified = headers.get("Last-Modified", "").strip()
    return modified if modified.isascii() and modified.isprintable() else ""
