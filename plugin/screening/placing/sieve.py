"""Which results and problems the reading would set aside, told by their codes alone.

What is told apart here is what no rule names: most Observations of an EHR. The answer about a code
is remembered by its bytes, since the same few codes come over and over.
"""

from __future__ import annotations

import msgspec

from knowledge.model import Knowledge
from plugin.reading.elements import ABSENT, CodeableConcept
from plugin.reading.index import Index, index_of

_MOST = 16384  # codes that are remembered
_LONGEST = 2000  # bytes of a code that is remembered
_concept = msgspec.json.Decoder(CodeableConcept).decode


class Sieve:
    """Asks the knowledge about each code once. When in doubt, a resource is kept.

    `results`: whether an Observation with a code is of an analyte of ours. `problems`: whether a
    Condition is one that the knowledge names, or names nothing at all.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        index = index_of(knowledge)
        self.results = _Codes(index, results=True)
        self.problems = _Codes(index, results=False)


class _Codes(dict[bytes, bool]):
    """Whether the reading looks at what has a code; a dict, because that is quickly asked."""

    def __init__(self, index: Index, *, results: bool) -> None:
        super().__init__()
        self._index = index
        self._results = results

    def __missing__(self, code: bytes) -> bool:
        kept = self._kept(code)
        if len(code) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[code] = kept
        return kept

    def _kept(self, code: bytes) -> bool:
        if code == bytes(ABSENT):
            return not self._results
        try:
            concept = _concept(code)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return True
        if self._results:
            return bool(self._index.analytes(concept.coding))
        return not concept.label or bool(self._index.conditions(concept))
