"""One heart for every door: entries of a record in, the answer out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from knowledge.load import KnowledgeError, load
from knowledge.model import Knowledge
from knowledge.terminology.concept import Concept, Resolution
from knowledge.terminology.release.faults import ReleaseError
from knowledge.terminology.release.model import Release
from knowledge.terminology.release.opening import SqliteRelease, open_index
from knowledge.terminology.resolver import Resolver
from knowledge.terminology.tables import TerminologyError
from plugin.assess import Assessor
from plugin.config import Settings, SettingsInvalid, settings_from_environment
from plugin.errors import KnowledgeInvalid
from plugin.model import Assessment, PatientRecord, Unread
from plugin.ordering.records import Ordered, with_orders
from plugin.reading.record import Glance, glance_at, read_record
from plugin.reading.source import AnyEntry

DEFAULT_JURISDICTION = "US"
_Key = tuple[str, str, Path, bool]  # jurisdiction, overlay, index of RxNorm and whether it is named


class Pipeline:
    """Reads and assesses patients against one knowledge. Safe to share between threads.

    With a RxNorm release, codes of products are read too.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        jurisdiction: str = DEFAULT_JURISDICTION,
        release: Release | None = None,
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
        return self.assess_seen(self.glance_at(entries, as_of, patient, extra), as_of)

    def assess_seen(self, seen: Glance, as_of: date) -> Assessment:
        """The answer about a record; its results are made ready only where they may matter."""
        look = seen.first
        at_first = self.assessor.assess_at_first(look, as_of)
        return at_first or self.assessor.assess_in_full(seen.whole, as_of, look.medications)

    def glance_at(
        self,
        entries: Sequence[AnyEntry],
        as_of: date,
        patient: str = "",
        extra: Sequence[Unread] = (),
    ) -> Glance:
        """The record at a first look, which is all that most answers take."""
        return glance_at(
            entries,
            knowledge=self.knowledge,
            resolve=self.resolve,
            as_of=as_of,
            patient=patient,
            extra=extra,
        )

    def read_ordered(
        self,
        entries: Sequence[AnyEntry],
        orders: Sequence[AnyEntry],
        as_of: date,
        patient: str,
        extra: Sequence[Unread] = (),
    ) -> Ordered:
        """The record of a patient without and with the orders that are about to be signed.

        The rest as in `assess_entries`.
        """
        chart = self._read(entries, as_of, patient, extra)
        read = self._read(orders, as_of, patient, ordered=True, around=entries)
        return with_orders(chart, read)

    def _read(
        self,
        entries: Sequence[AnyEntry],
        as_of: date,
        patient: str,
        extra: Sequence[Unread] = (),
        *,
        ordered: bool = False,
        around: Sequence[AnyEntry] = (),
    ) -> PatientRecord:
        return read_record(
            entries,
            knowledge=self.knowledge,
            resolve=self.resolve,
            as_of=as_of,
            patient=patient,
            extra=extra,
            ordered=ordered,
            around=around,
        )


def default_pipeline(settings: Settings | None = None) -> Pipeline:
    """The pipeline over the packaged knowledge and the site's overlay, made once per process.

    Without settings, those of the environment. Product codes are read by the RxNorm release whose
    index is there, if one is. Raises KnowledgeInvalid with every fault, or SettingsInvalid.
    """
    key = _key(settings or settings_from_environment())
    if key not in _MADE:
        if len(_MADE) >= _MOST_MADE:
            _MADE.clear()
        _MADE[key] = _made(*key)
    return _MADE[key]


def fresh_pipeline(settings: Settings) -> Pipeline:
    """The same, from the files as they are now; later callers of this process get it too.

    Raises what `default_pipeline` raises, which then goes on to give what it gave before.
    """
    key = _key(settings)
    made = _made(*key)
    _MADE.clear()
    _MADE[key] = made
    return made


_MADE: dict[_Key, Pipeline] = {}
_MOST_MADE = 4


def _key(settings: Settings) -> _Key:
    told = settings.jurisdiction.value if settings.jurisdiction else ""
    return told, settings.overlay, settings.rxnorm_index, bool(settings.rxnorm)


def _made(jurisdiction: str, overlay: str, index: Path, named: bool) -> Pipeline:
    try:
        knowledge = load(overlay=Path(overlay) if overlay else None)
        return pipeline_of(knowledge, jurisdiction, release_at(index, named=named))
    except (KnowledgeError, TerminologyError) as error:
        raise KnowledgeInvalid(str(error)) from error


def release_at(index: Path, *, named: bool) -> SqliteRelease | None:
    """The RxNorm release whose index lies there, if it does; it must where a setting names it.

    Raises KnowledgeInvalid if the index is damaged, or is not where CRAMPCHECK_RXNORM says.
    """
    try:
        release = open_index(index)
    except ReleaseError as error:
        raise KnowledgeInvalid(error.message) from error
    if release is None and named:
        raise KnowledgeInvalid(
            f"{index}: CRAMPCHECK_RXNORM names this file, and it is not there; import a "
            "RxNorm release (crampcheck knowledge import-rxnorm), or unset CRAMPCHECK_RXNORM."
        )
    return release


def pipeline_of(
    knowledge: Knowledge, jurisdiction: str = "", release: Release | None = None
) -> Pipeline:
    """The pipeline over knowledge that may name a jurisdiction in its overlay, as the site's does.

    `jurisdiction` is what the environment sets, or empty. Raises SettingsInvalid where they differ.
    """
    of_site = knowledge.site.jurisdiction if knowledge.site else ""
    if jurisdiction and of_site and jurisdiction != of_site:
        name = knowledge.site.id if knowledge.site else ""
        raise SettingsInvalid(
            f"CRAMPCHECK_JURISDICTION is {jurisdiction} and the overlay {name} says {of_site}: "
            "say it in one place, or the same in both."
        )
    return Pipeline(knowledge, jurisdiction or of_site or DEFAULT_JURISDICTION, release)
