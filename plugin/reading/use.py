"""What can be told to be of no use from one resource alone, before its record is put together.

A batch holds mostly results and diagnoses that no rule speaks of. Those need not be kept, sorted
and read again to be set aside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from knowledge.model import Knowledge
from plugin.reading.allergies import is_over, muscle_reactions
from plugin.reading.conditions import denied, is_settled
from plugin.reading.currency import is_wrong
from plugin.reading.elements import CodeableConcept
from plugin.reading.index import Index, index_of
from plugin.reading.labs import is_no_result, parts_of
from plugin.reading.memo import remembered
from plugin.reading.shapes import AllergyIntolerance, Condition, Medicine, Observation, Resource

_CODE = msgspec.json.Decoder(CodeableConcept)


class Sieve:
    """Tells what reading sets aside on any day and without a trace in the answer. Pure.

    That holds for a resource of the patient whose record it is part of, which decoded as it was
    sent (`repair.decode` found nothing broken), and of whose type and id there is no other in the
    record: of several, the answer says which were superseded, whatever they are about.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._index = index_of(knowledge)
        self.code_of_no_use: Callable[[bytes], bool] = remembered(self._code_of_no_use)

    def never_of_use(self, resource: Resource) -> bool:
        """True where the record without this resource gives the same answer. In doubt, False."""
        judge = _JUDGES.get(type(resource))
        return judge is not None and judge(resource, self._index)

    def _code_of_no_use(self, code: bytes) -> bool:
        """The same of an Observation without components, by the JSON of its `code`."""
        try:
            return not self._index.analytes(_CODE.decode(code).coding)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False


def _observation(observation: Observation, index: Index) -> bool:
    return is_no_result(observation.status) or not parts_of(observation, index)


def _condition(condition: Condition, index: Index) -> bool:
    if denied(condition.verification_status):
        return True
    concept = condition.code
    if concept is None or not concept.label:
        return False  # that it names no condition is said
    return not index.conditions(concept) or (not condition.modified and is_settled(condition))


def _allergy(allergy: AllergyIntolerance, index: Index) -> bool:
    return is_over(allergy) or not muscle_reactions(allergy, index)


def _medicine(medicine: Medicine, index: Index) -> bool:
    return is_wrong(medicine)


_JUDGES: dict[type[Resource], Callable[[Any, Index], bool]] = {
    **dict.fromkeys(Medicine.__subclasses__(), _medicine),
    Observation: _observation,
    Condition: _condition,
    AllergyIntolerance: _allergy,
}
