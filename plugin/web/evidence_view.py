"""The knowledge as pages to read: what a template needs, as plain values. Pure.

Links are relative, so that the pages also work behind a proxy that puts a path before them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from knowledge.layout import Kind
from knowledge.model import Knowledge
from knowledge.sheets.attributes import ALL as SOURCE_ATTRIBUTES
from knowledge.sheets.basis import sentence
from knowledge.sheets.catalog import catalog
from knowledge.sheets.sheet import Line, Part, Sheet
from plugin.wording import review_status

# The part of an address that stands for each kind.
KINDS = {
    "rules": Kind.RULE,
    "drugs": Kind.INGREDIENT,
    "mitigations": Kind.MITIGATION,
    "interactions": Kind.INTERACTION,
    "groups": Kind.GROUP,
    "labs": Kind.LAB,
    "conditions": Kind.CONDITION,
    "terms": Kind.TERM,
    "mechanisms": Kind.MECHANISM,
    "sources": Kind.SOURCE,
}
_SEGMENTS = {kind: segment for segment, kind in KINDS.items()}
MOST_RULES = 60  # that one page shows; a card that tells of more is not to be expected
_ADDRESS = re.compile(r"(https?://[^\s,;)]+[^\s,;).])")
_LOUD = re.compile(r"(UNCONFIRMED|CHANGED since)")  # what no reader may overlook
_SAYS = "Says: "  # how the first line of what says something begins


def about(known: Knowledge) -> dict[str, Any]:
    """What each page says of the knowledge: version, review status, and whose changes it has."""
    site = known.site
    return {
        "version": known.version,
        "review": review_status(known),
        "site": f"{site.label} (overlay {site.id})" if site else "",
    }


def sheet_of(segment: str, id_: str, known: Knowledge) -> Sheet | None:
    """The sheet under an address; None where there is no such entry."""
    kind = KINDS.get(segment)
    if kind is None:
        return None
    make = catalog(known).get((kind, id_.casefold() if kind is Kind.INGREDIENT else id_))
    return make() if make else None


def rules_of(query: str, known: Knowledge) -> tuple[list[Sheet], int]:
    """The sheets of the rules that a query names, and how many names it has that are none."""
    asked = dict.fromkeys(name for name in query.split(",") if name)
    names = list(asked)[:MOST_RULES]
    sheets = catalog(known)
    made = [sheets[Kind.RULE, name]() for name in names if (Kind.RULE, name) in sheets]
    return made, len(asked) - len(made)


def shown(sheet: Sheet, known: Knowledge, root: str) -> dict[str, Any]:
    """A sheet for the template. `root` is the way from the page to the folder of the sheets."""
    first = str(sheet.lines[0]) if sheet.lines else ""
    said = first.startswith(_SAYS)
    links = _Links(root, catalog(known).keys())
    return {
        "id": sheet.id,
        "heading": first.removeprefix(_SAYS) if said else sheet.id,
        "what": sheet.title,
        "lines": [_line(one, links) for one in sheet.lines[said:]],
        "changes": list(_changes(sheet.id, known)),
    }


def index(known: Knowledge, root: str) -> list[dict[str, Any]]:
    """Every rule, mitigation and drug, each with its address and a word about it."""
    rules = [
        (one.id, sentence(one.summary, known), f"{one.id}, {one.level.value}")
        for one in known.rules
    ]
    options = [
        (one.id, sentence(one.text, known), f"{one.id}, {one.kind}")
        for one in known.mitigations.values()
    ]
    drugs = [
        (one.name, one.name, f"{known.groups[one.group].label}, tier {one.tier.value}")
        for one in known.ingredients.values()
    ]
    return [
        _listed("rules", "Rules", rules, root),
        _listed("mitigations", "Mitigations", options, root),
        _listed("drugs", "Drugs", sorted(drugs), root),
    ]


def _listed(
    segment: str, title: str, rows: Iterable[tuple[str, str, str]], root: str
) -> dict[str, Any]:
    entries = [
        {"says": says, "about": more, "address": _path(root, KINDS[segment], id_)}
        for id_, says, more in rows
    ]
    return {"segment": segment, "title": title, "entries": entries}


class _Links(Struct, frozen=True):
    """Where entries are shown, from one page. A list may name what has no entry, such as a drug
    that is only warned of.
    """

    root: str
    there: Collection[tuple[Kind, str]]

    def to(self, kind: Kind, id_: str) -> str:
        """The address of an entry; empty where it has no page."""
        return _path(self.root, kind, id_) if (kind, id_) in self.there else ""


def _path(root: str, kind: Kind, id_: str) -> str:
    if kind is Kind.ATTRIBUTE:
        return f"{root}../{SOURCE_ATTRIBUTES}#{quote(id_, safe='')}"
    return f"{root}{_SEGMENTS[kind]}/{quote(id_, safe='')}"


def _line(one: Line, links: _Links) -> dict[str, Any]:
    return {
        "parts": [piece for part in one.parts for piece in _pieces(part, links)],
        "below": [_line(below, links) for below in one.below],
    }


def _pieces(part: Part, links: _Links) -> Iterator[dict[str, str]]:
    """A part as pieces of text, each with what it links to, or whether it must be seen."""
    if not isinstance(part, str):
        yield {"text": str(part), "link": links.to(part.kind, part.id)}
        return
    for text in _ADDRESS.split(part):
        if _ADDRESS.fullmatch(text):
            yield {"text": text, "link": text}
            continue
        for piece in _LOUD.split(text):
            if piece:
                yield {"text": piece, "loud": "yes" if _LOUD.fullmatch(piece) else ""}


def _changes(id_: str, known: Knowledge) -> Iterator[str]:
    """What the site changed of an entry."""
    for one in known.site.changes if known.site else ():
        if one.target == id_:
            was = f"from {one.was} " if one.was else ""
            yield f"{one.what}: {was}to {one.now}, by {one.by} on {one.date}: {one.reason}"
