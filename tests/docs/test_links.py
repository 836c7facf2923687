"""Links between the pages lead somewhere, and no page stands alone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, pages

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PAGES = [page.relative_to(REPOSITORY).as_posix() for page in pages()]


def text_of(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of headings: lower case, without punctuation."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text_of(page)))
    return {heading.replace(" ", "-") for heading in plain}


def broken(page: Path) -> list[str]:
    faults = []
    for link in LINK.findall(text_of(page)):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            faults.append(link)
    return faults


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_resolves(page: str) -> None:
    """To a file of the repository, and to a heading in it where the link names one."""
    assert [] == broken(REPOSITORY / page)


def test_every_page_can_be_reached_from_the_readme() -> None:
    """A page that nothing links to is not read."""
    reached: set[Path] = set()
    waiting = [REPOSITORY / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.is_file():
            continue
        reached.add(page)
        if page.suffix == ".md":
            links = (link.partition("#")[0] for link in LINK.findall(text_of(page)))
            waiting += [(page.parent / link).resolve() for link in links if link]
    in_docs = [page for page in PAGES if page.startswith(("docs/", "GLOSSARY", "CHANGELOG"))]
    assert [] == [page for page in in_docs if REPOSITORY / page not in reached]


def test_a_broken_link_would_be_found(tmp_path: Path) -> None:
    """Guards the tests above: a missing file and a missing heading are both faults."""
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](none.md) [b](#one) [c](#two)\n```\n[d](code.md)\n```\n")
    assert ["none.md", "#two"] == broken(page)
