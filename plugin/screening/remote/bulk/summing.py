"""What a downloaded export comes to: which files are read, what is missing, what is to be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from plugin.screening.counted import counted
from plugin.screening.remote.bulk.manifest import ExportFile, Kind
from plugin.screening.remote.bulk.reported import leave_out, read_deleted, read_outcomes
from plugin.screening.remote.bulk.state import Fetched, FileCard, Missing

_MEGABYTE = 1_000_000


def summed(
    folder: Path, transaction_time: str, files: Sequence[ExportFile], cards: Mapping[str, FileCard]
) -> Fetched:
    """Look through what the server reports beside the data, and leave out what is no more.

    Raises FetchFault for more deleted resources than can be remembered.
    """
    outputs = [file for file in files if file.kind is Kind.OUTPUT]
    read = [file.name for file in outputs]
    lines = [_whole(transaction_time, outputs, cards)]
    missing = [_short(file, cards[file.name]) for file in files if _is_short(file, cards)]
    for file in files:
        if file.kind is Kind.ERROR:
            said = read_outcomes(folder / file.name)
            lines.append(f"{file.name}, what the server reports of this export: {said.line}")
            if said.strange:
                missing.append(_strange(file, said.strange, "OperationOutcome with a severity"))
            else:
                read.append(file.name)  # its faults are quarantined, line by line
    deleted: set[str] = set()
    for file in files:
        if file.kind is Kind.DELETED and (strange := read_deleted(folder / file.name, deleted)):
            missing.append(_strange(file, strange, "Bundle of deleted resources"))
    if deleted:
        left_out = sum(leave_out(folder / name, deleted) for name in read)
        lines.append(
            f"deleted at the server: {counted(len(deleted), 'resource')}, {left_out} left out here"
        )
    return Fetched(tuple(read), tuple(missing), tuple(lines), transaction_time)


def _whole(time: str, outputs: Sequence[ExportFile], cards: Mapping[str, FileCard]) -> str:
    size = sum(cards[file.name].size for file in outputs) / _MEGABYTE
    resources = sum(cards[file.name].lines for file in outputs)
    of_when = f", as of {time}; the next export may begin --since then" if time else ""
    return (
        f"the export is here: {counted(len(outputs), 'file')}, {counted(resources, 'resource')}, "
        f"{size:.1f} MB{of_when}"
    )


def _is_short(file: ExportFile, cards: Mapping[str, FileCard]) -> bool:
    return file.count is not None and cards[file.name].lines < file.count


def _short(file: ExportFile, card: FileCard) -> Missing:
    return Missing(
        file.name,
        f"holds {counted(card.lines, 'resource')}, and the manifest of the export says "
        f"{file.count}; export it again",
    )


def _strange(file: ExportFile, count: int, what: str) -> Missing:
    lines = counted(count, "line that is", "lines that are")
    return Missing(file.name, f"holds {lines} no {what}; ask who runs the server")
