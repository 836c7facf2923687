"""One heart for every door: entries of a record in, the answer out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.terminology.resolver import Resolver
from plugin.assess import Assessor
from plugin.config import settings_from_environment
from plugin.model import Assessment, Unread
from plugin.reading.record import read_record
from plugin.reading.source import AnyEntry


class Pipeline:
    """Reads and assesses patients against one knowledge. Safe to share between threads."""

    def __init__(self, knowledge: Knowledge, jurisdiction: str = "US") -> None:
        self.knowledge = knowledge
        self.jurisdiction = jurisdiction
        self.resolver = Resolver(knowledge)
        self.assessor = Assessor(knowledge, jurisdiction)

    def assess_entries(
        self,
        entries: Sequence[AnyEntry],
        as_of: date,
        patient: str = "",
        extra: Sequence[Unread] = (),
    ) -> Assessment:
        """The answer about the patient whose entries these are.

        `patient` is a reference such as `Patient/1` where the caller knows it; `extra` says what
        the caller could not obtain. Raises InputUnreadable where the entries are not of one
        patient.
        """
        record = read_record(
            entries,
            knowledge=self.knowledge,
            resolve=self.resolver.resolve,
            as_of=as_of,
            patient=patient,
            extra=extra,
        )
        return self.assessor.assess(record, as_of)


@lru_cache(maxsize=4)
def default_pipeline(jurisdiction: str = "") -> Pipeline:
    """The pipeline over the knowledge that ships with the package, made once per process.

    Without a jurisdiction, the one that the environment sets.
    """
    return Pipeline(load(), jurisdiction or settings_from_environment().jurisdiction.value)
