"""`run.json`: what a run read, by what it judged, what it wrote, and what that cost.

It is the last file of a run to get its name: a folder that has it is complete. It holds no patient
data. Runs over the same files by the same knowledge and code differ in `times` only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct

from plugin.screening.run.identity import Basis
from plugin.screening.run.inputs import Input
from plugin.screening.run.totals import Totals
from plugin.screening.source.listing import Source

MANIFEST = "run.json"
SCHEMA = "crampcheck.run/1"


class Times(Struct, frozen=True):
    """When a run began and ended, in how many sittings, and seconds by stage of the last one."""

    started: str
    finished: str
    sittings: int
    seconds: dict[str, float]


def manifest(
    run: str,
    *,
    basis: Basis,
    source: Source,
    inputs: Iterable[Input],
    settings: Mapping[str, Any],
    totals: Totals,
    results: Iterable[Path],
    times: Times,
) -> bytes:
    """The manifest as JSON, for people and programs. `results` are complete files."""
    return orjson.dumps(
        {
            "schema": SCHEMA,
            "id": run,
            **_basis(basis),
            "settings": dict(settings),
            "source": _source(source, inputs),
            "counts": _counts(totals),
            "results": [
                {"name": path.name, "size": path.stat().st_size, "sha256": _sha256(path)}
                for path in results
            ],
            "times": {
                "started": times.started,
                "finished": times.finished,
                "sittings": times.sittings,
                "seconds": {stage: round(spent, 3) for stage, spent in times.seconds.items()},
            },
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _basis(basis: Basis) -> dict[str, Any]:
    overlay = {"id": basis.overlay, "digest": basis.overlay_digest} if basis.overlay else None
    return {
        "as_of": basis.as_of.isoformat(),
        "jurisdiction": basis.jurisdiction,
        "knowledge": {"version": basis.knowledge_version, "digest": basis.knowledge_digest},
        "overlay": overlay,
        "rxnorm": basis.rxnorm or None,
        "program": {"version": basis.code_version, "digest": basis.code_digest},
    }


def _source(source: Source, inputs: Iterable[Input]) -> dict[str, Any]:
    return {
        "files": [
            {"name": one.name, "size": one.size, "sha256": one.sha256 or None} for one in inputs
        ],
        "not_read": [{"name": one.name, "reason": one.reason} for one in source.not_read],
        "passed_over": source.passed_over,
        "hidden": source.hidden,
        "earlier_results": source.results,
    }


def _counts(totals: Totals) -> dict[str, Any]:
    return {
        "lines": totals.lines,
        "bytes": totals.size,
        "resources_used": totals.kept,
        "resources_set_aside": totals.set_aside,
        "quarantined": {
            "rows": totals.quarantined,
            "lines": totals.quarantined_lines,
            "files": totals.quarantined_files,
            "by_reason": totals.quarantined_by_reason,
        },
        "patients": totals.patients,
        "screened": totals.screened,
        "failed": {"patients": totals.failed, "by_reason": totals.failed_by_reason},
        "by_level": totals.by_level,
        "not_assessed": totals.not_assessed,
        "with_unread": totals.with_unread,
        "silent_unread": totals.silent_unread,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
