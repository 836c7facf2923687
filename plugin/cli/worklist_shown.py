"""The worklist as tables and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Any

import msgspec
from msgspec import structs
from rich.console import Console
from rich.table import Table
from rich.text import Text

from plugin.screening.counted import counted
from plugin.screening.visible import visible
from plugin.store.worklist.model import UNREAD, Item, Mark
from plugin.store.worklist.reading import Listed

SCHEMA = "crampcheck.worklist/1"
_STYLE = {"critical": "bold red", "warning": "yellow", "info": "cyan"}
_WIDTH = 120


def as_json(listed: Listed) -> bytes:
    """One object: how many items match, and those that are shown."""
    shown = [_object(item) for item in listed.items]
    return msgspec.json.encode({"schema": SCHEMA, "count": listed.count, "items": shown})


def one_as_json(item: Item, marks: Iterable[Mark]) -> bytes:
    """One object: the item and its marks."""
    history = [
        {"at": _when(one.at_ms), "status": one.status, "by": one.by, "reason": one.reason}
        for one in marks
    ]
    return msgspec.json.encode({"schema": SCHEMA, "item": _object(item), "marks": history})


def show(listed: Listed, where: str, stream: IO[str]) -> None:
    """A row for each item; where there is none, in which database that is."""
    console = _console(stream)
    if not listed.items:
        console.print(
            f"Nothing on the worklist for what was asked, in {where}. "
            "`crampcheck screen ... --format worklist` fills it; `--status any` shows what is done "
            "or dismissed too."
        )
        return
    table = Table(expand=True)
    for name, ratio in (("No.", None), ("Level", None), ("Patient", 2), ("Finding", 5)):
        table.add_column(name, ratio=ratio, no_wrap=ratio is None, overflow="fold")
    table.add_column("Status", overflow="fold")
    for item in listed.items:
        table.add_row(
            str(item.number),
            Text(item.level, style=_STYLE.get(item.level, "")),
            visible(item.patient),
            "\n".join(_finding(item)),
            _status(item),
        )
    console.print(table)
    if listed.count > len(listed.items):
        console.print(f"{len(listed.items)} of {listed.count}; --most shows more.")


def show_one(item: Item, marks: Iterable[Mark], stream: IO[str]) -> None:
    """All that is kept of an item."""
    console = _console(stream)
    table = Table(show_header=False, expand=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in (
        ("Patient", item.patient),
        ("Level", item.level),
        ("Finding", item.summary),
        ("Drugs", _drugs(item) or "none"),
        ("Rule", item.rule),
        ("Options", ", ".join(item.options) or "none"),
        ("Could not be read", f"entries of this patient: {item.unread}"),
        ("Status", _status(item)),
        ("Found", f"first by run {item.first_run}, last by {item.last_run}, as of {item.as_of}"),
        ("DetectedIssue", item.issue if item.rule != UNREAD else "none"),
    ):
        table.add_row(name, visible(said))
    console.print(table)
    history = [
        (_when(mark.at_ms), mark.status, visible(mark.by), visible(mark.reason)) for mark in marks
    ]
    if history:
        marked = Table(title="Marks", title_justify="left")
        for name in ("When", "Status", "By", "Reason"):
            marked.add_column(name, overflow="fold")
        for row in history:
            marked.add_row(*row)
        console.print(marked)


def _finding(item: Item) -> Iterator[str]:
    yield visible(item.summary)
    if item.rule != UNREAD:
        yield f"{_drugs(item)}. Rule: {item.rule}"
        if item.unread:
            yield f"Entries of this patient that could not be read: {item.unread}"


def _drugs(item: Item) -> str:
    partners = f" with {', '.join(item.partners)}" if item.partners else ""
    return f"{', '.join(item.drugs)}{partners}"


def _status(item: Item) -> str:
    """`dismissed (reason)`, or `new, gone since ...`."""
    because = f" ({visible(item.reason)})" if item.reason else ""
    unread = f", with {counted(item.unread, 'entry', 'entries')} unread" if item.unread else ""
    gone = f"; not found by run {item.last_run}{unread}" if item.gone else ""
    return f"{item.status}{because}{gone}"


def _object(item: Item) -> dict[str, Any]:
    row = structs.asdict(item)
    row["marked_at"] = _when(row.pop("marked_ms"))
    return row


def _when(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")


def _console(stream: IO[str]) -> Console:
    width = None if stream.isatty() else _WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
