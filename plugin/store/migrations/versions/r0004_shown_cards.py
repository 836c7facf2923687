"""To whom a card was shown, and what it said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

_COLUMNS = ("viewer", "told")


def upgrade() -> None:
    """Add the columns: empty for cards that were sent before, which are shown once more."""
    for name in _COLUMNS:
        op.add_column("issued_card", sa.Column(name, sa.LargeBinary(16)))


def downgrade() -> None:
    """Drop them: a card that was shown is then shown again."""
    with op.batch_alter_table("issued_card") as table:
        for name in _COLUMNS:
            table.drop_column(name)
