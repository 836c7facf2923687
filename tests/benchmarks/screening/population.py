"""A seeded Bulk Data export of our own: a general population, as an EHR would export it.

The codes of drugs, results and problems that the knowledge names are those of the knowledge; all
others stand in `codes.toml`, and every share in `population.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import orjson

from knowledge.load import load
from knowledge.model import Knowledge
from tests.benchmarks.screening import resources
from tests.benchmarks.screening.resources import AS_OF, Coded, Json, Measured

_HERE = Path(__file__).parent
TYPES = ("Patient", "MedicationRequest", "Observation", "Condition")
ADULT = 18
_SEED = 20261101


def write(folder: Path, patients: int, seed: int = _SEED) -> int:
    """Write the export, a file for each type. Returns how many resources it holds."""
    people = Population(load(), seed)
    count = 0
    with ExitStack() as stack:
        files = {
            kind: stack.enter_context((folder / f"{kind}.ndjson").open("wb")) for kind in TYPES
        }
        for number in range(patients):
            for resource in people.patient(number):
                files[resource["resourceType"]].write(orjson.dumps(resource) + b"\n")
                count += 1
    return count


class _Drawn:
    """Things, each drawn as often as its share says."""

    def __init__(self, rows: list[Any], shares: list[float]) -> None:
        self._rows = rows
        self._sums = list(accumulate(shares))

    def one(self, random: Random) -> Any:
        return random.choices(self._rows, cum_weights=self._sums)[0]


class Population:
    """Draws one patient after the other; the same ones for the same seed."""

    def __init__(self, knowledge: Knowledge, seed: int) -> None:
        told = tomllib.loads((_HERE / "population.toml").read_text())
        other = tomllib.loads((_HERE / "codes.toml").read_text())
        self._told = told
        self._random = Random(seed)  # noqa: S311 - what is drawn is no secret
        self._linked = _Drawn(
            [_drugs(knowledge, group) for group in told["linked"]], list(told["linked"].values())
        )
        self._results = _Drawn(
            [_result(knowledge, lab, row) for lab, row in told["result"].items()],
            [row["share"] for row in told["result"].values()],
        )
        self._problems = _problems(knowledge)
        self._other = {
            kind: _Drawn(rows, [row["share"] for row in rows]) for kind, rows in other.items()
        }

    def patient(self, number: int) -> Iterator[Json]:
        """The resources of one patient."""
        random, told = self._random, self._told
        young = random.random() < told["under_18"]
        age = random.randrange(ADULT) if young else random.randint(ADULT, told["oldest"])
        ident = resources.uuid(random)
        born = AS_OF - timedelta(days=age * 365.25 + random.randrange(1, 365))
        yield resources.person(random, ident, number, born, random.random() < told["deceased"])
        for _ in range(self._some(told["orders"])):
            yield resources.order(random, ident, self._row("drugs"), self._status())
        if not young and random.random() < told["adults_on_linked"]:
            for _ in range(1 + (random.random() < told["also_another"])):
                drug = random.choice(self._linked.one(random))
                yield resources.order(random, ident, drug, "active")
        for _ in range(self._some(told["observations"])):
            ours = random.random() < told["named_result"]
            measured = self._results.one(random) if ours else self._measured()
            yield resources.observation(random, ident, measured)
        for _ in range(self._some(told["conditions"])):
            named = random.random() < told["named_problem"]
            problem = random.choice(self._problems) if named else self._row("conditions")
            yield resources.condition(random, ident, problem)

    def _some(self, mean: float) -> int:
        return round(self._random.triangular(0, 2 * mean, mean))

    def _status(self) -> str:
        if self._random.random() < self._told["active"]:
            return "active"
        return self._random.choice(("stopped", "completed"))

    def _row(self, kind: str) -> Coded:
        row = self._other[kind].one(self._random)
        return Coded(_SYSTEMS[kind], row["code"], row["display"])

    def _measured(self) -> Measured:
        row = self._other["observations"].one(self._random)
        coded = Coded(resources.LOINC, row["code"], row["display"])
        return Measured(coded, *(row[key] for key in ("category", "unit", "ucum", "low", "high")))


_SYSTEMS = {"drugs": resources.RXNORM, "conditions": resources.SNOMED}


def _drugs(knowledge: Knowledge, group: str) -> list[Coded]:
    members = [knowledge.ingredients[name] for name in sorted(knowledge.groups[group].members)]
    return [
        Coded(resources.RXNORM, code.code, f"{drug.name} Oral Tablet")
        for drug in members
        for code in drug.codes
        if code.system == "rxnorm"
    ]


def _result(knowledge: Knowledge, lab: str, row: Json) -> Measured:
    known = knowledge.labs[lab]
    code = next(code for code in known.codes if not code.system)
    coded = Coded(resources.LOINC, code.loinc, code.name)
    return Measured(coded, "laboratory", known.unit, known.unit, row["low"], row["high"])


def _problems(knowledge: Knowledge) -> list[Coded]:
    return [
        Coded(resources.SNOMED, code.code, condition.label)
        for condition in knowledge.conditions.values()
        for code in condition.codes
        if code.system == "snomed"
    ]
