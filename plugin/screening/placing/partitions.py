"""Into which partition a patient goes. The answers do not depend on how many there are."""

from __future__ import annotations

from zlib import crc32

# Of the input. A partition is held as a whole: its rows are at most that long, and their objects
# about as much again.
PARTITION_BYTES = 32 * 1024 * 1024


def partitions_for(size: int) -> int:
    """How many partitions an input of so many bytes has."""
    return max(1, -(-size // PARTITION_BYTES))


def name_of(key: str) -> bytes:
    """What the keys of one patient have in common: `urn:uuid:1` and `Patient/1` have one name."""
    name = key[key.rfind(":" if key.startswith("urn:") else "/") + 1 :]
    return name.lower().encode("utf-8", "surrogatepass")


def partition_of(key: str, partitions: int) -> int:
    """The partition of a patient's key: by its name."""
    return crc32(name_of(key)) % partitions
