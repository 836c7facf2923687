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
    Text,
)

metadata = MetaData()

# Who calls: empty where clients need not sign. Lengths are those that the readers cut to.
ID = 256
TEXT = 200
COMMENT = 1000
RUN = 64

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
    # Where a site leaves a card out that was shown: to whom it was, and what it said, as digests.
    Column("viewer", LargeBinary(16)),
    Column("told", LargeBinary(16)),
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

# The worklist. A pharmacist has to find the patient, so that references stand here as they are, and
# what was found in a sentence, which may tell a result. Nothing else of a record does.

# One row for each screening run that was put on the list.
worklist_run = Table(
    "worklist_run",
    metadata,
    Column("run", String(RUN), primary_key=True),
    Column("as_of", String(10), nullable=False),
    Column("knowledge", String(ID), nullable=False),
    Column("recorded_ms", BigInteger, nullable=False),
    Column("patients", BigInteger, nullable=False),  # that were screened
    Column("findings", BigInteger, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("returned", BigInteger, nullable=False),
    Column("gone", BigInteger, nullable=False),
)

# One row for each finding that any run had.
worklist_item = Table(
    "worklist_item",
    metadata,
    Column(
        "number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("issue", String(36), nullable=False, unique=True),  # id of its DetectedIssue
    Column("patient", Text, nullable=False),  # a reference
    Column("rule", String(TEXT), nullable=False),
    Column("level", String(16), nullable=False),
    Column("drugs", JSON, nullable=False),
    Column("partners", JSON, nullable=False),
    Column("summary", Text, nullable=False),
    Column("options", JSON, nullable=False),  # ids of mitigations
    Column("evidence", LargeBinary(16), nullable=False),  # a digest: has it changed?
    Column("unread", BigInteger, nullable=False),  # entries of the patient, in the last run
    Column("first_run", String(RUN), nullable=False),
    Column("last_run", String(RUN), nullable=False),
    Column("as_of", String(10), nullable=False),  # of the last run
    Column("gone", Boolean, nullable=False),  # the last run of this patient did not have it
    Column("status", String(16), nullable=False),  # new, seen, done, dismissed
    Column("reason", String(COMMENT), nullable=False),
    Column("marked_by", String(TEXT), nullable=False),
    Column("marked_ms", BigInteger, nullable=False),  # when it got its status
    Index("ix_worklist_item_patient", "patient"),
)

# Every status that an item was given, by people and by runs.
worklist_mark = Table(
    "worklist_mark",
    metadata,
    Column(
        "number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("item", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", String(COMMENT), nullable=False),
    Column("marked_by", String(TEXT), nullable=False),
    Column("marked_ms", BigInteger, nullable=False),
    Index("ix_worklist_mark_item", "item"),
)
