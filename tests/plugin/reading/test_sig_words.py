"""The file of dosage words: strict about its keys, and of one meaning for each phrase."""

from __future__ import annotations

from importlib.resources import files

import pytest

from plugin.errors import KnowledgeInvalid
from plugin.reading.sig_words import Kind, packaged_sig_words, parse_sig_words

TEXT = (files("knowledge") / "data" / "terminology" / "sig.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (TEXT.replace("[moments]", "[moment]"), "moment"),
        (TEXT.replace('"daily" = 1', '"daily" = "often"', 1), "frequency"),
        (TEXT.replace("[numbers]", "[numbers", 1), "line"),
        ("", "review"),
    ],
)
def test_a_fault_in_the_file_is_named_with_its_place(text: str, fault: str) -> None:
    """Which file, what is wrong, and what to do."""
    with pytest.raises(KnowledgeInvalid, match=r"^site/sig.toml: .*Correct the file") as raised:
        parse_sig_words(text, "site/sig.toml")
    assert fault in str(raised.value)


def test_no_phrase_says_two_things() -> None:
    """One that is listed twice would be read by the order of the file."""
    phrases = [one.phrase for table in packaged_sig_words().spoken.values() for one in table]
    assert sorted(set(phrases)) == sorted(phrases)


def test_no_word_that_turns_a_dose_is_harmless_alone() -> None:
    """Else a reason would end there, and the word would be passed over."""
    words = packaged_sig_words()
    harmless = {
        one.phrase[0]
        for table in words.spoken.values()
        for one in table
        if one.kind is Kind.HARMLESS and len(one.phrase) == 1
    }
    assert {"dose"} >= harmless & words.turns  # "dose" says what a number is of
