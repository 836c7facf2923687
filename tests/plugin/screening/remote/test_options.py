"""What a user may say of a remote source, and what is no such thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.screening.remote.conftest import Screen

URL = "https://ehr.example.org/fhir"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "say what to export from it"),
        (["--export", "ward"], "'ward' is none of system, patient and group/ID"),
        (["--export", "group"], "a group needs its id"),
        (["--export", "group/../x"], "a group needs its id"),
        (["--export", "group/.."], "a group needs its id"),
        (["--export", "system/1"], "system takes no id"),
        (["--export", "system", "--types", "Patient;x"], "'Patient;x' is no resource type"),
        (["--export", "system", "--since", "2026-11-01"], "is no instant"),
        (["--export", "system", "--since", "2026-13-01T00:00:00Z"], "is no instant"),
        (["--export", "system", "--output-format", "a b"], "is no media type"),
        (["--export", "system", "--export-hours", "0"], "0"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    screen: Screen, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """Said before anything is asked or written."""
    ran = screen(URL, *arguments)
    assert 2 == ran.code
    assert words in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "option", ["--export=system", "--types=Patient", "--since=x", "--export-hours=3"]
)
def test_options_of_a_server_are_not_for_files(screen: Screen, tmp_path: Path, option: str) -> None:
    ran = screen(str(tmp_path), option)
    assert 2 == ran.code
    assert "are for a FHIR server" in ran.err


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://ehr.example.org/fhir", "is not https"),
        ("http://10.1.2.3/fhir", "is not https"),
        ("https://me:secret@ehr.example.org/fhir", "it names a user"),
        ("https://ehr.example.org/fhir?x=1", "it has a query"),
        ("https://ehr.example.org/a/../fhir", "dotted"),
        ("https://", "its host is no host name"),
    ],
)
def test_an_address_that_cannot_be_used_is_said(
    screen: Screen, tmp_path: Path, address: str, words: str
) -> None:
    """Without quoting what may be a password."""
    ran = screen(address, "--export", "system")
    assert 12 == ran.code
    assert words in ran.err
    assert "secret" not in ran.err
    assert not (tmp_path / "out").exists()


def test_a_private_network_is_asked_only_if_listed(screen: Screen) -> None:
    """A name of ours that leads into the network of this machine's owner."""
    ran = screen("https://localhost.localdomain/fhir", "--export", "system", "--types", "Patient")
    assert 12 == ran.code
    assert "may not be called" in ran.err or "could not be reached" in ran.err
