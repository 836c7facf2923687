"""A hundred patients on a real server: every way to have them gives the bytes that files give.

It takes minutes to load them, so that this is a part of `make soak`. `test_sekmet` does the same
with few.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin.cli.conftest import Run
from tests.plugin.screening.conftest import ndjson
from tests.plugin.screening.remote.conftest import CLIENT
from tests.plugin.screening.synthea import ABSENT, DAY, SOAK, SYNTHEA, Json, owner, resources
from tests.servers.sekmet import FhirServer, sekmet

pytestmark = [
    pytest.mark.skipif(not SYNTHEA.is_dir(), reason=ABSENT),
    pytest.mark.skipif(not SOAK, reason="loading a server takes minutes: CRAMPCHECK_SOAK=1"),
]
OUTPUT = ("assessments.ndjson", "summary.csv", "failed.ndjson", "quarantine.ndjson")
WAYS = (
    ("--export", "system"), ("--export", "patient"), ("--export", "group/all"), ("--group", "all"),
    ("--list", "all"), ("--patients", "ids.txt"),
)  # fmt: skip
_AT_ONCE = 500  # resources in a batch


@pytest.fixture(scope="module")
def given() -> list[Json]:
    return resources()


@pytest.fixture(scope="module")
def loaded(given: list[Json], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that has them all, a Group, a List, and the file of our key."""
    from joserfc.jwk import ECKey  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("loaded")
    (folder / "key.pem").write_bytes(ECKey.generate_key("P-384").as_pem(private=True))
    people = sorted({owner(one) for one in given})
    (folder / "ids.txt").write_text("\n".join(people))
    references = [{"reference": one} for one in people]
    group = {"resourceType": "Group", "id": "all", "type": "person", "actual": True}
    listed = {"resourceType": "List", "id": "all", "status": "current", "mode": "working"}
    with sekmet(folder) as server:
        for start in range(0, len(given), _AT_ONCE):
            server.load(given[start : start + _AT_ONCE])
        server.load([{**group, "member": [{"entity": one} for one in references]}])
        server.load([{**listed, "entry": [{"item": one} for one in references]}])
    return folder


@pytest.fixture(scope="module", params=["relative", "absolute"])
def server(request: pytest.FixtureRequest, loaded: Path) -> Iterator[FhirServer]:
    """The server, whose references are relative, or have its address before them."""
    from plugin.fhir_client.backend import read_key  # noqa: PLC0415

    jwks = read_key(loaded / "key.pem").public_set()
    client = {"client_id": CLIENT, "jwks": jwks, "scopes": "system/*.*"}
    behaviour = {"absolute_references": request.param == "absolute"}
    with sekmet(loaded, smart={"smart_clients": [client]}, behaviour=behaviour) as running:
        yield running


@pytest.mark.parametrize(("option", "value"), WAYS)
def test_every_way_gives_the_bytes_of_files(
    *,
    crampcheck: Run,
    given: list[Json],
    loaded: Path,
    server: FhirServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    value: str,
) -> None:
    monkeypatch.setenv("CRAMPCHECK_FHIR_CLIENT_ID", CLIENT)
    monkeypatch.setenv("CRAMPCHECK_FHIR_KEY", str(loaded / "key.pem"))
    monkeypatch.setenv("CRAMPCHECK_FHIR_SCOPES", "system/*.rds")
    named = loaded / value if option == "--patients" else value
    pace = () if option == "--export" else ("--rate", "1000")
    to = ("--as-of", DAY, "--out")
    ran = crampcheck("screen", server.url, option, named, *pace, *to, tmp_path / "server")
    assert (0, "") == (ran.code, ran.out), ran.err
    ran = crampcheck("screen", "-", *to, tmp_path / "files", stdin=ndjson(given))
    assert 0 == ran.code, ran.err
    for name in OUTPUT:
        ours, theirs = (tmp_path / side / name for side in ("files", "server"))
        assert ours.read_bytes() == theirs.read_bytes(), name
