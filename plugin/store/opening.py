"""The store of a service, in one value."""

from __future__ import annotations

import structlog
from msgspec import Struct

from plugin.config import Settings
from plugin.observe import Metrics
from plugin.store.address import address_of
from plugin.store.database import Database
from plugin.store.errors import StoreDown
from plugin.store.feedback import FeedbackStore
from plugin.store.issued import IssuedCards
from plugin.store.migrating import upgrade
from plugin.store.overrides import PatientOutcomes
from plugin.store.pseudonym import Pseudonyms, pseudonyms_of
from plugin.store.quick import Quick
from plugin.store.replay import ReplayTokens
from plugin.store.shown import ShownCards


class Store(Struct, frozen=True):
    """Each part does one thing, over one database."""

    database: Database
    pseudonyms: Pseudonyms
    feedback: FeedbackStore
    issued: IssuedCards
    outcomes: PatientOutcomes
    shown: ShownCards
    replay: ReplayTokens


def open_store(settings: Settings, metrics: Metrics | None = None) -> Store:
    """The store that the settings name. Connects when it is first used, in each process anew.

    Raises DatabaseInvalid for a URL that names no database of ours, DataUnwritable where the data
    folder cannot be written.
    """
    url = address_of(settings)
    database = Database(url)
    quick = Quick(database)
    pseudonyms = pseudonyms_of(settings)
    log = structlog.get_logger()

    def failed(what: str, error: StoreDown) -> None:
        log.error("store down", to=what, why=str(error))
        if metrics is not None:
            metrics.store_failed(what)

    return Store(
        database=database,
        pseudonyms=pseudonyms,
        feedback=FeedbackStore(database, failed=failed, keep_comments=settings.keep_comments),
        issued=IssuedCards(
            database, quick, pseudonyms, failed=failed, viewed=settings.shown_days > 0
        ),
        outcomes=PatientOutcomes(database, quick, pseudonyms, failed=failed),
        shown=ShownCards(database, quick, pseudonyms, failed=failed),
        replay=ReplayTokens(database, Quick(database, waits=True), failed=failed),
    )


def prepare(settings: Settings) -> None:
    """Bring the tables up to date, once, in the parent process of a server, before it forks.

    A database that cannot be reached does not stop the start: cards need none, and each worker
    tries again when it needs one. Raises DatabaseInvalid and DatabaseUnreadable, which no waiting
    cures.
    """
    try:
        upgrade(address_of(settings))
    except StoreDown as error:
        structlog.get_logger().error("store down", to="upgrade the tables", why=str(error))
