"""`crampcheck resolve`: medication concepts to ingredients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from plugin.cli.overlay import overlay_option
from plugin.cli.shared import packaged_pipeline, write_line
from plugin.errors import NotAllScreened

if TYPE_CHECKING:
    from knowledge.terminology.concept import Resolution

UNREADABLE = "malformed"
NOTHING = b"{}"  # what a blank line asks about
MOST_NAMED = 10  # line numbers in one sentence
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@click.command()
@click.argument("file", metavar="[FILE|-]", default="-")
@overlay_option()
def resolve(file: str) -> None:
    """Recognise the drugs in medication codes and texts.

    FILE holds one CodeableConcept or Medication a line, plain, gzip or zstd; - is standard input.
    Each line gives one line of JSON, in order: the ingredients that were recognised, those linked
    to cramps, how they were matched, and the reason if they were not. A blank line is answered
    too, with the reason "empty".

    Exit code 13 means that a line could not be read; its answer says so.
    """
    import orjson  # noqa: PLC0415 - only this command pays for the imports

    from plugin.cli.asked import resolution_of  # noqa: PLC0415
    from plugin.screening.source.documents import read_all  # noqa: PLC0415

    data = read_all(file)
    pipeline = packaged_pipeline()
    unreadable = []
    for number, line in enumerate(_lines(data.removeprefix(BYTE_ORDER_MARK)), start=1):
        resolution = resolution_of(line if line.strip() else NOTHING, pipeline)
        if resolution is None:
            unreadable.append(number)
        write_line(orjson.dumps(_row(resolution)))
    if unreadable:
        raise NotAllScreened(
            f"{len(unreadable)} of the lines could not be read ({_numbers(unreadable)}): each must "
            "be one CodeableConcept or Medication as JSON. The others are answered."
        )


def _lines(data: bytes) -> list[bytes]:
    """The lines of the input; what ends the last one begins no other."""
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _numbers(lines: list[int]) -> str:
    """`lines 2, 3, 5`, and how many more after the first few."""
    named = ", ".join(map(str, lines[:MOST_NAMED]))
    more = len(lines) - MOST_NAMED
    return f"line{'s' if len(lines) > 1 else ''} {named}{f' and {more} more' if more > 0 else ''}"


def _row(resolution: Resolution | None) -> dict[str, Any]:
    if resolution is None:
        return {"ingredients": [], "linked": [], "match": "none", "reason": UNREADABLE}
    return {
        "ingredients": list(resolution.ingredients),
        "linked": list(resolution.linked),
        "match": resolution.match.value,
        "reason": resolution.reason.value or None,
    }
