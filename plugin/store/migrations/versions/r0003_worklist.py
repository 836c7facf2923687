"""The worklist of screening runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def _number() -> sa.Column[int]:
    return sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    )


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "worklist_run",
        sa.Column("run", sa.String(64), primary_key=True),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("knowledge", sa.String(256), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("patients", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "worklist_item",
        _number(),
        sa.Column("issue", sa.String(36), nullable=False, unique=True),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("drugs", sa.JSON(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(16), nullable=False),
        sa.Column("unread", sa.BigInteger(), nullable=False),
        sa.Column("first_run", sa.String(64), nullable=False),
        sa.Column("last_run", sa.String(64), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("marked_by", sa.String(200), nullable=False),
        sa.Column("marked_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_worklist_item_patient", "worklist_item", ["patient"])
    op.create_table(
        "worklist_mark",
        _number(),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("marked_by", sa.String(200), nullable=False),
        sa.Column("marked_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_worklist_mark_item", "worklist_mark", ["item"])


def downgrade() -> None:
    """Drop them, with what pharmacists wrote there."""
    op.drop_table("worklist_mark")
    op.drop_table("worklist_item")
    op.drop_table("worklist_run")
