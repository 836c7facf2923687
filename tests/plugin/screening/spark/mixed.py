"""A source with everything that makes a difference to an engine, of patients without end."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import zstandard
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.plugin.screening.conftest import golden_resources, ndjson
from tests.plugin.screening.local.mixes import DOCUMENTS, Json

_NAMED = re.compile(r"((?:^|/)(?:Patient|Medication|Specimen)/|^urn:uuid:(?:at-)?)([^/#]+)")


def write_mixed(folder: Path, mixes: int) -> Path:
    """Lines and Bundles, packed and plain, good and bad, with what patients share far away."""
    folder.mkdir()
    documents = [one for number, mix in enumerate(_mixes(mixes)) for one in _own(mix, number)]
    documents += _claimed()
    golden = ndjson(golden_resources())
    (folder / "a.ndjson").write_bytes(ndjson(documents[0::4]) + b"{oops\n")
    (folder / "b.ndjson.gz").write_bytes(gzip.compress(ndjson(documents[1::4])))
    packed = zstandard.compress(ndjson(documents[2::4]))
    (folder / "c.ndjson.zst").write_bytes(packed)
    (folder / "d [1] {x,y}?.ndjson").write_bytes(_bad(ndjson(documents[3::4]) + golden))
    (folder / "cut*short.ndjson.gz").write_bytes(gzip.compress(golden)[:-3000])
    (folder / "one value.json").write_text(json.dumps(_bundle(), indent=2))
    (folder / "notes.txt").write_text("left alone")
    (folder / "empty.ndjson").write_bytes(b"")
    return folder


def _mixes(count: int) -> list[list[Json]]:
    found: list[list[Json]] = []

    @seed(20261101)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(DOCUMENTS)
    def collect(documents: list[Json]) -> None:
        found.append(documents)

    collect()
    return found


def _own(mix: list[Json], number: int) -> list[Json]:
    """The same mix, about people and products of its own."""
    renamed: list[Json] = json.loads(json.dumps(mix), object_hook=lambda one: _named(one, number))
    return renamed


def _named(one: dict[str, Any], number: int) -> dict[str, Any]:
    for key, value in one.items():
        if key in ("reference", "fullUrl") and isinstance(value, str):
            one[key] = _NAMED.sub(rf"\g<1>\g<2>-{number}", value)
    if one.get("resourceType") in ("Patient", "Medication", "Specimen") and one.get("id"):
        one["id"] = f"{one['id']}-{number}"
    return one


def _bad(good: bytes) -> bytes:
    """With a byte order mark, and lines that are damaged, in between."""
    rows = good.splitlines(keepends=True)
    middle = len(rows) // 2
    bad = [b'{"resourceType": "Pat\xff"}\n', b"\0\0\0\n", b"\r\n", rows[0][:40] + b"\n"]
    return b"\xef\xbb\xbf" + b"".join([*rows[:middle], *bad, *rows[middle:]])


def _claimed() -> list[Json]:
    """Patients who have one address, or that which is another's id, and orders for who has it."""
    places = {
        "urn:uuid:two": ("one", "other", ""),
        "urn:uuid:implied": ("another", "IMPLIED"),
        "urn:uuid:alike": ("alike", "Alike"),
        "https://ehr.example.org/r4/Patient/template": ("copied-1", "copied-2", "template"),
        "https://ehr.example.org/r4/Patient/nobody": ("copied-3", "copied-4"),
        "https://ehr.example.org/r4/Patient/chain": ("link", "urn-link"),
        "urn:uuid:only": ("whose",),
    }
    claims = [
        {"resource": {"resourceType": "Patient", **({"id": id_} if id_ else {})}, "fullUrl": url}
        for url, ids in places.items()
        for id_ in ids
    ]
    orders = [
        {
            "resourceType": "MedicationRequest",
            "id": f"claimed-{number}",
            "status": "active",
            "intent": "order",
            "subject": {"reference": url},
            "medicationCodeableConcept": {"text": "simvastatin"},
        }
        for number, url in enumerate(places)
    ]
    return [*({"resourceType": "Bundle", "entry": [one]} for one in claims), *orders]


def _bundle() -> Json:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in golden_resources()[:6]],
    }
