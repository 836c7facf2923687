"""The outcome that counts for each card, and the card that an outcome is of."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, Subquery, and_, func, select

from plugin.store.tables import feedback, issued_card


def latest_outcomes(name: str = "latest") -> Subquery:
    """The rows of `feedback` that no later one of the same card and client supersedes, by when it
    happened.
    """
    of_card = (feedback.c.issuer, feedback.c.tenant, feedback.c.card)
    order = func.row_number().over(
        partition_by=of_card, order_by=(feedback.c.outcome_ms.desc(), feedback.c.id.desc())
    )
    ranked = select(feedback, order.label("place")).subquery(f"{name}_ranked")
    return select(ranked).where(ranked.c.place == 1).subquery(name)


def of_card_sent(outcomes: FromClause) -> ColumnElement[bool]:
    """What joins outcomes to the card that was sent: a client tells of its own cards only."""
    return and_(
        outcomes.c.card == issued_card.c.card,
        outcomes.c.issuer == issued_card.c.issuer,
        outcomes.c.tenant == issued_card.c.tenant,
    )
