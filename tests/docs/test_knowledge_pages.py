"""The pages of the knowledge: what the data say now, linked, the same on every machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.sheets.markdown import MADE, markdown_pages
from knowledge.signing import SignOff, signed
from tests.docs import knowledge_pages
from tests.docs.pages import REPOSITORY
from tests.knowledge.knowledge_copy import TINY, copy_of_tiny, replace

LINK = re.compile(r"(?<!\\)\]\(([^)]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
ONE_SEED = "import sys; from tests.docs.test_knowledge_pages import sizes; print(sizes())"


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def pages(known: Knowledge) -> dict[str, str]:
    return markdown_pages(known)


def sizes() -> int:
    """A number that stands for every letter of every page."""
    from zlib import crc32  # noqa: PLC0415

    return crc32(repr(sorted(markdown_pages(load(TINY)).items())).encode())


def anchors(text: str) -> list[str]:
    """The anchors that a forge makes of the headings."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return [heading.replace(" ", "-") for heading in plain]


def test_the_pages_are_up_to_date(pages: dict[str, str]) -> None:
    """`make docs`, or `python -m tests.docs.knowledge_pages`, writes them anew."""
    there = knowledge_pages.written()
    names = sorted(pages.keys() | there.keys())
    assert [] == [name for name in names if pages.get(name) != there.get(name)]


def test_there_is_a_page_for_each_rule_and_each_group_of_drugs(
    known: Knowledge, pages: dict[str, str]
) -> None:
    """And one for each drug that interactions are about, and for every other kind."""
    assert {f"rules/{rule.id}.md" for rule in known.rules} <= pages.keys()
    files = {drug.file for drug in known.ingredients.values()}
    stems = {file.rpartition("/")[2].removesuffix(".toml") for file in files}
    assert {f"drugs/{stem}.md" for stem in stems} <= pages.keys()
    assert {"interactions/simvastatin.md", "mitigations.md", "labs.md"} <= pages.keys()
    for drug in known.ingredients.values():
        assert any(f"\n## {drug.name}\n" in text for text in pages.values()), drug.name


def test_every_link_leads_to_a_page_and_a_heading(pages: dict[str, str]) -> None:
    """Relative links, to anchors that are there once."""
    headings = {path: anchors(text) for path, text in pages.items()}
    assert [] == [path for path, found in headings.items() if len(found) != len(set(found))]
    broken = []
    for path, text in pages.items():
        for link in LINK.findall(text):
            name, _, anchor = link.partition("#")
            joined = PurePosixPath(os.path.normpath(PurePosixPath(path).parent / unquote(name)))
            target = str(joined) if name else path
            if target not in pages or (anchor and anchor not in headings[target]):
                broken.append((path, link))
    assert [] == broken


def test_every_page_is_reached_from_the_index(pages: dict[str, str]) -> None:
    """Nothing is hidden."""
    assert pages.keys() - {"index.md"} == {
        unquote(link) for link in LINK.findall(pages["index.md"])
    }


def test_sources_status_and_review_are_in_view(known: Knowledge, pages: dict[str, str]) -> None:
    """On the page of every rule and drug: nobody has to look elsewhere."""
    for path, text in pages.items():
        if path.startswith(("rules/", "drugs/", "interactions/")):
            assert "awaiting review, no clinician has reviewed it yet" in text, path
        if path.startswith(("rules/", "interactions/")):
            assert "Source: [" in text, path
    text = pages["drugs/loop-diuretic.md"]
    assert text.index("awaiting review") < text.index("## loop-diuretic"), "at the top"
    assert "(verified)" in text
    assert any("UNCONFIRMED" in text for text in pages.values())


def test_one_page_holds_all_that_nothing_confirms(pages: dict[str, str]) -> None:
    """Recollections and choices of our own, each by its own name, and nothing that is verified."""
    listed = pages["unconfirmed.md"]
    assert "[furosemide]" not in listed
    assert "- [bumetanide](drugs/loop-diuretic.md#bumetanide): Muscle cramps 1.1%" in listed
    assert "(rules/cramp-care.md): our own choice, no study behind it: non-drug care" in listed
    assert "unconfirmed.md" in pages["index.md"]
    loop = pages["drugs/loop-diuretic.md"]
    assert "Known to the authors and not confirmed" in loop
    assert "our own choice" not in loop  # what was recalled was not chosen


def test_pages_are_named_by_what_is_on_them(pages: dict[str, str]) -> None:
    """No two of one name, and no id where a group has a label."""
    titles = [text.partition("\n")[0] for text in pages.values()]
    assert [] == [title for title in titles if titles.count(title) > 1]
    assert "# Drugs: tetracyclines" in titles
    interactions = pages["interactions/simvastatin.md"]
    assert "simvastatin with HIV protease inhibitors: contraindicated" in interactions
    assert [] == [name for name, text in pages.items() if "problem list on file" in text]


def test_a_page_says_what_explain_says(pages: dict[str, str]) -> None:
    """Conditions in words, the examples, and the sentence of the card."""
    text = pages["rules/moderate-low-potassium.md"]
    assert r"- Says: \[drug\] with potassium \[potassium result\]: below 3.0" in text
    assert "- Fires when: [potassium below 3.0 mmol/L](../labs.md#potassium)" in text
    assert "  - does not fire: [furosemide](../drugs/loop-diuretic.md#furosemide); " in text


def test_pages_do_not_depend_on_the_machine_or_the_day() -> None:
    """The same letters with another order of sets; no date of today."""
    made = {
        subprocess.run(
            [sys.executable, "-c", ONE_SEED],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert 1 == len(made)


def test_a_sign_off_and_its_end_are_shown(tmp_path: Path) -> None:
    """On the pages of the file, and in the table of the index."""
    folder = copy_of_tiny(tmp_path)
    path = folder / "rules/potassium.toml"
    sign_off = SignOff("B. Reader", "MD", date(2026, 2, 1), date(2027, 2, 1))
    path.write_text(signed(path.read_text(encoding="utf-8"), sign_off), encoding="utf-8")
    pages = markdown_pages(load(folder))
    assert "reviewed by B. Reader, MD on 2026-02-01" in pages["rules/low-potassium.md"]
    assert "Reviewed by a clinician: 1 of " in pages["index.md"]
    assert "awaiting review" not in pages["rules/low-potassium.md"]
    replace(path, "{drugs}: very low potassium", "{drugs}: potassium is very low")
    pages = markdown_pages(load(folder))
    assert "CHANGED since B. Reader, MD signed it" in pages["rules/low-potassium.md"]
    assert "Reviewed by a clinician: 0 of " in pages["index.md"]


def test_markup_in_the_data_is_text_on_the_page(tmp_path: Path) -> None:
    """A sentence with markup in it shows it, and starts neither a tag nor a link."""
    folder = copy_of_tiny(tmp_path)
    replace(folder / "sources/all.toml", 'title = "', 'title = "<b>*x*</b> [y](z) | ')
    text = markdown_pages(load(folder))["sources.md"]
    html = MarkdownIt("commonmark", {"html": True}).render(text)
    assert "<b>" not in html
    assert 'href="z"' not in html
    assert "&lt;b&gt;*x*&lt;/b&gt; [y](z) | " in html


def test_writing_removes_what_is_gone_and_nothing_else(tmp_path: Path) -> None:
    """A page of a rule that was deleted goes; a page that a person wrote stays."""
    knowledge_pages.write(tmp_path)
    gone = tmp_path / "rules" / "gone.md"
    gone.write_text(f"# Gone\n\n{MADE}\n", encoding="utf-8")
    own = tmp_path / "notes.md"
    own.write_text("# By hand\n", encoding="utf-8")
    knowledge_pages.write(tmp_path)
    assert not gone.exists()
    assert own.exists()
    assert markdown_pages(load()).keys() | {"notes.md"} == knowledge_pages.written(tmp_path).keys()
