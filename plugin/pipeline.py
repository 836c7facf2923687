"""One heart for every door: entries of a record in, the answer out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.terminology.concept import Concept, Resolution
from knowledge.terminology.release.faults import ReleaseError
from knowledge.terminology.release.model import Release
from knowledge.terminology.release.opening import SqliteRelease, open_index
from knowledge.terminology.resolver import Resolver
from plugin.assess import Assessor
from plugin.config import Settings, settings_from_environment
from plugin.errors import KnowledgeInvalid
from plugin.model import Assessment, Unread
from plugin.reading.record import read_record
from plugin.reading.source import RawEntry


class Pipeline:
    """Reads and assesses patients against one knowledge. Safe to share between threads.

    With a RxNorm release, codes of products are read too.
    """

    def __init__(
        self, knowledge: Knowledge, jurisdiction: str = "US", release: Release | None = None
    ) -> None:
        self.knowledge = knowledge
        self.jurisdiction = jurisdiction
        self.release = release
        self.resolver = Resolver(knowledge, release)
        self.assessor = Assessor(knowledge, jurisdiction)

    def resolve(self, concept: Concept) -> Resolution:
        """The drugs of a concept. Raises KnowledgeInvalid if the release can no longer be read."""
        try:
            return self.resolver.resolve(concept)
        except ReleaseError as error:
            raise KnowledgeInvalid(error.message) from error

    def assess_entries(
        self,
        entries: Sequence[RawEntry],
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
            resolve=self.resolve,
            as_of=as_of,
            patient=patient,
            extra=extra,
        )
        return self.assessor.assess(record, as_of)


@lru_cache(maxsize=4)
def default_pipeline(settings: Settings | None = None) -> Pipeline:
    """The pipeline over the knowledge that ships with the package, made once per process.

    Without settings, those of the environment. Raises KnowledgeInvalid if the index of a RxNorm
    release is damaged, or is not where CRAMPCHECK_RXNORM says.
    """
    settings = settings or settings_from_environment()
    return Pipeline(load(), settings.jurisdiction.value, _release(settings))


def _release(settings: Settings) -> SqliteRelease | None:
    try:
        release = open_index(settings.rxnorm_index)
    except ReleaseError as error:
        raise KnowledgeInvalid(error.message) from error
    if release is None and settings.rxnorm:
        raise KnowledgeInvalid(
            f"{settings.rxnorm}: CRAMPCHECK_RXNORM names this file, and it is not there; import a "
            "RxNorm release (crampcheck knowledge import-rxnorm), or unset CRAMPCHECK_RXNORM."
        )
    return release
