"""A lab agrees with itself: its unit can be read, its order code is its own, its cuts ascend."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.draft import Draft
from knowledge.faults import Fault
from knowledge.layout import Kind


def check(draft: Draft) -> Iterator[Fault]:
    """Faults inside labs.toml that one field alone does not show."""
    for lab in draft.knowledge.labs.values():
        place = draft.place(Kind.LAB, lab.id)
        own = [unit for unit in lab.units if lab.unit in unit.spellings]
        if not own or own[0].factor != 1:
            yield place.at("unit").fault(f"{lab.unit} needs an entry of units with factor = 1")
        if lab.order_loinc and lab.order_loinc not in {code.loinc for code in lab.codes}:
            yield place.at("order_loinc").fault(f"{lab.order_loinc} is not one of the lab's codes")
        for name in lab.answered_by:
            if name not in draft.knowledge.labs:
                yield place.at("answered_by").fault(f"{name} is not a lab")
        if list(lab.cuts) != sorted(lab.cuts):
            yield place.at("cuts").fault("must ascend")
        if lab.multiple_of_upper_limit and lab.default_upper_limit is None:
            yield place.at("default_upper_limit").fault(
                "is missing: a result without its own upper limit needs one"
            )
