"""A real `$export` of a real FHIR server, by a token that a key of ours gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.plugin.cli.conftest import Run
from tests.plugin.screening.conftest import AS_OF, Export, export, lines
from tests.plugin.screening.remote.conftest import CLIENT, Screen
from tests.servers.charts import SYNTHEA, Chart, our_chart, synthea_chart
from tests.servers.conftest import OURS, THEIRS
from tests.servers.sekmet import FhirServer, sekmet

__all__ = ["export"]

OUTPUT = ("assessments.ndjson", "summary.csv")


class Registered(Struct, frozen=True):
    """A server that knows our key, who is on it, and the file of the key."""

    server: FhirServer
    charts: tuple[Chart, ...]
    key: Path

    @property
    def resources(self) -> list[dict[str, Any]]:
        return [one for chart in self.charts for one in chart.resources]


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registered]:
    from joserfc.jwk import ECKey  # noqa: PLC0415

    from plugin.fhir_client.backend import read_key  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("sekmet")
    key = folder / "key.pem"
    key.write_bytes(ECKey.generate_key("P-384").as_pem(private=True))
    charts = [our_chart(name) for name in OURS]
    if SYNTHEA.exists():
        charts.append(synthea_chart(THEIRS[0]))
    client = {
        "client_id": CLIENT,
        "jwks": read_key(key).public_set(),
        "scopes": "system/*.*",
    }
    with sekmet(folder, smart={"smart_clients": [client], "token_lifetime": 60}) as server:
        for chart in charts:
            server.load(chart.resources)
        [first, *_] = charts
        member = {"entity": {"reference": f"Patient/{first.patient}"}}
        group = {"resourceType": "Group", "id": "ward", "type": "person", "actual": True}
        server.load([{**group, "member": [member]}])
        references = [{"reference": f"Patient/{chart.patient}"} for chart in charts]
        everybody = [{"entity": one} for one in references]
        server.load([{**group, "id": "all", "member": everybody}])
        mine = {"resourceType": "List", "id": "mine", "status": "current", "mode": "working"}
        server.load([{**mine, "entry": [{"item": one} for one in references]}])
        yield Registered(server, tuple(charts), key)


@pytest.fixture
def by_key(registered: Registered, monkeypatch: pytest.MonkeyPatch) -> Registered:
    """The settings of who exports from it. Of this server a token opens the status of an export,
    and lets it be deleted, only where it opens every type.
    """
    monkeypatch.setenv("CRAMPCHECK_FHIR_CLIENT_ID", CLIENT)
    monkeypatch.setenv("CRAMPCHECK_FHIR_KEY", str(registered.key))
    monkeypatch.setenv("CRAMPCHECK_FHIR_SCOPES", "system/*.rds")
    return registered


@pytest.mark.parametrize("level", ["system", "patient", "group/all"])
def test_an_export_is_screened_as_the_same_data_from_files(
    *,
    by_key: Registered,
    screen: Screen,
    crampcheck: Run,
    export: Export,
    tmp_path: Path,
    level: str,
) -> None:
    """ES384 statement, token, export, download, delete: the same bytes as from a folder."""
    ran = screen(by_key.server.url, "--export", level)
    assert (0, "") == (ran.code, ran.out), ran.err
    folder = export({"all.ndjson": by_key.resources})
    crampcheck("screen", folder, "--out", tmp_path / "files", "--as-of", AS_OF)
    for name in OUTPUT:
        assert (tmp_path / "files" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    assert len(by_key.charts) == len(lines(tmp_path / "out" / "assessments.ndjson"))
    drugs = [
        one["ingredients"]
        for answer in lines(tmp_path / "out" / "assessments.ndjson")
        for one in answer["medications"]
    ]
    assert any(drugs)  # every one is behind a reference to a Medication
    assert [] == lines(tmp_path / "out" / "quarantine.ndjson")
    assert not (tmp_path / "out" / ".crampcheck-run").exists()
    kept = Path(by_key.key).parent / "bulk"
    assert [] == [one for one in kept.glob("*/*") if one.is_file()]  # deleted at the server


def test_a_server_that_keeps_the_export_is_said_and_the_answers_stand(
    by_key: Registered, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that opens reading only lets nothing be deleted."""
    monkeypatch.setenv("CRAMPCHECK_FHIR_SCOPES", "system/*.rs")
    ran = screen(by_key.server.url, "--export", "patient", "--types", "Patient")
    assert 0 == ran.code
    assert "could not be deleted at the server: it answered 403" in ran.err
    assert len(by_key.charts) == len(lines(tmp_path / "out" / "assessments.ndjson"))


def test_of_a_group_only_its_patients_are_screened(
    by_key: Registered, screen: Screen, tmp_path: Path
) -> None:
    """Level and id reach the server."""
    ran = screen(by_key.server.url, "--export", "group/ward")
    answers = lines(tmp_path / "out" / "assessments.ndjson")
    [first, *_] = by_key.charts
    assert [f"Patient/{first.patient}"] == [one["patient"] for one in answers], ran.err


@pytest.mark.parametrize("way", ["--group", "--list", "--patients"])
def test_patients_one_by_one_are_screened_as_the_same_data_from_files(
    *, by_key: Registered, screen: Screen, crampcheck: Run, export: Export, tmp_path: Path, way: str
) -> None:
    """By the same token; medications as references, and as many pages as the server makes."""
    names = tmp_path / "patients.txt"
    names.write_text("".join(f"Patient/{chart.patient}\n" for chart in by_key.charts))
    given = {"--group": "all", "--list": "mine", "--patients": names}[way]
    ran = screen(by_key.server.url, way, given, "--rate", "1000")
    assert (0, "") == (ran.code, ran.out), ran.err
    folder = export({"all.ndjson": by_key.resources})
    crampcheck("screen", folder, "--out", tmp_path / "files", "--as-of", AS_OF)
    for name in OUTPUT:
        assert (tmp_path / "files" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    assert len(by_key.charts) == len(lines(tmp_path / "out" / "assessments.ndjson"))
    assert [] == lines(tmp_path / "out" / "failed.ndjson")
    assert not (tmp_path / "out" / ".crampcheck-run").exists()


def test_a_group_that_is_not_there_is_said(by_key: Registered, screen: Screen) -> None:
    ran = screen(by_key.server.url, "--export", "group/none")
    assert 12 == ran.code
    assert "answered 404 with OperationOutcome (not-found)" in ran.err
    assert "request for an export" in ran.err


def test_a_key_that_is_not_registered_gets_no_token(
    by_key: Registered, screen: Screen, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRAMPCHECK_FHIR_KEY", str(key_file))
    ran = screen(by_key.server.url, "--export", "system")
    assert 12 == ran.code
    assert "the token endpoint answered 401 (invalid_client)" in ran.err
    assert "crampcheck fhir jwks" in ran.err


def test_scopes_by_type_are_refused_where_the_server_wants_all(
    by_key: Registered, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of this server a token for single types opens no export of the system."""
    monkeypatch.setenv("CRAMPCHECK_FHIR_SCOPES", "")
    ran = screen(by_key.server.url, "--export", "system")
    assert 12 == ran.code
    assert "answered 403" in ran.err


def test_what_is_printed_is_what_is_registered(by_key: Registered, crampcheck: Run) -> None:
    """Only the public half, under the name that statements carry."""
    ran = crampcheck("fhir", "jwks")
    [key] = json.loads(ran.out)["keys"]
    assert ("EC", "P-384", "ES384", "sig") == (key["kty"], key["crv"], key["alg"], key["use"])
    assert key["kid"]
    assert "d" not in key
