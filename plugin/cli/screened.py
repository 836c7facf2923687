"""What a screening came to, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from plugin.screening.counted import counted, left_unread
from plugin.screening.sinks.names import RESULTS
from plugin.screening.visible import visible

if TYPE_CHECKING:
    from plugin.screening.run.screen import Ran
    from plugin.screening.run.totals import Totals

LEVELS = ("critical", "warning", "info", "none")
_MB = 1_000_000


def report(ran: Ran, out: Path, written: Sequence[str]) -> Iterator[str]:
    """The totals, a line each. `written` are the names of the results of this run."""
    totals = ran.totals
    yield f"patients {totals.patients} = screened {totals.screened} + failed {totals.failed}"
    yield f"levels: {_levels(totals) or 'none given'}"
    yield (
        f"patients with entries that could not be read: {totals.with_unread}; "
        f"of these, with nothing found: {totals.silent_unread}"
    )
    yield f"resources used: {_counts(totals.kept)}"
    yield f"resources set aside, of no use here: {_counts(totals.set_aside)}"
    for what, names in (
        ("files passed over by their names", totals.passed_over),
        ("hidden files and folders passed over", totals.hidden),
        ("results of an earlier run passed over", totals.results),
    ):
        if names:
            yield f"{what}: {', '.join(names)}"
    yield _read(ran)
    yield f"results: {out} (run {ran.run})"
    if old := [name for name in RESULTS if name not in written and (out / name).exists()]:
        yield f"of an earlier run, and left as they were: {', '.join(old)}"


def by_level(counts: dict[str, int]) -> str:
    """`2 critical, 1 none`, the worst first."""
    return ", ".join(f"{counts[level]} {level}" for level in LEVELS if counts.get(level))


def _levels(totals: Totals) -> str:
    """The parts add up to who was screened: who is not assessed has a level of none too."""
    apart = totals.not_assessed
    assessed = {**totals.by_level, "none": totals.by_level.get("none", 0) - apart}
    parts = (by_level(assessed), f"{apart} not assessed" if apart else "")
    return ", ".join(part for part in parts if part)


def left_out(totals: Totals, out: Path) -> str:
    """The sentence about what could not be screened."""
    parts = []
    if totals.quarantined:
        parts.append(f"{left_unread(totals.quarantined)}: see {out / 'quarantine.ndjson'}")
    if totals.failed:
        parts.append(f"{counted(totals.failed, 'patient')}: see {out / 'failed.ndjson'}")
    if not totals.screened:
        return (
            f"nobody could be screened ({'; '.join(parts)}). "
            "See that SOURCE holds FHIR resources, in JSON, one to a line."
        )
    return f"not all could be screened ({'; '.join(parts)}). The rest is written."


def _read(ran: Ran) -> str:
    totals, seconds = ran.totals, max(ran.seconds, 0.001)
    return (
        f"read {counted(totals.lines, 'line')}, {totals.size / _MB:.1f} MB, "
        f"in {ran.seconds:.1f} s: "
        f"{totals.lines / seconds:,.0f} lines/s, {totals.size / _MB / seconds:.1f} MB/s"
    )


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {visible(name)}" for name, count in counts.items()) or "none"
