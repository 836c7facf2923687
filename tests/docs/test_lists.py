"""Lists that several hands write: nothing stands in them twice, is left out, or out of order."""

from __future__ import annotations

import re
from collections import Counter

from tests.docs.pages import REPOSITORY

SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
GROUP = re.compile(r"^### (.+)$", re.MULTILINE)
ROW = re.compile(r"^\| (?!word \|)([^|-].*?) \|", re.MULTILINE)
ENTRY = re.compile(r"^- (.+)$", re.MULTILINE)
DECISION = re.compile(r"^- \[(\d{4}: .*)\]\(decisions/(.*)\)$", re.MULTILINE)


def sections(name: str) -> dict[str, str]:
    """The text below each heading of the second level."""
    parts = SECTION.split((REPOSITORY / name).read_text(encoding="utf-8"))[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_each_decision_is_listed_once_and_in_its_order() -> None:
    """By its number, with its title."""
    listed = DECISION.findall(sections("docs/index.md")["Decisions"])
    pages = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
    there = [(_title(page.read_text(encoding="utf-8")), page.name) for page in pages]
    assert there == [(title.lower(), name) for title, name in listed]


def _title(page: str) -> str:
    return page.partition("\n")[0].removeprefix("# ").lower()


def test_a_word_stands_once_in_the_glossary_and_where_one_looks_for_it() -> None:
    """In each of its sections by the alphabet, and in one of them."""
    plain = {
        title: [re.sub(r"[*`]", "", word).lower() for word in ROW.findall(text)]
        for title, text in sections("GLOSSARY.md").items()
    }
    assert len(plain) > 1
    assert {} == {title: words for title, words in plain.items() if words != sorted(words)}
    counts = Counter(word for words in plain.values() for word in words)
    assert [] == [word for word, count in counts.items() if count > 1]


def test_the_changelog_has_each_kind_of_change_once_and_no_entry_twice() -> None:
    """In each version."""
    for version, text in sections("CHANGELOG.md").items():
        repeated = [
            *(one for one, count in Counter(GROUP.findall(text)).items() if count > 1),
            *(one for one, count in Counter(ENTRY.findall(text)).items() if count > 1),
        ]
        assert [] == repeated, version
