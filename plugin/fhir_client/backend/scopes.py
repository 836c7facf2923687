"""The scopes to ask for: to read certain resource types, in the words of either SMART version."""

from __future__ import annotations

from collections.abc import Iterable

OF_VERSION_1 = "read"
OF_VERSION_2 = "rs"  # read and search


def scopes(types: Iterable[str], rights: str) -> str:
    """`system/Patient.rs system/Condition.rs` for two types and the rights of version 2."""
    return " ".join(f"system/{one}.{rights}" for one in sorted(types))


def both(types: Iterable[str], capabilities: Iterable[str]) -> tuple[str, str]:
    """What to ask for first, and what if that is refused.

    `capabilities` are the server's own; only who says so understands version 2.
    """
    named = tuple(types)
    first, second = (
        (OF_VERSION_2, OF_VERSION_1)
        if "permission-v2" in capabilities
        else (OF_VERSION_1, OF_VERSION_2)
    )
    return scopes(named, first), scopes(named, second)
