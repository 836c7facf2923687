"""The outcome that counts for each card: the latest one, by when it happened."""

from __future__ import annotations

from sqlalchemy import Subquery, func, select

from plugin.store.tables import feedback


def latest_outcomes(name: str = "latest") -> Subquery:
    """The rows of `feedback` that no later one of the same card and client supersedes."""
    of_card = (feedback.c.issuer, feedback.c.tenant, feedback.c.card)
    order = func.row_number().over(
        partition_by=of_card, order_by=(feedback.c.outcome_ms.desc(), feedback.c.id.desc())
    )
    ranked = select(feedback, order.label("place")).subquery(f"{name}_ranked")
    return select(ranked).where(ranked.c.place == 1).subquery(name)
