"""Which results a run writes: what may be asked for, and what is said where it may not."""

from __future__ import annotations

import sys

import pytest

from plugin.screening.sinks import ExtraMissing, Format, FormatUnknown, choose


@pytest.mark.parametrize("text", ["xml", "json,", "", "json,xml", "json;csv", "JSON\x1b[2J"])
def test_a_format_that_is_not_known_is_a_usage_error_with_the_known_ones(text: str) -> None:
    """Exit code 2, and nothing of it drives a terminal."""
    with pytest.raises(FormatUnknown) as caught:
        choose(text)
    assert 2 == caught.value.exit_code
    assert "both, json, csv, parquet, fhir, worklist, report" in caught.value.message
    assert "\x1b" not in caught.value.message


def test_both_is_json_and_csv_and_each_counts_once() -> None:
    """In whatever order they are named."""
    assert choose("both") == choose("csv,json") == choose(" JSON , both,csv")
    assert ("assessments.ndjson", "summary.csv", "quarantine.ndjson", "failed.ndjson") == choose(
        "both"
    ).names


def test_what_was_chosen_is_read_back_from_its_text() -> None:
    """A run that goes on keeps it in its manifest."""
    chosen = choose("worklist,fhir,json")
    assert chosen == choose(chosen.text)
    assert (Format.JSON, Format.FHIR, Format.WORKLIST) == chosen.formats


def test_workers_make_only_what_is_asked_for() -> None:
    """FHIR costs time, and so do the labs of the report."""
    assert not choose("both,parquet,worklist").wanted.issues
    assert not choose("both,parquet,worklist,fhir").wanted.labs
    assert choose("fhir").wanted.issues
    assert choose("report").wanted.labs


@pytest.mark.parametrize(("one", "module"), [("parquet", "pyarrow"), ("report", "matplotlib")])
def test_a_missing_extra_is_said_before_any_work(
    monkeypatch: pytest.MonkeyPatch, one: str, module: str
) -> None:
    """With the command that installs it; the other formats need none."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtraMissing) as caught:
        choose(f"json,{one}")
    assert f"pip install 'crampcheck[{one}]'" in caught.value.message
    assert 2 == caught.value.exit_code
    assert 4 == len(choose("json,csv,fhir,worklist").formats)
