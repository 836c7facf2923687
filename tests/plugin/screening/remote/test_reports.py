"""What a server reports beside the data: errors, deletions, pages; and what nobody would send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.plugin.screening.conftest import lines
from tests.plugin.screening.remote.bulk_server import (
    TOKEN,
    BulkServer,
    Reply,
    as_json,
    bulk_server,
    outcome,
    rows,
)
from tests.plugin.screening.remote.conftest import Screen
from tests.plugin.screening.remote.ward import all_warned, filled, levels, ward

DEEP = b"[" * 100_000


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPCHECK_FHIR_TOKEN", TOKEN)


def quarantined(out: Path) -> list[tuple[str, int, str]]:
    rows = lines(out / "quarantine.ndjson")
    return [(row["file"], row["line"], row["reason"]) for row in rows]


def test_errors_of_the_export_are_counted_said_and_quarantined(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Line by line under their file; warnings are said and stop nothing."""
    filled(bulk).errors = {
        "errors-of-theirs": rows(
            outcome("exception", text="of Mr Smith"),
            outcome("not-supported", "warning"),
            outcome("timeout", "fatal"),
        )
    }
    ran = screen(bulk.url, "--export", "system")
    assert 13 == ran.code
    assert all_warned(tmp_path / "out")
    assert "reports of this export: 1 fatal, 1 error, 1 warning." in ran.err
    found = quarantined(tmp_path / "out")
    assert [("errors-1.ndjson", 1), ("errors-1.ndjson", 3)] == [one[:2] for one in found]
    assert "something is missing" in found[0][2]
    assert "Smith" not in ran.err + str(found)


def test_warnings_alone_are_said_and_nothing_more(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Under the name that later drafts of the specification have for them."""
    filled(bulk).errors = {"x": rows(outcome("informational", "information"))}
    bulk.manifest = {"outcome": bulk.written("1")["error"], "error": []}
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "reports of this export: 1 information." in ran.err
    assert [] == quarantined(tmp_path / "out")


@pytest.mark.parametrize(
    "line",
    [b"{", b"\xff", DEEP, rows({"resourceType": "Patient", "id": "evil"}), b'{"issue":[]}'],
    ids=["cut", "bytes", "deep", "patient", "nothing"],
)
def test_an_error_file_of_something_else_is_named(
    bulk: BulkServer, screen: Screen, tmp_path: Path, line: bytes
) -> None:
    """And nobody in it is screened."""
    filled(bulk).errors = {"x": line.strip() + b"\n" + rows(outcome("exception"))}
    ran = screen(bulk.url, "--export", "system")
    assert 13 == ran.code
    assert all_warned(tmp_path / "out")
    [(file, number, reason)] = quarantined(tmp_path / "out")
    assert ("errors-1.ndjson", 0) == (file, number)
    assert "holds 1 line that is no OperationOutcome" in reason


def removed(*urls: Any) -> bytes:
    entries = [{"request": {"method": "DELETE", "url": url}} for url in urls]
    return rows({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def test_what_was_deleted_is_left_out(bulk: BulkServer, screen: Screen, tmp_path: Path) -> None:
    """Of what is left the lines keep their numbers."""
    filled(bulk).files["Observation-1"] += b"{broken\n"
    bulk.deleted = {"x": removed("Observation/k-a", f"{bulk.url}/MedicationRequest/o-b")}
    ran = screen(bulk.url, "--export", "system", "--since", "2026-01-01T00:00:00Z")
    assert 13 == ran.code
    assert "deleted at the server: 2 resources, 2 left out here." in ran.err
    found = levels(tmp_path / "out")
    whole = found["Patient/c"]
    assert "none" == found["Patient/b"]  # no drug
    assert "none" != whole
    [row] = quarantined(tmp_path / "out")
    assert ("Observation-1.ndjson", 4) == row[:2]


def test_deletions_that_cannot_be_read_are_named(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    put = {"request": {"method": "PUT", "url": "Patient/a"}}
    filled(bulk).deleted = {
        "x": b"{\n" + rows({"resourceType": "Bundle", "entry": [put, 3]}, {"entry": []})
    }
    ran = screen(bulk.url, "--export", "system")
    assert 13 == ran.code
    assert all_warned(tmp_path / "out")
    [(file, _, reason)] = quarantined(tmp_path / "out")
    assert "deleted-1.ndjson" == file
    assert "holds 4 lines that are no Bundle of deleted resources" in reason


def test_a_manifest_may_have_pages(bulk: BulkServer, screen: Screen, tmp_path: Path) -> None:
    """Each file is got once, however often it is named, and however it is organised."""
    filled(bulk)
    whole = bulk.written("1")
    first = [{"relation": "next", "url": "1/page-2"}]
    bulk.manifest = {
        "output": whole["output"][:2],
        "outputOrganizedBy": "Patient",
        "link": [{"relation": "self", "url": "x"}, *first],
    }
    bulk.once("page-2", as_json({"output": whole["output"][1:], "error": None}))
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert 4 == sum("/file/" in path for path in bulk.paths())


def test_pages_without_end_are_refused(bulk: BulkServer, screen: Screen) -> None:
    link = [{"relation": "next", "url": f"{bulk.url}/status/1?page=2"}]
    filled(bulk).manifest = {"link": link}
    ran = screen(bulk.url, "--export", "system")
    assert 12 == ran.code
    assert "the pages of its manifest do not end" in ran.err


def test_a_page_elsewhere_gets_no_token(bulk: BulkServer, screen: Screen) -> None:
    with bulk_server() as other:
        filled(bulk).manifest = {"link": [{"relation": "next", "url": f"{other.url}/2"}]}
        ran = screen(bulk.url, "--export", "system")
        assert 12 == ran.code
        assert "where the token may not go" in ran.err
        assert [] == other.asked


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ({"output": None}, "the export is empty"),
        ({"output": {}}, "has an `output` that is no list"),
        ({"output": "x"}, "has an `output` that is no list"),
        ({"error": 3}, "has an `error` that is no list"),
        ({"output": [3]}, "has no address in `output`, entry 1"),
        ({"output": [{"url": 3}]}, "has no address in `output`, entry 1"),
        ({"output": [{"url": "x" * 20_000}]}, "cannot be used: it is no address"),
        ({"output": [{"url": "http://u:p@h/"}]}, "cannot be used: it names a user"),
        ({"output": [{"url": "https://h:99999/"}]}, "cannot be used: its port is none"),
        ({"output": [{"url": "//\u2100.example/"}]}, "cannot be used: it is no address"),
        ({"output": [{"url": "a b"}]}, "cannot be used: it is no address"),
        ({"output": [{"url": "x"}] * 100_001}, "names more than 100000 files"),
        ({"link": [{"relation": "next", "url": 3}]}, "a next page whose address cannot be used"),
    ],
)
def test_a_manifest_that_makes_no_sense_ends_in_a_sentence(
    bulk: BulkServer, screen: Screen, manifest: dict[str, Any], words: str
) -> None:
    filled(bulk).manifest = manifest
    ran = screen(bulk.url, "--export", "system")
    assert ran.code in (11, 12)
    assert words in ran.err
    assert ["1"] == bulk.deletions


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"\xff", DEEP, b'{"output"'], ids=repr)
def test_a_manifest_that_is_none_ends_in_a_sentence(
    bulk: BulkServer, screen: Screen, body: bytes
) -> None:
    bulk.once("/status/1", Reply(200, body))
    ran = screen(filled(bulk).url, "--export", "system")
    assert 12 == ran.code
    assert "its manifest is no JSON object" in ran.err


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "../../etc/passwd"},
        {"type": 3},
        {"type": None},
        {"count": -1},
        {"count": "3"},
        {"count": True},
        {"extension": {"a": 1}},
    ],
)
def test_oddities_of_an_entry_harm_nothing(
    bulk: BulkServer, screen: Screen, tmp_path: Path, odd: dict[str, Any]
) -> None:
    """No name of the server's becomes one of ours."""
    bulk.script.append(lambda asked: None if asked.headers.get("authorization") else Reply(401))
    filled(bulk)
    bulk.manifest = {"output": [{**one, **odd} for one in bulk.written("1")["output"]]}
    bulk.manifest |= {"transactionTime": "2026\x1b[31m", "requiresAccessToken": "true"}
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert "\x1b" not in ran.err


def test_lines_that_cannot_be_read_are_named_with_their_file(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    filled(bulk).files["Patient-1"] += b"<html>\n"
    ran = screen(bulk.url, "--export", "system")
    assert 13 == ran.code
    assert all_warned(tmp_path / "out")
    [row] = quarantined(tmp_path / "out")
    assert ("Patient-1.ndjson", 1 + len(ward()["Patient"])) == row[:2]
