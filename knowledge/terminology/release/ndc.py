"""National Drug Codes in the forms they are written in, as numbers of eleven digits. Pure.

A code has a labeler, a product and a package: 5-4-2 digits as pharmacies bill, and 4-4-2, 5-3-2 or
5-4-1 as labels print it. Sources of RxNorm also pad the labeler to six, or put a zero before all.
"""

from __future__ import annotations

import re

DIGITS = 11
_PACKAGES = 100  # package codes of one product
_SIGNS = re.compile(r"[0-9]+(?:-[0-9]+){0,2}")
_LENGTHS = (5, 4, 2)
_SHORT = ((4, 4, 2), (5, 3, 2), (5, 4, 1))  # of ten digits; without hyphens, any of them


def full_codes(text: str) -> tuple[int, ...]:
    """The numbers that a code with its package may stand for; several for ten bare digits.

    Empty for what is no such code, and for zeros alone, which records send for "none".
    """
    parts = _parts(text)
    if len(parts) == len(_LENGTHS):
        found = [_padded(parts)]
    elif len(parts) == 1 and len(parts[0]) == DIGITS:
        found = [parts[0]]
    elif len(parts) == 1 and len(parts[0]) == DIGITS + 1 and parts[0][0] == "0":
        found = [parts[0][1:]]
    elif len(parts) == 1 and len(parts[0]) == DIGITS - 1:
        found = [_padded(_cut(parts[0], lengths)) for lengths in _SHORT]
    else:
        found = []
    return tuple(dict.fromkeys(int(code) for code in found if code.strip("0")))


def products(text: str) -> tuple[range, ...]:
    """The ranges of numbers that all packages of the code's product have.

    Given for a code with a package too: another package of a product holds the same drug.
    """
    parts = _parts(text)
    if len(parts) == 2:  # noqa: PLR2004 - labeler and product
        firsts = [_padded([*parts, "0"])]
    elif len(parts) == 1 and len(parts[0]) == DIGITS - 2:
        firsts = [parts[0] + "00"]
    else:
        firsts = [str(code) for code in full_codes(text)]
    starts = dict.fromkeys(int(code) // _PACKAGES * _PACKAGES for code in firsts if code)
    return tuple(range(start, start + _PACKAGES) for start in starts if start)


def _parts(text: str) -> list[str]:
    text = text.strip()
    return text.split("-") if _SIGNS.fullmatch(text) else []


def _cut(digits: str, lengths: tuple[int, int, int]) -> list[str]:
    labeler, product, _ = lengths
    return [digits[:labeler], digits[labeler : labeler + product], digits[labeler + product :]]


def _padded(parts: list[str]) -> str:
    """Eleven digits; empty where a part is too long for its place."""
    padded = []
    for part, length in zip(parts, _LENGTHS, strict=True):
        over = len(part) - length
        if over > 0 and part[:over].strip("0"):
            return ""
        padded.append(part[max(0, over) :].zfill(length))
    return "".join(padded)
