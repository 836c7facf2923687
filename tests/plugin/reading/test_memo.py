"""What reading remembers is bounded: it holds pieces of patients' records."""

from __future__ import annotations

from knowledge.terminology.concept import Coding
from plugin.reading.elements import CodeableConcept
from plugin.reading.memo import LONGEST, MOST, remembered


class _Counted:
    """A function of anything, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, question: object) -> int:
        self.asked += 1
        return self.asked


def _times_asked(question: object) -> int:
    find = _Counted()
    recall = remembered(find)
    for _ in range(3):
        recall(question)
    return find.asked


def test_a_short_question_is_answered_once() -> None:
    """A date, a unit with its code, a name with what it is coded as."""
    concept = CodeableConcept((Coding("urn:x", "1", "Potassium"),), "potassium")
    for question in ("2026-11-01", ("mmol/L", "mmol/L"), concept, (concept.coding[0], 7)):
        assert 1 == _times_asked(question)


def test_a_long_question_is_not_kept_however_it_is_cut_up() -> None:
    """Whoever sends long texts cannot fill the memory with them."""
    long = "x" * LONGEST
    concept = CodeableConcept((Coding("urn:x", "1", long),), "")
    for question in (long + "x", (long, "x"), concept, (CodeableConcept((), long + "x"),)):
        assert 3 == _times_asked(question)


def test_only_so_many_answers_are_kept() -> None:
    """When it is full it starts anew, and every answer is right again."""
    find = _Counted()
    recall = remembered(find)
    for number in range(MOST + 1):
        assert number + 1 == recall(str(number))
    assert MOST + 1 == recall(str(MOST))
    assert MOST + 2 == recall("0")


def test_what_is_raised_is_not_kept() -> None:
    """The next one who asks is told as well."""
    asked = []

    def fail(question: str) -> int:
        asked.append(question)
        raise ValueError

    recall = remembered(fail)
    for _ in range(2):
        try:
            recall("a")
        except ValueError:
            continue
    assert ["a", "a"] == asked
