"""The knowledge does not load with an option that puts forward what is never proposed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.load import DATA, KnowledgeError, load
from tests.plugin.guards.judged import pipeline
from tests.plugin.guards.never import BY_NAME, EVERY_NAME, GROUPS, WARNINGS, named

OPTION = """
[mitigation.{id}]
kind = "{kind}"
text = "{text}"
{more}
unprompted = true
sources = [{{ source = "crampcheck-policy", locator = "tried" }}]
"""
SPELLINGS = (
    "Try QUININE at night.",
    "A glass of tonic-water before bed.",
    "A glass of tonic\\u00a0water before bed.",
    "Vitamin K-2 may help.",
    "Vitamin K\\u2082 may help.",
    "Vitamin  K 2 may help.",
    "mk7 may help.",
)


def refused(folder: Path, options: list[str]) -> set[str]:
    """The keys at which a copy of the packaged knowledge with these options does not load."""
    copy = Path(shutil.copytree(DATA, folder / "knowledge"))
    with (copy / "mitigations.toml").open("a", encoding="utf-8") as file:
        file.write("".join(options))
    with pytest.raises(KnowledgeError) as caught:
        load(copy)
    return {fault.key for fault in caught.value.faults}


def option(id_: str, text: str, kind: str = "counsel", more: str = "") -> str:
    """An option as a reviewer might write it."""
    return OPTION.format(id=id_, kind=kind, text=text, more=more)


def test_a_proposal_of_any_of_them_by_any_name_or_group_is_refused(tmp_path: Path) -> None:
    """By name, synonym, salt, brand or group; an unknown name is no way round it either."""
    selectors = [*EVERY_NAME, *GROUPS]
    options = [
        option(f"tried-{n}", "A remedy.", "replacement", f'proposes = ["{name.lower()}"]')
        for n, name in enumerate(selectors)
    ]
    keys = refused(tmp_path, options)
    missed = [
        name
        for n, name in enumerate(selectors)
        if not any(key.startswith(f"mitigation.tried-{n}.proposes") for key in keys)
    ]
    assert not missed


@pytest.mark.parametrize("kind", ["replacement", "counsel", "non-drug"])
def test_a_text_that_names_any_of_them_is_refused(kind: str, tmp_path: Path) -> None:
    """Whatever kind of option it is, however the name is written, and in an adjustment too."""
    texts = [f"Consider {name} at night." for name in EVERY_NAME] + list(SPELLINGS)
    options = [option(f"tried-{n}", text, kind) for n, text in enumerate(texts)]
    options += [
        option(f"added-{n}", "Rest.", kind, f'adjust = [{{ when = ["age>=65"], text = "{text}" }}]')
        for n, text in enumerate(texts)
    ]
    keys = refused(tmp_path, options)
    missed = [
        text
        for n, text in enumerate(texts)
        if not {f"mitigation.tried-{n}.text", f"mitigation.added-{n}.adjust[0].text"} <= keys
    ]
    assert not missed


def test_a_proposal_cannot_call_itself_a_warning(tmp_path: Path) -> None:
    """Neither by what it proposes nor by its kind."""
    warns = 'warns_of = ["quinine"]'
    keys = refused(
        tmp_path,
        [
            option("tried-0", "Quinine.", "replacement", warns),
            option("tried-1", "Quinine.", "counsel", f'{warns}\nproposes = ["magnesium oxide"]'),
        ],
    )
    assert {"mitigation.tried-0.warns_of", "mitigation.tried-1.warns_of"} <= keys


def test_in_the_packaged_knowledge_only_two_texts_name_any_of_them() -> None:
    """Both are about somebody in whom quinine is to be stopped or watched."""
    knowledge = pipeline().knowledge
    naming = {
        mitigation.id
        for mitigation in knowledge.mitigations.values()
        if named(" ".join([mitigation.text, *(a.text for a in mitigation.adjust)]))
    }
    assert naming == WARNINGS
    assert naming == {m.id for m in knowledge.mitigations.values() if m.warns_of}


def test_the_knowledge_knows_each_of_them_as_never_proposed() -> None:
    """A group that forgets one would let it pass."""
    groups = pipeline().knowledge.groups.values()
    never = {name for group in groups if group.never_propose for name in group.members}
    assert BY_NAME.keys() <= never
