"""Which rule or mitigation said a sentence? Cards fill gaps, cut and decorate: all that is undone.

A sentence is matched as a template with gaps, of which the names of drugs are checked against the
drugs of the rule, so that of two rules with one sentence the right one answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from msgspec import Struct

from knowledge.layout import Kind
from knowledge.model import Knowledge
from knowledge.possible import drugs_of

Key = tuple[Kind, str]

_GAP = re.compile(r"(\{[a-z0-9-]+\})")
_QUOTED = re.compile("“([^”]+)”")
_SPACES = re.compile(r"\s+")
_BEFORE = re.compile(r"\A[\s>*_-]*(?:(?:critical|warning|info)\*{0,2}\s*:)?[\s*_]*", re.IGNORECASE)
_ON_FILE = re.compile(r"(?:\.\s+|\s*\*)on file:.*\Z", re.IGNORECASE)
_AFTER = re.compile(r"(?:[\s*]|\((?:critical|warning|info)\)|\(\+\d+ more\))*\Z", re.IGNORECASE)
_NAMES = re.compile(r", | and ")
_OWN_GAPS = {"[drug]", "[partner]", "{drugs}", "{with}"}  # as our own pages print a sentence
_LEAST_WORDING = 12  # letters of a sentence that must be there, or anything would match
_MOST = 4000  # characters of what is asked; a card has fewer


class _Template(Struct, frozen=True):
    """A sentence of an entry, in lower case: words and gaps in turn; gaps have braces."""

    key: Key
    parts: tuple[str, ...]
    drugs: frozenset[str]  # that can fill {drugs}; empty where the entry is not about drugs


def spoken(text: str, known: Knowledge) -> list[Key]:
    """The rules and mitigations that say a sentence, or each line of a card that was pasted."""
    text = unescape(text[:_MOST])
    whole = _SPACES.sub(" ", text)
    lines = text.splitlines()
    bullets = [line for line in lines if line.lstrip("> ").startswith("- ") and "; " in line]
    listed = [part for line in bullets for part in line.split("; ")]  # such as sources
    pieces = [whole, *lines, *_QUOTED.findall(whole), *listed]
    templates = list(_templates(known))
    names = {name.casefold() for name in known.ingredients}
    found = [key for piece in dict.fromkeys(pieces) for key in _said(piece, templates, names)]
    return list(dict.fromkeys(found))


def _templates(known: Knowledge) -> Iterator[_Template]:
    for rule in known.rules:
        drugs = frozenset(name.casefold() for name in drugs_of(rule.drug, known))
        for text in (rule.summary, *(note.text for note in rule.notes)):
            yield _template((Kind.RULE, rule.id), text, drugs)
    for mitigation in known.mitigations.values():
        for text in (mitigation.text, *(change.text for change in mitigation.adjust)):
            if text:
                yield _template((Kind.MITIGATION, mitigation.id), text, frozenset())
    for source in known.sources.values():
        yield _template((Kind.SOURCE, source.id), source.title, frozenset())


def _template(key: Key, text: str, drugs: frozenset[str]) -> _Template:
    bare = text.rstrip(".").casefold()
    return _Template(key, tuple(part for part in _GAP.split(bare) if part), drugs)


def _said(piece: str, templates: list[_Template], names: set[str]) -> list[Key]:
    """The entries that fit a piece best."""
    bare, cut = _bare(piece)
    ranks: dict[Key, tuple[int, ...]] = {}
    for template in templates:
        rank = _cut_rank(template, bare) if cut else _rank(template, bare, names)
        if rank:
            ranks[template.key] = max(rank, ranks.get(template.key, rank))
    best = max(ranks.values(), default=())
    return [key for key, rank in ranks.items() if rank == best]


def _bare(piece: str) -> tuple[str, bool]:
    """A piece without what a card puts around it, and whether the card cut it short."""
    bare = _ON_FILE.sub("", _BEFORE.sub("", piece))
    bare = _AFTER.sub("", bare).strip(' "“”')
    cut = bare.endswith(("…", "..."))
    return bare.rstrip("….").casefold() if cut else bare.rstrip(".").casefold(), cut


def _rank(template: _Template, text: str, names: set[str]) -> tuple[int, ...]:
    """How well a whole sentence fits: are the drugs the entry's, and how much is said alike."""
    words = [part for part in template.parts if not _GAP.fullmatch(part)]
    if not all(part in text for part in words):
        return ()  # most entries: an expression for each would take half a second to compile
    wording = sum(len(part) for part in words)
    pattern = "".join(
        "(.+?)" if _GAP.fullmatch(part) else re.escape(part) for part in template.parts
    )
    match = re.fullmatch(rf"{pattern}(?:\.\s.*)?", text)
    if match is None or wording < min(_LEAST_WORDING, len(text)):
        return ()
    gaps = [part for part in template.parts if _GAP.fullmatch(part)]
    filled = dict(zip(gaps, match.groups(), strict=True))
    drugs = _listed(filled.get("{drugs}", ""))
    partners = _listed(filled.get("{with}", ""))
    if not {*drugs, *partners} <= names:
        return ()
    return (int(drugs <= template.drugs), wording)


def _listed(text: str) -> frozenset[str]:
    """The names of `a, b and c`, without gaps that are shown as gaps."""
    return frozenset(name for name in _NAMES.split(text) if name) - _OWN_GAPS


def _cut_rank(template: _Template, text: str) -> tuple[int, ...]:
    """How much of a sentence is there, if the text is its beginning."""
    wording = _beginning(template.parts, text, 0)
    return (1, wording) if wording >= _LEAST_WORDING else ()


def _beginning(parts: tuple[str, ...], text: str, wording: int) -> int:
    """The letters of wording in a text that runs out before the parts do; -1 if it differs."""
    if not text:
        return wording
    if not parts:
        return -1
    first, rest = parts[0], parts[1:]
    if _GAP.fullmatch(first):
        ends = range(1, len(text) + 1)
        return max(_beginning(rest, text[end:], wording) for end in ends)
    if text.startswith(first):
        return _beginning(rest, text[len(first) :], wording + len(first))
    return wording + len(text) if first.startswith(text) else -1
