"""Codes of a site: none may take away the meaning that a code has. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import structs

from knowledge.draft import Place
from knowledge.faults import Fault
from knowledge.model import Knowledge, Lab, LabCode, Status
from knowledge.overlay.read import Change
from knowledge.schemas.site import LOINC, DrugCodeChange, LabCodeChange, OrderCodeChange
from knowledge.site import SiteDrugCode, SiteOrderCode
from knowledge.terminology.systems import system_key


def code_faults(changes: Iterable[Change], knowledge: Knowledge) -> Iterator[Fault]:
    """A fault for each code that means something else already, or the same."""
    drugs = {
        (system_key(code.system), code.code.upper()): {ingredient.name}
        for ingredient in knowledge.ingredients.values()
        for code in ingredient.codes
    }
    labs = {
        (system_key(code.system or LOINC), code.loinc): lab.id
        for lab in knowledge.labs.values()
        for code in lab.codes
    }
    orders: set[str] = set()
    for one in changes:
        change, place = one.value, one.place
        if isinstance(change, OrderCodeChange):
            if change.lab in orders:
                yield place.at("lab").fault(f"{change.lab} has two order codes; keep one")
            orders.add(change.lab)
        elif isinstance(change, LabCodeChange):
            where = (system_key(change.system), change.code)
            yield from _taken(place, change.code, labs.get(where, ""), change.lab)
            labs.setdefault(where, change.lab)
        elif isinstance(change, DrugCodeChange):
            folded = (system_key(change.system), change.code.upper())
            wanted = set(change.ingredients)
            yield from _taken(place, change.code, _list(drugs.get(folded, set())), _list(wanted))
            drugs.setdefault(folded, wanted)


def _list(names: set[str]) -> str:
    return " + ".join(sorted(names))


def _taken(place: Place, code: str, held: str, wanted: str) -> Iterator[Fault]:
    if not held:
        return
    if held == wanted:
        yield place.at("code").fault(f"{code} means {held} already; remove this entry")
    else:
        yield place.at("code").fault(
            f"{code} already means {held}, and cannot come to mean {wanted}"
        )


def changed_labs(
    changes: list[LabCodeChange | OrderCodeChange], labs: dict[str, Lab]
) -> dict[str, Lab]:
    """The labs with the codes that a site sends and orders them by."""
    changed = dict(labs)
    for change in changes:
        lab = changed[change.lab]
        if isinstance(change, OrderCodeChange):
            order = SiteOrderCode(change.system, change.code, change.name)
            changed[lab.id] = structs.replace(lab, site_order=order)
        else:
            changed[lab.id] = structs.replace(lab, codes=(*lab.codes, _lab_code(change)))
    return changed


def _lab_code(change: LabCodeChange) -> LabCode:
    return LabCode(
        loinc=change.code,
        name=change.name,
        status=Status.VERIFIED,  # by the site, whose code it is
        specimen=change.specimen,
        trusted=change.trusted,
        system="" if change.system == LOINC else change.system,
    )


def drug_codes(changes: list[DrugCodeChange]) -> tuple[SiteDrugCode, ...]:
    """The drug codes of a site."""
    return tuple(
        SiteDrugCode(
            change.system,
            change.code,
            change.name,
            tuple(sorted(change.ingredients)),
            change.route.value if change.route else "",
        )
        for change in changes
    )
