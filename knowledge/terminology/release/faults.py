"""What can be wrong with a release or with its index. Each message names the place and the remedy.

ReleaseError
├── ReleaseUnreadable   what was to be imported is broken; the index was not touched
├── IndexNotWritten     the folder of the index does not take it; the old index is as it was
└── IndexDamaged        the index that is there cannot be used
"""

from __future__ import annotations


class ReleaseError(Exception):
    """A sentence for the user: the place, the fault, the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ReleaseUnreadable(ReleaseError):  # noqa: N818 - reads as the sentence does
    """A file of the release is missing, broken, cut short or not what it should be."""


class IndexNotWritten(ReleaseError):  # noqa: N818
    """The index could not be written."""


class IndexDamaged(ReleaseError):  # noqa: N818
    """The index is no index, is damaged, or was made by another version."""
