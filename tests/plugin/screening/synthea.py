"""The synthetic export beside the repository: all of it under `make soak`, else a few patients."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

SYNTHEA = Path(__file__).parents[4] / "shared" / "data" / "synthea-100"
ABSENT = "needs ../shared/data/synthea-100, a Bulk Data export of 100 synthetic patients"
SOAK = os.environ.get("CRAMPCHECK_SOAK") == "1"
DAY = "2020-05-10"  # just after the last result, so that labs are current
FEW = 4

Json = dict[str, Any]


def resources() -> list[Json]:
    """As the export has them, type by type; without soak of the first patients only."""
    lines = [
        json.loads(line)
        for path in sorted(SYNTHEA.glob("*.ndjson.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    named = [one["id"] for one in lines if one["resourceType"] == "Patient"]
    kept = {f"Patient/{one}" for one in (named if SOAK else named[:FEW])}
    return [one for one in lines if owner(one) in kept]


def owner(resource: Json) -> str:
    """The reference of whose it is."""
    if resource["resourceType"] == "Patient":
        return f"Patient/{resource['id']}"
    of: Json = resource.get("subject") or resource["patient"]
    return str(of["reference"])
