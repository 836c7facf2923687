"""Text made safe for a card: CDS clients render Markdown, and the raw HTML within it.

Characters that either of the two understands become numeric character references, which mean the
same in both and can start neither a tag, nor emphasis, nor a link.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LIMIT = 160  # characters of one text of the record that a card shows
_ACTIVE = {ord(char): f"&#{ord(char)};" for char in '&<>"`*_[]{}|~\\#^$@'}
# GFM makes links of bare addresses: break `www.example`, `http://`, but leave `12.5 mg` alone.
_ADDRESS = re.compile(r"\.(?=[^\W\d])|:(?=/)")
# What makes a list of a line that begins with it; and dashes alone, which behind the dash of a
# bullet are a rule across the page.
_MARKER = re.compile(r"\A(?:\d*[-+.)](?= |\Z)|-(?=[- ]*\Z))")
_SPACES = re.compile(r"\s+")
# Most texts hold nothing to neutralise, and one look at them is quicker than five.
_CALM = re.compile(
    r"(?! |(?:[+-]|\d+[.)])(?: |\Z)|-[- ]*\Z)"
    r"(?:[A-Za-z0-9(),;/%'=!+-]++| (?=[^\s])|[.:](?=[ \d]|\Z))*+"
)


# What begins an element in HTML. `<2.0` is a number.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
# What a renderer of Markdown or of HTML attributes obeys, as signs that look alike and mean nothing
# to it: quotation marks, operators, a broken bar.
_ALIKE = str.maketrans("[]`'\"*_~|\\", "()\u2019\u2019\u201d\u2217 \u223c\u00a6\u29f5")
_QUOTE = "\u2039"  # looks like `<`


def plain(text: str) -> str:
    """A text of the record, on one line, shortened, with nothing in it that a renderer obeys."""
    if len(text) <= _LIMIT and _CALM.fullmatch(text):
        return text
    line = one_line(text)
    if len(line) > _LIMIT:
        line = line[:_LIMIT].rstrip() + "…"
    return _neutral(line)


def filled(text: str) -> str:
    """A sentence of the knowledge with values of the record in it: as `plain`, of any length."""
    return text if _CALM.fullmatch(text) else _neutral(one_line(text))


def inert(text: str, limit: int = _LIMIT) -> str:
    """A text for where the protocol wants plain text, such as a label: it stays that also with a
    client that takes it for HTML or Markdown.

    What would act becomes a sign that looks alike, since a reference such as `&#60;` would itself
    be shown. Put it after a word of ours: at its start it may be a list or a heading.
    """
    line = tagless(one_line(text)).translate(_ALIKE)
    quiet = _ADDRESS.sub(lambda match: f"{match[0]} ", line)
    return quiet if len(quiet) <= limit else quiet[:limit].rstrip() + "…"


def tagless(line: str) -> str:
    """A line in which nothing begins an element of HTML; a number such as `<2.0` stays as it is."""
    return _TAG.sub(_QUOTE, line) if "<" in line else line


@lru_cache(maxsize=4096)
def sentence(text: str) -> str:
    """A text of the knowledge alone: of any length, and remembered."""
    return filled(text)


def one_line(text: str) -> str:
    """A text without line breaks, and without characters that are not shown."""
    visible = text
    if not (text.isascii() and text.isprintable()):
        visible = "".join(char if _shown(char) else " " for char in text)
    return _SPACES.sub(" ", visible).strip()


def _neutral(line: str) -> str:
    quiet = _ADDRESS.sub(lambda match: f"&#{ord(match[0])};", line.translate(_ACTIVE))
    return _MARKER.sub(lambda match: f"{match[0][:-1]}&#{ord(match[0][-1])};", quiet)


def _shown(char: str) -> bool:
    """False for control and format characters, such as those that reverse the writing order."""
    return unicodedata.category(char)[0] != "C"
