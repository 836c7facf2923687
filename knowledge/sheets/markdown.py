"""Sheets as Markdown pages that link to each other. Pure: pages as text, by their path.

A rule has a page of its own, a file of drugs or interactions one page, every other kind one page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sized
from functools import partial
from posixpath import relpath
from urllib.parse import quote

from msgspec import Struct

from knowledge.layout import Kind
from knowledge.model import Knowledge
from knowledge.sheets.basis import review_line, review_words
from knowledge.sheets.catalog import catalog
from knowledge.sheets.doubts import DOUBTS, TITLE, doubts, doubts_page
from knowledge.sheets.sheet import Line, Part, Sheet

_ONE_PAGE = {
    Kind.MITIGATION: ("mitigations.md", "Mitigations"),
    Kind.LAB: ("labs.md", "Labs"),
    Kind.CONDITION: ("conditions.md", "Conditions"),
    Kind.TERM: ("terms.md", "Terms"),
    Kind.MECHANISM: ("mechanisms.md", "Mechanisms"),
    Kind.SOURCE: ("sources.md", "Sources"),
    Kind.ATTRIBUTE: ("source-attributes.md", "Source attributes"),
}
_FOLDERS = {Kind.INGREDIENT: "drugs", Kind.GROUP: "drugs", Kind.INTERACTION: "interactions"}
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")
_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")
_EVERY = "Each drug on this page"
_SEVERAL = 2
MADE = "<!-- Made from knowledge/data by `make docs`; a test fails when it is out of date. -->"


class _Page(Struct):
    """A page in the making: its title, and the sheets on it in order."""

    path: str
    title: str
    sheets: list[Sheet]


class _Site(Struct, frozen=True):
    """Where each sheet stands."""

    pages: dict[str, _Page]
    places: dict[tuple[Kind, str], str]  # path of a page, with the anchor where it has several


def markdown_pages(known: Knowledge) -> dict[str, str]:
    """Every page, by its path below the folder of the pages."""
    site = _site([make() for make in catalog(known).values()], known)
    pages = {path: _page(page, site, known) for path, page in site.pages.items()}
    unlinked = [(Kind.PRODUCT, product.name) for product in known.products]
    unlinked += [(Kind.CONSTANT, id_) for id_ in known.constants]
    found = doubts([*site.places, *unlinked], known)
    doubtful = doubts_page(found, MADE, _up(DOUBTS), partial(_named, site), _escaped)
    return {"index.md": _index(site, known, found), DOUBTS: doubtful, **pages}


def _site(sheets: Iterable[Sheet], known: Knowledge) -> _Site:
    pages: dict[str, _Page] = {}
    places: dict[tuple[Kind, str], str] = {}
    for sheet in sheets:
        path, title = _home(sheet, known)
        pages.setdefault(path, _Page(path, title, [])).sheets.append(sheet)
        alone = sheet.kind is Kind.RULE
        places[sheet.kind, sheet.id] = path if alone else f"{path}#{_anchor(sheet)}"
    ordered = sorted(pages.items(), key=lambda pair: pair[0])
    return _Site(dict(ordered), places)


def _home(sheet: Sheet, known: Knowledge) -> tuple[str, str]:
    """The page that a sheet stands on, and the title of that."""
    if sheet.kind is Kind.RULE:
        return f"rules/{sheet.id}.md", sheet.title
    if sheet.kind in _ONE_PAGE:
        return _ONE_PAGE[sheet.kind]
    stem = sheet.file.rpartition("/")[2].removesuffix(".toml")
    folder = _FOLDERS[sheet.kind]
    if folder == "interactions":
        return f"{folder}/{stem}.md", f"Interactions: {stem}"
    # The file's own group need not have the name of the file.
    labels = [group.label for group in known.groups.values() if group.file == sheet.file]
    label = labels[0] if len(labels) == 1 else "groups of several kinds"
    return f"{folder}/{stem}.md", f"Drugs: {label}"


def _anchor(sheet: Sheet) -> str:
    """The anchor that a forge makes of the heading of a sheet."""
    return _NOT_IN_ANCHOR.sub("", _heading(sheet).lower()).replace(" ", "-")


def _heading(sheet: Sheet) -> str:
    # A group may have the name of its only drug; the two stand on one page.
    return f"{sheet.id} (group)" if sheet.kind is Kind.GROUP else sheet.id


def _page(page: _Page, site: _Site, known: Knowledge) -> str:
    lines = [f"# {_escaped(page.title)}", "", MADE, "", _up(page.path), ""]
    files = dict.fromkeys(sheet.file for sheet in page.sheets)
    shared = review_line(next(iter(files)), known) if len(files) == 1 else None
    if shared is not None:
        lines += [f"**{_escaped(str(shared))}**", ""]
    of_all = _of_every_drug(page.sheets, shared)
    groups = [sheet for sheet in page.sheets if sheet.kind is Kind.GROUP]
    others = [sheet for sheet in page.sheets if sheet.kind is not Kind.GROUP]
    for sheet in groups:
        lines += _section(sheet, {shared}, site)
    if of_all:
        lines += [f"## {_EVERY}", "", *_bullets(of_all, page.path, site), ""]
    for sheet in others:
        lines += _section(sheet, {shared, *of_all}, site)
    return "\n".join(lines).rstrip() + "\n"


def _section(sheet: Sheet, told: set[Line | None], site: _Site) -> Iterator[str]:
    """A sheet below its heading, without the lines that the page has told already."""
    path = site.places[sheet.kind, sheet.id].partition("#")[0]
    if sheet.kind is not Kind.RULE:
        yield from (f"## {_escaped(_heading(sheet))}", "", *_about(sheet))
    yield from _bullets([one for one in sheet.lines if one not in told], path, site)
    yield ""


def _of_every_drug(sheets: Iterable[Sheet], shared: Line | None) -> list[Line]:
    """What is the same for every drug of a page, and is said once; nothing of a single drug."""
    drugs = [sheet.lines for sheet in sheets if sheet.kind is Kind.INGREDIENT]
    if len(drugs) < _SEVERAL:
        return []
    same = set(drugs[0]).intersection(*drugs[1:]) - {shared}
    return [one for one in drugs[0] if one in same]


def _about(sheet: Sheet) -> list[str]:
    """What the title says beyond the id."""
    rest = sheet.title.removeprefix(sheet.id).removeprefix(" - ")
    return [f"{_escaped(rest[:1].upper() + rest[1:])}.", ""] if rest else []


def _bullets(lines: Iterable[Line], path: str, site: _Site, depth: int = 0) -> Iterator[str]:
    for one in lines:
        text = "".join(_part(part, path, site) for part in one.parts)
        yield f"{'  ' * depth}- {text}"
        yield from _bullets(one.below, path, site, depth + 1)


def _part(part: Part, path: str, site: _Site) -> str:
    if isinstance(part, str):
        return _escaped(part)
    place = site.places.get((part.kind, part.id))
    return f"[{_escaped(str(part))}]({_link(place, path)})" if place else _escaped(str(part))


def _link(place: str, path: str) -> str:
    """A link from a page to a place, relative, as Markdown wants it."""
    target, _, anchor = place.partition("#")
    here = "" if target == path else quote(relpath(target, path.rpartition("/")[0] or "."))
    return f"{here}#{anchor}" if anchor else here


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _up(path: str) -> str:
    return f"[All of the knowledge]({relpath('index.md', path.rpartition('/')[0] or '.')})"


def _named(site: _Site, kind: Kind, id_: str) -> str:
    place = site.places.get((kind, id_))
    return f"[{_escaped(id_)}]({_link(place, DOUBTS)})" if place else _escaped(id_)


def _index(site: _Site, known: Knowledge, found: Mapping[Kind, Sized]) -> str:
    reviewed = sum(row.review.stands for row in known.reviews)
    lines = [
        "# The knowledge, to read",
        "",
        MADE,
        "",
        f"Knowledge {known.version}: {len(known.ingredients)} ingredients, "
        f"{len(known.rules)} rules, {len(known.mitigations)} mitigations, "
        f"{len(known.interactions)} interactions. "
        f"Reviewed by a clinician: {reviewed} of {len(known.reviews)} files.",
        "",
        f"To look at first: [{TITLE.lower()}]({DOUBTS}), "
        f"{sum(map(len, found.values()))} statements.",
        "",
    ]
    for title, folder in (
        ("Rules", "rules/"),
        ("Drugs", "drugs/"),
        ("Interactions", "interactions/"),
        ("Everything else", ""),
    ):
        lines += [f"## {title}", "", *_listed(site, folder), ""]
    lines += ["## Review of each file", "", "| file | written | review |", "|---|---|---|"]
    for row in known.reviews:
        written = f"{row.review.authored_by}, {row.review.authored}"
        cells = (row.file, written, review_words(row.review))
        lines.append(f"| {' | '.join(_escaped(cell) for cell in cells)} |")
    return "\n".join(lines).rstrip() + "\n"


def _listed(site: _Site, folder: str) -> Iterator[str]:
    for path, page in site.pages.items():
        inside = path.startswith(folder) if folder else "/" not in path
        if inside:
            said = str(page.sheets[0].lines[0]) if folder == "rules/" else ""
            more = f": {_escaped(said.removeprefix('Says: '))}" if said else ""
            # The heading of the list says already what its entries are.
            title = page.title.removeprefix("Drugs: ").removeprefix("Interactions: ")
            title = title.replace(" - a rule (", " (")
            yield f"- [{_escaped(title)}]({quote(path)}){more}"
