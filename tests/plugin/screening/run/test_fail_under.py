"""`--fail-under`: how much a pipeline lets pass."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from plugin.screening.run.totals import Totals
from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.screening.conftest import AS_OF, Export, export

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name

GOOD = [{"resourceType": "Patient", "id": str(number)} for number in range(199)]
NOTHING_LOST = Totals(
    lines=1000,
    size=1,
    patients=200,
    screened=200,
    failed=0,
    failed_by_reason={},
    quarantined=0,
    quarantined_lines=0,
    quarantined_files=0,
    quarantined_by_reason={},
    by_level={},
    not_assessed=0,
    with_unread=0,
    silent_unread=0,
    kept={},
    set_aside={},
    passed_over=(),
    hidden=(),
    results=(),
)


@pytest.mark.parametrize(("percent", "code"), [("99.5", 0), ("99.51", 13), ("100", 13), ("0", 0)])
def test_one_line_of_two_hundred_is_half_a_per_cent(
    crampcheck: Run, export: Export, tmp_path: Path, percent: str, code: int
) -> None:
    """What was left out is said in any case."""
    from tests.plugin.screening.conftest import ndjson  # noqa: PLC0415

    source = export({"a.ndjson": ndjson(GOOD) + b"{oops\n"})
    command = ["screen", source, "--out", tmp_path / "out", "--as-of", AS_OF]
    ran = crampcheck(*command, "--fail-under", percent)
    assert code == ran.code
    assert "1 line, entry or file: see " in ran.err
    assert (code == 0) == ("within --fail-under" in ran.err)
    assert (code == 13) == (f"less than --fail-under {percent} asks for" in ran.err)
    without = crampcheck(*command)
    assert (13, False) == (without.code, "--fail-under" in without.err)


def test_a_source_of_which_nothing_is_fhir_is_said_with_what_to_look_at(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Not that the rest is written: there is no rest."""
    source = export({"a.ndjson": b'{"a": 1}\n'})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert 13 == ran.code
    assert "nobody could be screened (1 line, entry or file: see " in ran.err
    assert "See that SOURCE holds FHIR resources, in JSON, one to a line." in ran.err
    assert "The rest is written" not in ran.err


def test_a_file_that_breaks_off_is_never_enough(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Nobody knows how many lines it would have had."""
    source = export({"a.ndjson": GOOD, "b.ndjson.gz": GOOD})
    packed = (source / "b.ndjson.gz").read_bytes()
    (source / "b.ndjson.gz").write_bytes(packed[: len(packed) // 2])
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--fail-under", "0")
    assert 13 == ran.code


@pytest.mark.parametrize("percent", ["-1", "100.1", "many", "nan", "1/0", ""])
def test_what_is_no_percentage_is_refused(crampcheck: Run, tmp_path: Path, percent: str) -> None:
    """Before anything is read."""
    ran = crampcheck("screen", tmp_path, "--out", tmp_path / "out", "--fail-under", percent)
    assert 2 == ran.code
    assert "no percentage" in ran.err


@given(st.integers(0, 200), st.integers(0, 1000), st.decimals(0, 100, places=3))
def test_both_patients_and_lines_count(failed: int, bad: int, percent: object) -> None:
    """The lesser share decides, exactly."""
    totals = replace(NOTHING_LOST, screened=200 - failed, failed=failed, quarantined_lines=bad)
    share = min(Fraction(200 - failed, 2), Fraction(1000 - bad, 10))
    assert (share >= Fraction(str(percent))) == totals.enough(Fraction(str(percent)))
