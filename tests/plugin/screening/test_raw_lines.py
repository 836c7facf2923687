"""JSON that no writer of FHIR means, and that some send: one answer, however it is cut or ordered.

Not as values of a program, which cannot hold a key twice, but as the bytes that stand in a file.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plugin.screening.run import cutting
from tests.nesting import TOO_DEEP, lists
from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.screening.conftest import AS_OF, lines

__all__ = ["crampcheck"]

_PERSON = b'{"resourceType": "Patient", "id": "a", "birthDate": "1950-01-01"}'
_ORDER = json.dumps(
    {
        "resourceType": "MedicationRequest",
        "id": "1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/a"},
        "medicationCodeableConcept": {"text": "hydrochlorothiazide 25 MG Oral Tablet"},
    }
)
_RESULT = json.dumps(
    {
        "resourceType": "Observation",
        "id": "k",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
        "subject": {"reference": "Patient/a"},
        "effectiveDateTime": "2026-10-20",
        "valueQuantity": {"value": 2.8, "unit": "mmol/L"},
    }
)
_TYPE = '"resourceType": "MedicationRequest", '


def _with(old: str, new: str, text: str = _ORDER) -> bytes:
    assert old in text
    return text.replace(old, new).encode()


READ = {
    "a key twice, the last counts": (_with('"active"', '"stopped", "status": "active"'), "info"),
    "and the other way round": (_with('"active"', '"active", "status": "stopped"'), "none"),
    "the type at the end": (
        _with(_TYPE, "")[:-1] + b', "resourceType": "MedicationRequest"}',
        "info",
    ),
    "a type in escapes": (_with("MedicationRequest", r"Medication\u0052equest"), "info"),
    "a key in escapes": (_with('"subject"', r'"sub\u006aect"'), "info"),
    "a reference in escapes": (_with("Patient/a", r"Patient\/\u0061"), "info"),
    "NUL in an id": (_with('"id": "1"', r'"id": "\u0000"'), "info"),
    "a line in an id": (_with('"id": "1"', r'"id": "x\n{"'), "info"),
    "blanks around": (b" \t" + _ORDER.encode() + b"  ", "info"),
    "a list of one": (b"[" + _ORDER.encode() + b"]", "info"),
    "900 levels of something": (
        _ORDER.encode()[:-1] + b', "x": ' + b'{"a":' * 900 + b"1" + b"}" * 901,
        "info",
    ),
    "a number in a string": (_with("2.8", '"2.8"', _RESULT), "none"),
    "a number beyond all numbers": (_with("2.8", "1e400", _RESULT), "none"),
    "a number of forty digits": (_with("2.8", "2." + "8" * 40, _RESULT), "none"),
}
BROKEN = {
    "half of a pair of surrogates": _with("25 MG", r"\ud800"),
    "a surrogate in bytes": _ORDER.encode().replace(b"25 MG", b"\xed\xa0\x80"),
    "no number": _with("2.8", "NaN", _RESULT),
    "a zero before a number": _with("2.8", "02.8", _RESULT),
    "two on a line": _ORDER.encode() + _RESULT.encode(),
    "a record separator": b"\x1e" + _ORDER.encode(),
    "too many levels": _ORDER.encode()[:-1] + b', "x": ' + lists(TOO_DEEP) + b"}",
}


def _screened(crampcheck: Run, folder: Path, files: list[bytes]) -> tuple[int, bytes, list[str]]:
    for number, data in enumerate(files):
        (folder / "in").mkdir(parents=True, exist_ok=True)
        (folder / "in" / f"{number}.ndjson").write_bytes(data)
    ran = crampcheck("screen", folder / "in", "--out", folder / "out", "--as-of", AS_OF)
    reasons = [one["reason"] for one in lines(folder / "out" / "quarantine.ndjson")]
    return ran.code, (folder / "out" / "assessments.ndjson").read_bytes(), reasons


@pytest.mark.parametrize("name", [*READ, *BROKEN])
def test_a_raw_line_is_answered_alike_in_every_cutting(
    crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """After a mark and with CRLF, before the Patient, and in small chunks of many files."""
    line = READ[name][0] if name in READ else BROKEN[name]
    one = _screened(crampcheck, tmp_path / "a", [b"\xef\xbb\xbf" + _PERSON + b"\r\n" + line])
    monkeypatch.setattr(cutting, "CHUNK_BYTES", 100)
    other = _screened(crampcheck, tmp_path / "b", [line + b"\n", _PERSON])
    assert one == other
    code, answer, reasons = one
    if name in BROKEN:
        assert (13, 1) == (code, len(reasons))
        return
    assert (0, []) == (code, reasons)
    assert json.loads(answer)["level"] == READ[name][1]
    given = _PERSON + b"\n" + line
    ran = crampcheck("assess", "-", "--as-of", AS_OF, "--format", "json", stdin=given)
    assert answer.decode() == ran.out
