"""A sign-off: what it covers, whom it refuses, and what makes it stale."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.check import awaiting_review, changed_since_review, overdue
from knowledge.load import DATA, load
from knowledge.review import CHANGED, REVIEWED
from knowledge.signing import CannotSignError, SignOff, signed
from knowledge.signoff import digest_of, is_author
from tests.knowledge.knowledge_copy import TINY, copy_of_tiny, replace

SIGN_OFF = SignOff("B. Reader", "MD", date(2026, 2, 1), date(2027, 2, 1))
BLOCK = """[review]  # by a person
# who wrote it
status = "awaiting-review"
authored_by = "A. Writer"   # alone
authored = 2026-01-02
reviewed_by = ""  # nobody yet
next_review = 2027-01-02
"""
TEXT = f'version = "1.0"  # a comment\n\n{BLOCK}\n# the end\n[[rule]]\nid   =   "x"\ncut = 0.50\n'


def sign(folder: Path, file: str = "labs.toml") -> Path:
    """Sign a file of a copy, as the command does."""
    path = folder / file
    path.write_text(signed(path.read_text(encoding="utf-8"), SIGN_OFF), encoding="utf-8")
    return path


def lines_changed(before: str, after: str) -> set[str]:
    return set(after.splitlines()) ^ set(before.splitlines())


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_the_review_block_is_written(newline: str) -> None:
    """Comments, spacing, order and line ends stay, those within the block too."""
    before = TEXT.replace("\n", newline)
    after = signed(before, SIGN_OFF)
    digest = tomllib.loads(after)["review"]["digest"]
    assert {
        'status = "awaiting-review"',
        'status = "reviewed"',
        'reviewed_by = ""  # nobody yet',
        'reviewed_by = "B. Reader"  # nobody yet',
        'credentials = "MD"',
        "reviewed = 2026-02-01",
        "next_review = 2027-01-02",
        "next_review = 2027-02-01",
        f'digest = "{digest}"',
    } == lines_changed(before, after)
    assert after.startswith(before.partition("status")[0])
    assert after.endswith(f"{newline}# the end{before.partition('# the end')[2]}")
    assert after.count("\r\n") == (after.count("\n") if newline == "\r\n" else 0)


def test_signing_anew_replaces_the_earlier_sign_off() -> None:
    """There is one reviewer in a block, and credentials that are not given again are gone."""
    again = SignOff('C. "Quote" Reader', "", date(2026, 3, 1), date(2027, 3, 1))
    after = signed(signed(TEXT, SIGN_OFF), again)
    review = tomllib.loads(after)["review"]
    assert ('C. "Quote" Reader', date(2026, 3, 1)) == (review["reviewed_by"], review["reviewed"])
    assert "credentials" not in review
    assert signed(TEXT, again) == after


def test_every_shipped_file_can_be_signed() -> None:
    """In each, nothing but the review block changes, and the digest covers what was signed."""
    for path in sorted(DATA.rglob("*.toml")):
        before = path.read_bytes().decode()
        after = signed(before, SIGN_OFF)
        content = tomllib.loads(after, parse_float=Decimal)
        assert content["review"]["digest"] == digest_of(content)
        assert 7 <= len(lines_changed(before, after)) <= 9, path


@pytest.mark.parametrize(
    "text",
    [
        'version = "1"\n',
        'review = { status = "awaiting-review", reviewed_by = "" }\n',
        'review.status = "awaiting-review"\nreview.reviewed_by = ""\n',
    ],
)
def test_a_block_that_is_not_written_as_one_is_refused(text: str) -> None:
    """Rather than written in a way that nobody expects."""
    with pytest.raises(CannotSignError):
        signed(text, SIGN_OFF)


@pytest.mark.parametrize(
    ("find", "by", "stale"),
    [
        ('label = "creatine kinase"', 'label = "CK"', True),
        ("default_upper_limit = 200", "default_upper_limit = 201", True),
        ('authored_by = "A. Writer"', 'authored_by = "C. Writer"', True),
        ("reviewed = 2026-02-01", "reviewed = 2026-02-02", True),
        ("next_review = 2027-02-01", "next_review = 2037-02-01", True),
        ('reviewed_by = "B. Reader"', 'reviewed_by = "D. Reader"', True),
        ("[review]\n", "# a comment\n[review]   # another\n", False),
        ("factor = 1\n", "factor  =  1  # times one\n", False),
    ],
)
def test_a_change_after_the_sign_off_makes_it_stale(
    tmp_path: Path, find: str, by: str, stale: bool
) -> None:
    """What a file says is covered, its review block included; comments and layout are not."""
    folder = copy_of_tiny(tmp_path)
    path = sign(folder)
    assert () == changed_since_review(load(folder))
    replace(path, find, by)
    known = load(folder)
    (row,) = [one for one in known.reviews if one.file == "labs.toml"]
    assert (CHANGED if stale else REVIEWED) == row.review.status
    assert stale is not row.review.stands
    assert ["labs.toml"] * stale == [one.file for one in changed_since_review(known)]
    assert "labs.toml" not in {one.file for one in awaiting_review(known)}


def test_a_signed_file_leaves_the_list_of_those_that_wait(tmp_path: Path) -> None:
    """And is due at its next review."""
    folder = copy_of_tiny(tmp_path)
    sign(folder)
    known = load(folder)
    all_files = {entry.file for entry in load(TINY).reviews}
    assert all_files - {"labs.toml"} == {entry.file for entry in awaiting_review(known)}
    assert "labs.toml" not in {entry.file for entry in overdue(known, date(2027, 2, 1))}
    assert "labs.toml" in {entry.file for entry in overdue(known, date(2027, 2, 2))}


@pytest.mark.parametrize(
    ("person", "author", "same"),
    [
        ("A. Writer", "A. Writer", True),
        ("a writer", "A. Writer", True),
        ("  A.\tWRITER ", "A.Writer", True),
        ("\uff21. Writer", "A. Writer", True),
        ("A. Writer", "B. Reader and A. Writer", True),
        ("A. Writer", "B. Reader, A. Writer; C. Other", True),
        ("B. Reader", "A. Writer", False),
        ("A. Writerson", "A. Writer", False),
        ("", "A. Writer", False),
        ("", "", False),
    ],
)
def test_the_author_is_known_however_the_name_is_written(
    person: str, author: str, same: bool
) -> None:
    """Case, spaces, dots and width do not make another person; another name does."""
    assert same is is_author(person, author)


_LEAVES = st.one_of(
    st.text(max_size=5), st.integers(), st.booleans(), st.decimals(allow_nan=False), st.dates()
)
_TABLES = st.dictionaries(st.text(max_size=3), _LEAVES, max_size=4)


@given(content=_TABLES)
def test_a_digest_depends_on_what_is_said_and_not_on_its_order(content: dict[str, object]) -> None:
    """The same keys and values in another order are the same file."""
    turned = dict(reversed(content.items()))
    assert digest_of(content) == digest_of(turned)
    assert digest_of(content) != digest_of({**content, "one more": 1})


def test_the_digest_does_not_cover_itself() -> None:
    """Or no file could hold its own."""
    content = {"a": 1, "review": {"status": "reviewed"}}
    with_digest = {"a": 1, "review": {"status": "reviewed", "digest": "sha256:0"}}
    assert digest_of(content) == digest_of(with_digest)
