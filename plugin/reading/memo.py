"""A memory of answers about short texts: dates, units, codes and names that many records share.

It holds pieces of patients' records, so it is bounded both in how many and in how long they are.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

from knowledge.terminology.concept import Coding
from plugin.reading.elements import CodeableConcept

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
MOST = 4096  # answers
LONGEST = 400  # characters of a question; longer ones are answered anew each time


class _Memo(dict[K, V]):
    """A dict, because its look-up costs less than any call."""

    def __init__(self, find: Callable[[K], V], longest: int) -> None:
        super().__init__()
        self._find = find
        self._longest = longest

    def __missing__(self, question: K) -> V:
        answer = self._find(question)
        if _length(question) <= self._longest:
            if len(self) >= MOST:
                self.clear()
            self[question] = answer
        return answer


def remembered(find: Callable[[K], V], longest: int = LONGEST) -> Callable[[K], V]:
    """A pure function that remembers its answers, but not what it raises.

    The question is a text, a concept, or a tuple of such; anything else in it counts as short.
    """
    return _Memo(find, longest).__getitem__


if TYPE_CHECKING:
    once = functools.cached_property
else:

    class once:  # noqa: N801 - used as a decorator
        """`functools.cached_property` without the lock that Python 3.11 takes for each.

        For values that are one thread's: whoever is second would find the same again.
        """

        def __init__(self, find: Callable[[Any], Any]) -> None:
            self._find, self._name, self.__doc__ = find, find.__name__, find.__doc__

        def __get__(self, instance: Any, owner: type) -> Any:
            found = instance.__dict__[self._name] = self._find(instance)
            return found


def _length(question: object) -> int:
    """How many characters a question holds."""
    if isinstance(question, str | bytes):
        return len(question)
    if isinstance(question, tuple):
        return sum(map(_length, question))
    if isinstance(question, Coding):
        return len(question.system) + len(question.code) + len(question.display)
    if isinstance(question, CodeableConcept):
        return len(question.text) + _length(question.coding)
    return 0
