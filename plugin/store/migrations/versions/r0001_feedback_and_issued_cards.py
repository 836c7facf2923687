"""Outcomes of cards, and the cards that were sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "feedback",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("key", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("issuer", sa.String(256), nullable=False),
        sa.Column("tenant", sa.String(256), nullable=False),
        sa.Column("service", sa.String(256), nullable=False),
        sa.Column("card", sa.String(256), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("suggestions", sa.JSON(), nullable=False),
        sa.Column("reason_system", sa.String(200), nullable=False),
        sa.Column("reason_code", sa.String(200), nullable=False),
        sa.Column("reason_display", sa.String(200), nullable=False),
        sa.Column("commented", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(1000)),
        sa.Column("outcome_ms", sa.BigInteger(), nullable=False),
        sa.Column("timed", sa.Boolean(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_feedback_card", "feedback", ["card"])
    op.create_table(
        "issued_card",
        sa.Column("card", sa.String(36), primary_key=True),
        sa.Column("issuer", sa.String(256), nullable=False),
        sa.Column("tenant", sa.String(256), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("hook", sa.String(64), nullable=False),
        sa.Column("patient", sa.LargeBinary(16), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("indicator", sa.String(16), nullable=False),
        sa.Column("knowledge", sa.String(64), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("suggestions", sa.JSON(), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_issued_card_patient", "issued_card", ["patient", "issued_ms"])
    op.create_index("ix_issued_card_issued_ms", "issued_card", ["issued_ms"])


def downgrade() -> None:
    """Drop both tables, with what they hold."""
    op.drop_table("issued_card")
    op.drop_table("feedback")
