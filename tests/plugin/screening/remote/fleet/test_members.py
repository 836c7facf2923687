"""Whom a Group, a List or a file names, and who is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.plugin.screening.conftest import lines
from tests.plugin.screening.remote.conftest import Screen
from tests.plugin.screening.remote.fleet.clinic import Clinic, group, ids_file, listing
from tests.servers.scripted import Reply, fhir


def screened(out: Path) -> list[str]:
    return [one["patient"].removeprefix("Patient/") for one in lines(out / "assessments.ndjson")]


def member(reference: str, **more: Any) -> dict[str, Any]:
    return {"entity": {"reference": reference}, **more}


def test_members_of_now_are_screened_and_others_counted(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    clinic.resources.append(
        group(
            member("Patient/a", inactive=True),
            member("Patient/b", period={"end": "2026-10"}),
            member("Patient/c", period={"start": "2026-11", "end": "2026"}),
            member("Patient/a", period={"start": "2026-11-02"}),
            member("Practitioner/p"),
            {"entity": {"type": "Device", "identifier": {"value": "x"}}},
            "Patient/c",
        )
    )
    ran = screen(clinic.url, "--group", "ward")
    assert 0 == ran.code, ran.err
    assert ["c"] == screened(tmp_path / "out")
    assert "1 inactive members, 2 members of another time, 2 that are no patients" in ran.err
    assert "Patient/a" not in clinic.paths


def test_entries_of_a_list_that_were_removed_are_left_out(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    clinic.resources.append(
        listing({"item": {"reference": "Patient/a"}, "deleted": True}, "Patient/b")
    )
    ran = screen(clinic.url, "--list", "mine")
    assert 0 == ran.code, ran.err
    assert ["b"] == screened(tmp_path / "out")
    assert "1 removed entries" in ran.err


def test_groups_in_groups_are_followed_and_circles_end(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    clinic.resources += [
        group("Group/two", "Patient/a"),
        group("Group/ward", "List/mine", f"{clinic.url}/Patient/b", id_="two"),
        listing("Patient/a", "Patient/c/_history/3"),
    ]
    ran = screen(clinic.url, "--group", "ward")
    assert 0 == ran.code, ran.err
    assert ["a", "b", "c"] == screened(tmp_path / "out")
    assert 1 == clinic.paths.count("Group/ward") == clinic.paths.count("Patient/a")


@pytest.mark.parametrize(
    "strange",
    ["https://other.example.org/fhir/Patient/a", "Patient/../a", "#a", "urn:uuid:a", "", 3, None],
)
def test_members_whom_nobody_can_ask_for_are_named_as_missing(
    clinic: Clinic, screen: Screen, tmp_path: Path, strange: Any
) -> None:
    """They may be patients; the others are screened."""
    clinic.resources.append(group({"entity": {"reference": strange}}, "Patient/a"))
    ran = screen(clinic.url, "--group", "ward")
    assert 13 == ran.code
    assert ["a"] == screened(tmp_path / "out")
    [row] = lines(tmp_path / "out" / "quarantine.ndjson")
    assert ("Group/ward", 0) == (row["file"], row["line"])
    assert "has 1 members that name no patient of this server" in row["reason"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (group("Patient/a", actual=False), "describes whom it means"),
        (group("Patient/a", membership="definitional"), "describes whom it means"),
        (group("Patient/a", id_="other"), "answered with another resource"),
        ({"resourceType": "OperationOutcome", "id": "ward"}, "answered with another resource"),
    ],
)
def test_a_group_that_lists_nobody_is_no_source(
    clinic: Clinic, screen: Screen, tmp_path: Path, given: dict[str, Any], words: str
) -> None:
    clinic.refuse("Group/ward", fhir(given))
    ran = screen(clinic.url, "--group", "ward")
    assert 12 == ran.code
    assert words in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("inner", ["Group/none", "List/none"])
def test_a_group_in_a_group_that_cannot_be_read_ends_the_run(
    clinic: Clinic, screen: Screen, tmp_path: Path, inner: str
) -> None:
    """Nobody knows who is missing."""
    clinic.resources.append(group("Patient/a", inner))
    ran = screen(clinic.url, "--group", "ward")
    assert 12 == ran.code
    assert f"{inner}: it answered 404" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_group_without_a_patient_is_said(clinic: Clinic, screen: Screen, tmp_path: Path) -> None:
    clinic.resources.append(group(member("Patient/a", inactive=True)))
    ran = screen(clinic.url, "--group", "ward")
    assert 11 == ran.code
    assert "Group/ward names no patient to screen; left out" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_file_of_ids_may_have_remarks_and_its_bad_lines_are_named(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    """The others are screened, each once. No line is quoted: it may hold a name."""
    path = ids_file(tmp_path)
    path.write_bytes(
        b"\xef\xbb\xbf# of ward 3\r\n\r\nPatient/a # in room 1\r\na\r\nJane Doe\r\n../b\r\n"
        b"Group/ward\r\n\xff\r\n" + b"x" * 10_000 + f"\n{clinic.url}/Patient/c".encode()
    )
    ran = screen(clinic.url, "--patients", path)
    assert 13 == ran.code
    assert ["a", "c"] == screened(tmp_path / "out")
    rows = lines(tmp_path / "out" / "quarantine.ndjson")
    assert [f"patients.txt line {n}" for n in (5, 6, 7, 8, 9)] == [one["file"] for one in rows]
    assert "1 line names a patient again" in ran.err
    assert "Jane" not in ran.err + str(rows)


@pytest.mark.parametrize("content", [None, "", "# nobody\n", "a b\n"])
def test_a_file_that_names_nobody_is_said(
    clinic: Clinic, screen: Screen, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "patients.txt"
    if content is not None:
        path.write_text(content)
    ran = screen(clinic.url, "--patients", path)
    assert 11 == ran.code
    assert ("names no patient" if content is not None else "cannot be read") in ran.err
    assert [] == clinic.server.asked
    assert not (tmp_path / "out").exists()


def test_a_large_group_is_read_whole(clinic: Clinic, screen: Screen, tmp_path: Path) -> None:
    """Ten thousand members, of whom nearly all have left."""
    left = [member(f"Patient/x{n}", period={"end": "2020"}) for n in range(10_000)]
    clinic.resources.append(group(*left, "Patient/b"))
    ran = screen(clinic.url, "--group", "ward")
    assert 0 == ran.code, ran.err
    assert ["b"] == screened(tmp_path / "out")
    assert "10000 members of another time" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--group", "../x"], "--group takes an id"),
        (["--list", "List/mine"], "--list takes an id"),
        (["--group", "a", "--list", "b"], "--group and --list exclude each other"),
        (["--group", "a", "--export", "system"], "--export and --group exclude each other"),
        (["--group", "a", "--types", "Patient"], "--types is for --export"),
        (["--export", "system", "--rate", "3"], "--rate is not for --export"),
        (["--rate", "3"], "or whom to fetch"),
        (["--group", "a", "--concurrency", "0"], "0"),
        (["--group", "a", "--rate", "0"], "0"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    clinic: Clinic, screen: Screen, tmp_path: Path, arguments: list[str], words: str
) -> None:
    ran = screen(clinic.url, *arguments)
    assert 2 == ran.code
    assert words in ran.err
    assert [] == clinic.server.asked
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--group=a", "--list=a", "--patients=a", "--rate=2"])
def test_the_options_are_not_for_files(screen: Screen, tmp_path: Path, option: str) -> None:
    ran = screen(str(tmp_path), option)
    assert 2 == ran.code
    assert "are for a FHIR server" in ran.err


def test_nobody_is_let_in_without_a_token_that_counts(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    clinic.refuse("Patient/a", Reply(status=401))
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "a", "b"), "--concurrency", "1")
    assert 12 == ran.code
    assert "it answered 401" in ran.err
    assert not (tmp_path / "out").exists()
