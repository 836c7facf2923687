"""Knowledge and an overlay -> the knowledge of a site, or every fault of the overlay. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from msgspec import structs

from knowledge.draft import Draft
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.model import Knowledge, Rule
from knowledge.overlay.codes import changed_labs, code_faults, drug_codes
from knowledge.overlay.drugs import drug_faults
from knowledge.overlay.read import Change, OverlayDraft
from knowledge.overlay.rules import changed_rules, rule_faults
from knowledge.schemas.site import (
    About,
    DrugCodeChange,
    JurisdictionChange,
    LabCodeChange,
    OrderCodeChange,
    RuleChange,
    Signed,
)
from knowledge.site import SiteChange, SiteOverlay

C = TypeVar("C", bound=Signed)
DIGEST_SHOWN = 8  # hexadecimal digits in the version: enough to tell a site's states apart


def overlay_faults(draft: Draft, overlay: OverlayDraft, as_of: date) -> Iterator[Fault]:
    """What is wrong with an overlay over knowledge that is sound by itself."""
    knowledge = draft.knowledge
    yield from overlay.faults
    for change in overlay.changes:
        if change.value.date > as_of:
            yield change.place.at("date").fault(
                f"{change.value.date} is after today, {as_of}: a change is in force once it is here"
            )
        yield from _unknown(draft, change)
    yield from _second_jurisdiction(overlay.changes)
    yield from code_faults(overlay.changes, knowledge)
    yield from drug_faults(overlay.changes, knowledge)
    yield from rule_faults(overlay.changes, {rule.id: rule for rule in knowledge.rules})


def _second_jurisdiction(changes: Iterable[Change]) -> Iterator[Fault]:
    """A fault for each but the first, whatever it says: two files may come to differ."""
    told = [one.place for one in changes if isinstance(one.value, JurisdictionChange)]
    for place in told[1:]:
        yield place.fault(f"is in {told[0].file} already; keep one of the two")


def _unknown(draft: Draft, change: Change) -> Iterator[Fault]:
    place = change.place
    match change.value:
        case RuleChange(id=id_):
            yield from draft.unknown(place.at("id"), id_, Kind.RULE)
        case LabCodeChange(lab=lab) | OrderCodeChange(lab=lab):
            yield from draft.unknown(place.at("lab"), lab, Kind.LAB)
        case JurisdictionChange(value=value):
            known = jurisdictions(draft.knowledge)
            if value not in known:
                message = f"must be one of {', '.join(sorted(known))}, not {value}"
                yield place.at("value").fault(message)


def jurisdictions(knowledge: Knowledge) -> frozenset[str]:
    """Those that the interaction table has rows for."""
    return frozenset(name for row in knowledge.interactions for name in row.jurisdictions)


def applied(knowledge: Knowledge, about: About, overlay: OverlayDraft, digest: str) -> Knowledge:
    """The knowledge of the site. The overlay has no fault."""
    values = [change.value for change in overlay.changes]
    rules, off = changed_rules(_of(values, RuleChange), knowledge.rules, about.label)
    lab_values = [one for one in values if isinstance(one, LabCodeChange | OrderCodeChange)]
    ruled = _of(values, JurisdictionChange)
    shown = digest[:DIGEST_SHOWN]
    return structs.replace(
        knowledge,
        version=f"{knowledge.version}+{about.id}.{shown}",
        labs=changed_labs(lab_values, knowledge.labs),
        rules=rules,
        switched_off=off,
        site_drug_codes=drug_codes(_of(values, DrugCodeChange)),
        reviews=(*knowledge.reviews, *overlay.reviews),
        site=SiteOverlay(
            id=about.id,
            label=about.label,
            digest=digest,
            changes=tuple(_said(change, knowledge) for change in overlay.changes),
            jurisdiction=ruled[0].value if ruled else "",
        ),
    )


def _of(values: list[Signed], kind: type[C]) -> list[C]:
    return [value for value in values if isinstance(value, kind)]


def _said(change: Change, knowledge: Knowledge) -> SiteChange:
    value = change.value
    what, target, was, now = change.place.key.partition("[")[0], "", "", ""
    match value:
        case RuleChange():
            rule = next(rule for rule in knowledge.rules if rule.id == value.id)
            target, was, now = rule.id, rule.level.value, _level(value, rule)
        case LabCodeChange() | OrderCodeChange():
            target, now = value.lab, f"{value.system} {value.code}"
        case DrugCodeChange():
            target, now = ", ".join(value.ingredients), f"{value.system} {value.code}"
        case JurisdictionChange():
            now = value.value
    return SiteChange(what, target, was, now, value.by, value.date, value.reason, change.place.file)


def _level(change: RuleChange, rule: Rule) -> str:
    return "off" if change.off else (change.level or rule.level).value
