"""Overlays as texts: a sound head, and changes to put under it."""

from __future__ import annotations

from pathlib import Path

HEAD = """
[review]
status = "awaiting-review"
authored_by = "P. Example"
authored = 2026-11-01
reviewed_by = ""
next_review = 2027-11-01

[overlay]
id = "example-hospital"
label = "Example Hospital"
"""
SIGNED = """
by = "P. Example"
reason = "agreed in the medicines committee"
date = 2026-11-01
"""


def change(table: str, keys: str, signed: str = SIGNED) -> str:
    """One `[[table]]` with its keys, and who signed it."""
    return f"\n[[{table}]]\n{keys}\n{signed}"


def overlay(folder: Path, *changes: str, head: str = HEAD) -> Path:
    """Write an overlay of one file into a folder, and give its path."""
    folder.mkdir(exist_ok=True)
    path = folder / "site.toml"
    path.write_text(head + "".join(changes), encoding="utf-8")
    return path
