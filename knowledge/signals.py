"""Read `signal.toml` against the rest of the knowledge: every name in it must be declared there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from knowledge.enums import RouteClass, Tier
from knowledge.faults import Fault, KnowledgeError, flatten
from knowledge.load import DATA
from knowledge.model import Citation, Knowledge
from knowledge.parse import read_toml
from knowledge.schemas.signal import SignalFileSchema
from knowledge.signal_model import SignalGroup, Signals

FILE = "signal.toml"


def load_signals(knowledge: Knowledge, folder: Path | None = None) -> Signals:
    """The signal groups of a data folder, the packaged one by default.

    Raises KnowledgeError with every fault of the file.
    """
    root = folder if folder is not None else DATA
    try:
        data = (root / FILE).read_bytes()
    except OSError as error:
        why = f"cannot be read ({(error.strerror or 'unknown fault').lower()})"
        raise KnowledgeError(str(root), [Fault(FILE, "", why)]) from error
    return read_signals(data, knowledge, str(root))


def read_signals(data: bytes, knowledge: Knowledge, name: str) -> Signals:
    """The same from the bytes of the file; `name` is the folder, for the message."""
    faults: list[Fault] = []
    content = read_toml(FILE, data, faults) or {}
    content.pop("review", None)  # read with those of all files
    loaded: dict[str, Any] = {}
    if not faults:
        try:
            loaded = SignalFileSchema().load(content)
        except ValidationError as error:
            faults += [Fault(FILE, key, text) for key, text in flatten(error.messages, "")]
    if loaded:
        faults += _faults(loaded, knowledge)
    if faults:
        raise KnowledgeError(name, faults)
    groups = tuple(_group(raw, knowledge) for raw in loaded["groups"])
    return Signals(loaded["outcome"], groups, loaded["wording"], loaded["method"])


def uncovered(signals: Signals, knowledge: Knowledge) -> frozenset[str]:
    """The drugs that may raise a card alone and that no group compares."""
    compared = frozenset().union(*(one.drugs for one in signals.groups if not one.control))
    linked = (
        drug.name for drug in knowledge.ingredients.values() if drug.effective_tier is Tier.ALONE
    )
    return frozenset(linked) - compared


def _group(raw: dict[str, Any], knowledge: Knowledge) -> SignalGroup:
    names = ("drugs", "together_with", "without")
    sets = {name: _members(raw[name], knowledge) for name in names}
    return SignalGroup(**{**raw, **sets, "routes": frozenset[RouteClass](raw["routes"])})


def _members(selectors: Iterable[str], knowledge: Knowledge) -> frozenset[str]:
    return frozenset().union(*(knowledge.members(one) for one in selectors))


def _faults(loaded: dict[str, Any], knowledge: Knowledge) -> Iterator[Fault]:
    drugs = {**knowledge.groups, **knowledge.ingredients}
    counts = Counter(raw["id"] for raw in loaded["groups"])
    for raw in loaded["groups"]:
        key = f"group.{raw['id']}"
        if counts[raw["id"]] > 1:
            yield Fault(FILE, key, "is there twice; give each group an id of its own")
        for name in ("drugs", "together_with", "without"):
            yield from _unknown(f"{key}.{name}", raw[name], drugs, "group or ingredient")
        cited = (*raw["sources"], *(raw["published"].sources if raw["published"] else ()))
        yield from _uncited(key, cited, knowledge)
    outcome = loaded["outcome"]
    yield from _unknown("outcome.drugs", outcome.drugs, knowledge.ingredients, "ingredient")
    for name in ("conditions", "drugs_unless"):
        ids = getattr(outcome, name)
        yield from _unknown(f"outcome.{name}", ids, knowledge.conditions, "condition")
    yield from _uncited("outcome", outcome.sources, knowledge)


def _uncited(key: str, cited: Iterable[Citation], knowledge: Knowledge) -> Iterator[Fault]:
    ids = (citation.source for citation in cited)
    yield from _unknown(f"{key}.sources", ids, knowledge.sources, "source")


def _unknown(key: str, ids: Iterable[str], known: Iterable[str], what: str) -> Iterator[Fault]:
    for id_ in ids:
        if id_ not in known:
            yield Fault(FILE, key, f"{id_} is not a declared {what}")
