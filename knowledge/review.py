"""Who wrote a data file, who checked it, and whether that still stands."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

# What a file's review can be. The last is never written: loading finds that the file has changed.
AWAITING, REVIEWED, CHANGED = "awaiting-review", "reviewed", "changed-since-review"


class Review(Struct, frozen=True):
    """Who wrote a file and who checked it. An empty reviewer means that nobody has yet."""

    status: str  # awaiting-review | reviewed | changed-since-review
    authored_by: str
    authored: date
    reviewed_by: str = ""
    reviewed: date | None = None
    next_review: date | None = None
    credentials: str = ""  # of the reviewer, in the reviewer's words
    digest: str = ""  # of what was signed; see knowledge.signoff

    @property
    def stands(self) -> bool:
        """True if somebody has signed the file as it is now."""
        return self.status == REVIEWED


class FileReview(Struct, frozen=True):
    """The review block of one data file."""

    file: str
    review: Review
