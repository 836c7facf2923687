"""A name as words and the gaps between them, so that every comparison is made over words.

`Losartan-HCTZ 50/12.5` becomes the words `losartan hctz 50 12.5` with the gaps `-`, ` `, `/`.
Letters and digits are parted (`40mg`, `B12`), case, accents and apostrophes are dropped.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

MAX_TEXT = 2000  # characters read of one name: the longest RxNorm names have about 1,500
SPACE, HYPHEN, COMMA, OPEN, CLOSE, JOIN = " ", "-", ",", "(", ")", "/"

# A word with what stands before it: a number, letters, or a percent sign.
_TOKEN = re.compile(r"([^\w%]*)(\d+(?:[.,]\d+)*|[^\W\d_]+|%)")
_GAP = {
    "/": JOIN,
    "+": JOIN,
    "&": JOIN,
    "(": OPEN,
    "[": OPEN,
    "{": OPEN,
    ")": CLOSE,
    "]": CLOSE,
    "}": CLOSE,
    ",": COMMA,
    ";": COMMA,
    ":": COMMA,
    "-": HYPHEN,
}
_PLAIN = {"": SPACE, " ": SPACE, "-": HYPHEN, "/": JOIN, " / ": JOIN, ", ": COMMA, ",": COMMA}
_STRENGTH_OF_GAP = {SPACE: 0, HYPHEN: 1, COMMA: 2, CLOSE: 3, OPEN: 4, JOIN: 5}
_FOLD = str.maketrans(
    {
        "'": "",
        "\u2019": "",
        "`": "",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u00b5": "u",
        "\u03bc": "u",
        "\u03b1": "alpha",
        "\u03b2": "beta",
        "\u03b3": "gamma",
        "\u00ae": " ",
        "\u2122": " ",
    }
)


# What nobody sees stands inside a word, and parts none: soft hyphens, marks of direction,
# zero-width and control characters. So does the sign for a letter that was lost on the way:
# `levothyr?oxine`.
_LOST = "\ufffd"
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff]|(?<=[^\\W\\d_])[?\ufffd]+(?=[^\\W\\d_])"
)


class Words(Struct, frozen=True, gc=False):
    """`gaps[i]` stands before `words[i]`; `depth[i]` is how many brackets are open there."""

    words: list[str]
    gaps: list[str]
    depth: list[int]


def fold(text: str) -> str:
    """Lower case, without accents, apostrophes and typographic variants; cut at `MAX_TEXT`."""
    text = text[:MAX_TEXT].lower()
    if not text.isprintable() or "?" in text or _LOST in text:
        text = _UNSEEN.sub("", text)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_FOLD))
        text = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    if "'" in text or "`" in text:
        text = text.replace("'", "").replace("`", "")
    if "_" in text:
        text = text.replace("_", " ")
    return text.replace("d/c", "dc") if "d/c" in text else text  # `d/c'd`: discontinued


def split_words(text: str) -> Words:
    """Part a text into words and gaps. Never fails; a text without words gives none."""
    words: list[str] = []
    gaps: list[str] = []
    depths: list[int] = []
    depth = 0
    plain = _PLAIN.get
    for before, word in _TOKEN.findall(fold(text)):
        sign = plain(before)
        if sign is None:
            sign, depth = _sign(before, depth)
        words.append(word)
        gaps.append(sign)
        depths.append(depth)
    return Words(words, gaps, depths)


def _sign(before: str, depth: int) -> tuple[str, int]:
    """The strongest sign between two words, and how many brackets are open after it."""
    strongest = SPACE
    # A hyphen between spaces is a dash: it parts phrases and ties no words together.
    for letter in before.replace(" - ", " ; "):
        sign = _GAP.get(letter)
        if sign is None:
            continue
        if sign is OPEN:
            depth += 1
        elif sign is CLOSE and depth:
            depth -= 1
        if _STRENGTH_OF_GAP[sign] > _STRENGTH_OF_GAP[strongest]:
            strongest = sign
    return strongest, depth


def key(name: str) -> str:
    """The words of a name, joined by one space: what names are stored and looked up under."""
    return " ".join(split_words(name).words)
