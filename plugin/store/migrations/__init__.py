"""The history of the tables, for Alembic. A revision that was released is not changed any more."""
