"""What a reviewer signs, and whether the file is still that. Pure.

The digest covers everything that a file says, its review block included, and leaves out comments
and layout: a sign-off outlives a corrected comment, and no changed statement, author or date.
It shows that a file has changed; it does not prove who signed.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# How a review block joins the names of several authors.
_AND = re.compile(r"[,;&/]|\band\b", re.IGNORECASE)


def digest_of(content: Mapping[str, Any]) -> str:
    """`sha256:...` of the content of a file as `tomllib` reads it, floats as Decimal.

    The digest that the file may hold already is not part of what it covers.
    """
    review = content.get("review")
    if isinstance(review, Mapping):
        covered = {key: value for key, value in review.items() if key != "digest"}
        content = {**content, "review": covered}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=_plain)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def digest_complaint(text: str) -> str:
    """A complaint about how a digest is written, or an empty text."""
    return "" if _DIGEST.fullmatch(text) else "must be sha256: and 64 hexadecimal digits"


def is_author(person: str, authored_by: str) -> bool:
    """True if a person is one of the authors, however the name is spaced or capitalised."""
    authors = {_same(name) for name in (authored_by, *_AND.split(authored_by))}
    return bool(_same(person)) and _same(person) in authors


def _same(name: str) -> str:
    """A name without what a second spelling of it may differ in."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum())


def _plain(value: Any) -> str:
    """Numbers and dates of TOML as text."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value.is_finite() else str(value)
    if isinstance(value, date):  # a date with a time too; times alone stand in no file
        return value.isoformat()
    return str(value)
