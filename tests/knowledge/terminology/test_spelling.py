"""Spellings of one international name share a key; different drugs do not."""

from __future__ import annotations

import pytest

from knowledge.load import load
from knowledge.terminology.spelling import folded, same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hidroclorotiazida", "hydrochlorothiazide"),
        ("espironolactona", "spironolactone"),
        ("teofilina", "theophylline"),
        ("fenitoina", "phenytoin"),
        ("levotiroxina", "levothyroxine"),
        ("ciklosporin", "ciclosporin"),
        ("oestradiol", "estradiol"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    """In Spanish, Italian, German and British English."""
    assert folded(one) == folded(other) != ""
    assert same_name(one, other)


def test_no_two_of_our_ingredients_share_a_key() -> None:
    """Else the key would tell nothing."""
    names = [name for name in load().ingredients if " " not in name]
    keys = [key for name in names if (key := folded(name))]
    assert len(keys) > 200
    assert len(keys) == len(set(keys))


def test_short_names_have_no_key_and_look_alikes_are_not_the_same() -> None:
    """A key of a few letters would be shared by chance."""
    assert "" == folded("zink")
    assert not same_name("hydralazine", "hydroxyzine")
    assert not same_name("prednisone", "primidone")
