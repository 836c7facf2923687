"""What to do about a code that is not of an ingredient, in a sentence for whoever connects it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.terminology.concept import Coding
from knowledge.terminology.systems import canonical_system
from knowledge.terminology.tables import systems

# 10 or 11 digits, or labeller, product and package parted by hyphens.
_NDC = re.compile(r"\d{10,11}|\d{4}-\d{4}-\d{2}|\d{5}-\d{3,4}-\d{1,2}|\d{5}-\d{3,4}")
_IMPORT = "import a RxNorm release to read it, or send a name beside it"
_NAME = "send a name beside it, in the text or the display"
_ATC_OF_A_DRUG = 7  # letters and digits; shorter codes are of groups


def remedy(codings: Iterable[Coding]) -> str:
    """The detail of a concept that holds codes alone, none of which is of an ingredient."""
    told = [(canonical_system(coding.system), coding) for coding in codings if coding.code.strip()]
    for system, coding in told:
        if system == "ndc" and not _NDC.fullmatch(coding.code.strip()):
            continue
        if system == "atc" and len(coding.code.strip()) < _ATC_OF_A_DRUG:
            return f"only the ATC code of a group of drugs: {_NAME}"
        if system in systems().released:
            return f"only a code of {_label(system)}, and not one of an ingredient: {_IMPORT}"
    named = next((system for system, _ in told if system), "")
    if named == "ndc":
        return f"only a code that is no NDC: {_NAME}"
    if named:
        return f"only a code of {_label(named)}, which no RxNorm release holds: {_NAME}"
    return f"only a code of a system that is not known: {_NAME}"


def _label(system: str) -> str:
    return systems().labels.get(system, system.upper())
