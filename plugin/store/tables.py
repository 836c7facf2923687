"""The tables. Times are milliseconds since 1970 in UTC, the same number in every database."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

# Who calls: empty where clients need not sign. Lengths are those that the readers cut to.
ID = 256
TEXT = 200
COMMENT = 1000

# One row for each outcome that was told, whatever became of the card before or after.
feedback = Table(
    "feedback",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("key", LargeBinary(32), nullable=False, unique=True),  # of what makes two posts the same
    Column("issuer", String(ID), nullable=False),
    Column("tenant", String(ID), nullable=False),
    Column("service", String(ID), nullable=False),
    Column("card", String(ID), nullable=False),
    Column("outcome", String(16), nullable=False),  # accepted, overridden
    Column("suggestions", JSON, nullable=False),  # ids of the accepted ones
    Column("reason_system", String(TEXT), nullable=False),
    Column("reason_code", String(TEXT), nullable=False),
    Column("reason_display", String(TEXT), nullable=False),
    Column("commented", Boolean, nullable=False),
    Column("comment", String(COMMENT)),  # null unless the site keeps comments
    Column("outcome_ms", BigInteger, nullable=False),  # when it happened; else when it came
    Column("timed", Boolean, nullable=False),  # whether the client said when
    Column("received_ms", BigInteger, nullable=False),
    Index("ix_feedback_card", "card"),
)

# One row for each card that was sent, so that its outcome can be tied to rules.
issued_card = Table(
    "issued_card",
    metadata,
    Column("card", String(36), primary_key=True),
    Column("issuer", String(ID), nullable=False),
    Column("tenant", String(ID), nullable=False),
    Column("service", String(64), nullable=False),
    Column("hook", String(64), nullable=False),
    Column("patient", LargeBinary(16), nullable=False),  # a keyed pseudonym
    Column("topic", String(100), nullable=False),
    Column("indicator", String(16), nullable=False),
    Column("knowledge", String(64), nullable=False),
    Column("rules", JSON, nullable=False),  # [[rule, level, digest of its evidence], ...]
    Column("suggestions", JSON, nullable=False),  # {uuid: [mitigation, ...]}
    Column("issued_ms", BigInteger, nullable=False),
    Index("ix_issued_card_patient", "patient", "issued_ms"),
    Index("ix_issued_card_issued_ms", "issued_ms"),
)

# Tokens that were used, until they expire.
# One page is written for a token, where an index on `expires` and SQLite's row ids cost three: a
# sweep looks at all of it instead, and that are the tokens of some minutes.
used_token = Table(
    "used_token",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("expires", BigInteger, nullable=False),  # seconds since 1970, as tokens have it
    sqlite_with_rowid=False,
)
