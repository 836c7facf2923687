"""Nothing that an EHR writes can act in a client that renders Markdown and raw HTML."""

from __future__ import annotations

import html
import re

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from plugin.cards.escape import filled, plain, sentence

render = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "**bold** __bold__ *em* _em_ ~~gone~~ `code`",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "# heading",
    "- item\n- item",
    "1. item",
    "> quote",
    "```\nfence\n```",
    "http://evil.example www.evil.example a@evil.example",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<b\\>",
    "<!-- hidden -->",
    "[ref]: http://evil.example",
    "x\n\n<b>y</b>",
]


def shown(markdown: str) -> str:
    """What a reader sees of `On file: TEXT`, after checking that it is one plain paragraph."""
    page = render(f"On file: {markdown}")
    assert re.fullmatch(r"<p>[^<>]*</p>\n", page), page
    return html.unescape(page[len("<p>On file: ") : -len("</p>\n")])


@pytest.mark.parametrize("text", ATTACKS)
def test_text_of_a_record_is_shown_as_it_is_and_does_nothing(text: str) -> None:
    """The reader sees the characters; no tag, link or emphasis comes of them."""
    assert shown(plain(text)) == " ".join(text.split())


@pytest.mark.parametrize("text", ATTACKS)
def test_a_client_that_takes_detail_for_html_sees_no_element_either(text: str) -> None:
    """Escaped for both languages at once."""
    assert nh3.clean(plain(text), tags=set()) == nh3.clean(plain(text))
    assert "<" not in plain(text)


@pytest.mark.parametrize(
    "text", [*ATTACKS, "-", "--", "---", "- -", "+ x", "1. x", "12) x", "1.", "= x", "2.5 mg"]
)
def test_a_bullet_that_begins_with_text_of_a_record_stays_one_plain_bullet(text: str) -> None:
    """No list in the list, no heading, no quotation."""
    page = render(f"- {plain(text)}")
    assert re.fullmatch(r"<ul>\n<li>[^<>]*</li>\n</ul>\n", page), page


@given(st.text(alphabet="-+.)1 a#>=", max_size=8))
def test_no_sequence_of_markers_at_the_start_of_a_bullet_does_anything(text: str) -> None:
    """Whatever their order; an empty text leaves an empty bullet."""
    page = render(f"- {plain(text)}\n")
    assert re.fullmatch(r"<ul>\n<li>[^<>]*</li>\n</ul>\n", page), page


@given(st.text(max_size=150))
def test_any_text_at_all_stays_one_plain_paragraph(text: str) -> None:
    """Whatever the characters; those that steer a terminal or the writing order are dropped."""
    page = render(f"On file: {plain(text)}")
    assert re.fullmatch(r"<p>[^<>]*</p>\n", page)
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f]", page)


def test_bare_addresses_do_not_become_links_and_strengths_stay_readable() -> None:
    """GFM links bare addresses; a decimal point is no part of one."""
    assert "www.evil" not in plain("www.evil.example")
    assert "http:/" not in plain("http://evil.example")
    assert plain("Hydrochlorothiazide 12.5 MG Oral Tablet") == (
        "Hydrochlorothiazide 12.5 MG Oral Tablet"
    )


def test_a_very_long_text_is_shortened_and_a_sentence_is_not() -> None:
    """A card is small; our own sentences are kept whole."""
    assert len(plain("x" * 500)) == 161
    assert plain("x" * 500).endswith("…")
    assert filled("x" * 500) == sentence("x" * 500) == "x" * 500
