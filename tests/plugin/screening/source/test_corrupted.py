"""A large export with corrupted lines: every good patient is screened, every bad line is named.

`CRAMPCHECK_SOAK=1` takes 1 GB with 1,000 bad lines, one of them of 200 MB.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pytest

from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.screening.conftest import AS_OF, lines

__all__ = ["crampcheck"]  # a fixture that the test below names

SOAK = os.environ.get("CRAMPCHECK_SOAK") == "1"
PATIENTS = 30_000 if SOAK else 150
RESULTS = 19  # of each patient, so that its resources are 21
BAD = 1_000 if SOAK else 60
LONG = 200_000_000 if SOAK else 70_000_000
PACKED = 2_000 if SOAK else 100  # patients of the file that is cut short
NOTE = "x" * 1_050  # brings a resource to the 1.3 kB that is usual


class Place(NamedTuple):
    """Where a bad line stands."""

    file: str
    line: int
    offset: int


def resources(patient: int) -> Iterator[bytes]:
    """The lines of one patient."""
    subject = {"reference": f"Patient/p{patient}"}
    yield json.dumps({"resourceType": "Patient", "id": f"p{patient}"}).encode()
    yield json.dumps(
        {
            "resourceType": "MedicationRequest",
            "id": f"m{patient}",
            "status": "active",
            "intent": "order",
            "subject": subject,
            "medicationCodeableConcept": {"text": "hydrochlorothiazide 25 mg"},
            "note": [{"text": NOTE}],
        }
    ).encode()
    for number in range(RESULTS):
        yield json.dumps(
            {
                "resourceType": "Observation",
                "id": f"o{patient}-{number}",
                "status": "final",
                "subject": subject,
                "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
                "effectiveDateTime": "2026-10-01",
                "valueQuantity": {"value": 3.0 + patient % 30 / 10, "unit": "mmol/L"},
                "note": [{"text": NOTE}],
            }
        ).encode()


def corrupted(line: bytes, kind: int) -> bytes:
    """A line that was cut off, has a byte that is no UTF-8, a NUL, or only NULs."""
    middle = len(line) // 2
    return (
        line[:middle],
        line[:middle] + b"\xff" + line[middle:],
        line[:middle] + b"\0" + line[middle:],
        bytes(len(line)),
    )[kind % 4]


def write(dirty: BinaryIO, clean: BinaryIO) -> list[Place]:
    """Patients with bad lines among theirs, and the same without. Returns where the bad are."""
    total = PATIENTS * (RESULTS + 2)
    bad = set(random.Random(5).sample(range(total), BAD))  # noqa: S311 - a fixed choice, no secret
    places: list[Place] = []
    number = written = 0

    def put(line: bytes, size: int = 0) -> None:
        """A line, or a hole that reads as one of so many NULs."""
        nonlocal written, number
        dirty.write(line) if line else dirty.seek(size, 1)
        dirty.write(b"\n")
        number, written = number + 1, written + (len(line) or size) + 1

    every_line = (line for patient in range(PATIENTS) for line in resources(patient))
    for count, line in enumerate(every_line):
        if count == total // 2:
            places.append(Place("dirty.ndjson", number + 1, written))
            put(b"", LONG)
        if count in bad:
            places.append(Place("dirty.ndjson", number + 1, written))
            put(corrupted(line, len(places)))
        put(line)
        clean.write(line + b"\n")
    return places


def write_packed(dirty: Path, clean: BinaryIO) -> Place:
    """More patients in a gzip file that is cut short; what comes out of it is clean."""
    text = b"".join(
        line + b"\n"
        for patient in range(PATIENTS, PATIENTS + PACKED)
        for line in resources(patient)
    )
    packed = gzip.compress(text)
    packed = packed[: len(packed) * 9 // 10]
    dirty.write_bytes(packed)
    came = zlib.decompressobj(wbits=31).decompress(packed)
    whole = came[: came.rfind(b"\n") + 1]
    clean.write(whole)
    return Place(dirty.name, whole.count(b"\n") + 1, len(whole))


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Path]:
    """The folder of the export, removed at once: it may be large."""
    folder = tmp_path / "export"
    folder.mkdir()
    yield folder
    for path in (*folder.iterdir(), tmp_path / "clean.ndjson"):
        path.unlink()


def test_every_good_patient_is_screened_and_every_bad_line_named(
    crampcheck: Run, source: Path, tmp_path: Path
) -> None:
    """Truncated, not UTF-8, NUL, a line too long to hold, gzip cut short: nothing else is lost."""
    with (
        (source / "dirty.ndjson").open("wb") as dirty,
        (tmp_path / "clean.ndjson").open("wb") as clean,
    ):
        places = write(dirty, clean)
        places.append(write_packed(source / "packed.ndjson.gz", clean))
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    rows = lines(tmp_path / "out" / "quarantine.ndjson")
    assert 13 == ran.code
    assert [place[:2] for place in places] == [(row["file"], row["line"]) for row in rows]
    assert [place.offset for place in places] == [
        row.get("offset", place.offset) for row, place in zip(rows, places, strict=True)
    ]
    assert all(row["reason"] for row in rows)
    assert ["longer than 64 MiB"] == [
        "longer than 64 MiB" for row in rows if "longer than 64 MiB" in row["reason"]
    ]
    assert "ends early" in rows[-1]["reason"]
    crampcheck("screen", tmp_path / "clean.ndjson", "--out", tmp_path / "clean", "--as-of", AS_OF)
    found = (tmp_path / "out" / "assessments.ndjson").read_bytes()
    assert found == (tmp_path / "clean" / "assessments.ndjson").read_bytes()
    assert PATIENTS < found.count(b"\n") < PATIENTS + PACKED
    assert b"xxxx" not in (tmp_path / "out" / "quarantine.ndjson").read_bytes()
