"""Alembic's entry: runs the revisions on the connection that `plugin.store.migrating` holds."""

from __future__ import annotations

from alembic import context

from plugin.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite too: its transaction is begun by us
    transaction_per_migration=False,
)
context.run_migrations()
