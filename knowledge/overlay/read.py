"""The files of an overlay -> its entries and its faults. Pure: the bytes are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, ValidationError
from msgspec import Struct

from knowledge.draft import Place
from knowledge.faults import Fault, flatten
from knowledge.files import DataFiles
from knowledge.model import FileReview
from knowledge.parse import read_toml
from knowledge.schemas.evidence import ReviewSchema
from knowledge.schemas.site import (
    About,
    AboutSchema,
    DrugCodeChangeSchema,
    JurisdictionChangeSchema,
    LabCodeChangeSchema,
    OrderCodeChangeSchema,
    RuleChangeSchema,
    Signed,
)

_ONCE: dict[str, Schema] = {"overlay": AboutSchema(), "jurisdiction": JurisdictionChangeSchema()}
_LISTS: dict[str, Schema] = {
    "lab_code": LabCodeChangeSchema(),
    "drug_code": DrugCodeChangeSchema(),
    "order_code": OrderCodeChangeSchema(),
    "rule": RuleChangeSchema(),
}
_REVIEW = ReviewSchema()
_MAY_HOLD = ", ".join(["review", *_ONCE, *_LISTS])


class Change(Struct, frozen=True):
    """One change and where it stands."""

    value: Signed
    place: Place


class OverlayDraft(Struct):
    """What the files of an overlay say, and the faults so far."""

    about: About | None
    changes: list[Change]
    reviews: list[FileReview]
    faults: list[Fault]


def read_overlay(files: DataFiles, name: str) -> OverlayDraft:
    """Read every file of an overlay. `name` is what faults of the whole overlay are called by."""
    draft = OverlayDraft(None, [], [], list(files.unread))
    for file, content in files.contents.items():
        tables = read_toml(file, content, draft.faults)
        if tables is not None:
            _read_file(draft, file, tables)
    if draft.about is None and not draft.faults:
        message = "is missing: one file needs an [overlay] with an id and a label"
        draft.faults.append(Fault(name, "overlay", message))
    return draft


def _read_file(draft: OverlayDraft, file: str, tables: dict[str, Any]) -> None:
    if "review" in tables:
        review = _load(draft, file, _REVIEW, tables.pop("review"), "review")
        if review is not None:
            draft.reviews.append(FileReview(file, review))
    else:
        draft.faults.append(Fault(file, "review", "is missing: every file has a review"))
    for key, raw in tables.items():
        if key in _ONCE:
            _add(draft, Place(file, key), _load(draft, file, _ONCE[key], raw, key))
        elif key not in _LISTS:
            message = f"is nothing that a site can change; an overlay may hold {_MAY_HOLD}"
            draft.faults.append(Fault(file, key, message))
        elif not isinstance(raw, list):
            draft.faults.append(Fault(file, key, f"must be written as [[{key}]]"))
        else:
            for place, one in _entries(file, key, raw):
                _add(draft, place, _load(draft, file, _LISTS[key], one, place.key))


def _entries(file: str, key: str, raw: list[Any]) -> Iterator[tuple[Place, Any]]:
    for index, one in enumerate(raw):
        yield Place(file, f"{key}[{index}]"), one


def _add(draft: OverlayDraft, place: Place, value: Any) -> None:
    if isinstance(value, Signed):
        draft.changes.append(Change(value, place))
    elif isinstance(value, About):
        if draft.about is not None:
            draft.faults.append(place.fault("is there twice; keep one of the two"))
        draft.about = value


def _load(draft: OverlayDraft, file: str, schema: Schema, raw: Any, key: str) -> Any:
    try:
        return schema.load(raw)
    except ValidationError as error:
        draft.faults.extend(
            Fault(file, path, message) for path, message in flatten(error.messages, key)
        )
        return None
