"""What can be wrong with a choice of results, found before hours of work."""

from __future__ import annotations

from knowledge.model import Knowledge
from plugin.config import Settings, settings_from_environment
from plugin.resources import check_issues
from plugin.screening.sinks.formats import Chosen, Format


def check_ready(chosen: Chosen, knowledge: Knowledge, settings: Settings | None = None) -> None:
    """Raise KnowledgeInvalid where a rule makes no FHIR, and DatabaseInvalid or DatabaseUnreadable
    where the worklist has no database to go to. Brings its tables up to date.
    """
    if Format.FHIR in chosen.formats:
        check_issues(knowledge)
    if Format.WORKLIST in chosen.formats:
        from plugin.store.worklist.opening import prepare  # noqa: PLC0415 - loads SQLAlchemy

        prepare(settings or settings_from_environment())
