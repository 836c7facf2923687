"""What the program looks up by name is in the knowledge, and what is not there is named."""

from __future__ import annotations

from msgspec.structs import replace

from plugin.facts.needed import lacking
from plugin.pipeline import default_pipeline


def test_the_packaged_knowledge_lacks_nothing() -> None:
    assert [] == lacking(default_pipeline().knowledge)


def test_what_is_missing_is_named_as_the_files_have_it() -> None:
    known = default_pipeline().knowledge
    constants = {id_: one for id_, one in known.constants.items() if id_ != "adult-age-years"}
    assert ["constant.adult-age-years"] == lacking(replace(known, constants=constants))
    without = replace(known, constants=constants, terms={})
    assert ["constant.adult-age-years", "term.muscle-symptom"] == lacking(without)
