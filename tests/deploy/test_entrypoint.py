"""What the image runs, run here: in an empty folder, with nothing but the environment it gets."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.service import DEPLOY, Service, environment, image_like_folder, running
from tests.servers.local import free_port

PATIENT = "entrypoint-1"
NAME_OF_PATIENT = "Quilpworthy"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("entrypoint")) as started:
        yield started


def call(drug: str) -> dict[str, Any]:
    """A `patient-view` call of an invented patient who takes one drug, with a low potassium."""
    subject = {"reference": f"Patient/{PATIENT}"}
    day = (date.today() - timedelta(days=3)).isoformat()
    order = {
        "resourceType": "MedicationRequest",
        "id": "order-1",
        "status": "active",
        "intent": "order",
        "subject": subject,
        "authoredOn": day,
        "medicationCodeableConcept": {"text": drug},
    }
    potassium = {
        "resourceType": "Observation",
        "id": "potassium-1",
        "status": "final",
        "subject": subject,
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
        "effectiveDateTime": day,
        "valueQuantity": {
            "value": 3.1,
            "unit": "mmol/L",
            "system": "http://unitsofmeasure.org",
            "code": "mmol/L",
        },
    }
    patient = {
        "resourceType": "Patient",
        "id": PATIENT,
        "birthDate": "1957-03-09",
        "name": [{"family": NAME_OF_PATIENT}],
    }
    return {
        "hook": "patient-view",
        "hookInstance": "7d1f9a52-1f3b-4c0e-9d55-2a6f5f0f9a01",
        "context": {"userId": "Practitioner/1", "patientId": PATIENT},
        "prefetch": {
            "patient": patient,
            "medications": bundle(order),
            "potassium": bundle(potassium),
            "conditions": None,
        },
    }


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def cards(service: Service, drug: str) -> list[dict[str, Any]]:
    answer = service.post("/cds-services/cramp-review", json.dumps(call(drug)).encode())
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = json.loads(answer.body)["cards"]
    return found


def test_it_answers_a_hook_call_with_a_card(service: Service) -> None:
    """A thiazide beside a potassium of 3.1 is a warning that names the drug."""
    found = cards(service, "hydrochlorothiazide 25 MG Oral Tablet")
    assert "warning" in {card["indicator"] for card in found}
    assert any("hydrochlorothiazide" in card["summary"].lower() for card in found)


def test_a_drug_without_a_link_gets_no_warning(service: Service) -> None:
    """The card above is about the drug, not about the call."""
    found = cards(service, "amoxicillin 500 MG Oral Capsule")
    assert [] == [card for card in found if card["indicator"] != "info"]


def test_it_offers_discovery_health_and_metrics(service: Service) -> None:
    """The routes that an integrator and an operator look at first."""
    for path in ("/cds-services", "/healthz", "/readyz", "/metrics"):
        assert service.get(path).status == 200, path
    assert b"crampcheck_http_responses_total" in service.get("/metrics").body


def healthcheck(port: int) -> subprocess.CompletedProcess[str]:
    """What the image's HEALTHCHECK runs."""
    return subprocess.run(
        [sys.executable, DEPLOY / "healthcheck.py"],
        env=environment({"CRAMPCHECK_PORT": str(port)}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_health_check_tells_a_service_that_answers_from_none(service: Service) -> None:
    """0 and silence, or 1 and a sentence."""
    well = healthcheck(service.port)
    assert (0, "") == (well.returncode, well.stderr)
    ill = healthcheck(free_port())
    assert 1 == ill.returncode
    assert ill.stderr.startswith("crampcheck does not answer on 127.0.0.1:")
    assert "Traceback" not in ill.stderr


def test_no_log_line_holds_what_a_client_wrote(service: Service) -> None:
    """Query strings, broken requests and the record itself stay out of both streams."""
    cards(service, "furosemide 40 MG Oral Tablet")
    service.get("/cds-services?patient=Quilpworthy")
    service.send_raw(b"GET /cds-services?name=Quilpworthy\r\n\r\n")
    service.send_raw(b"Quilpworthy born 1957-03-09\r\n\r\n")
    service.send_raw(b"GET / HTTP/1.1\r\nQuilpworthy\x00: 1\r\n\r\n")
    output = service.output()
    assert '"path": "/cds-services"' in output
    for word in (NAME_OF_PATIENT, "1957", PATIENT, "furosemide"):
        assert word not in output, word


def test_sigterm_ends_it_cleanly(tmp_path: Path) -> None:
    """An orchestrator's stop is not a failure, and what it wrote is in the data folder."""
    with running(tmp_path) as service:
        assert 0 == service.stop()
        assert ["crampcheck-data"] == [path.name for path in (tmp_path / "empty").iterdir()]
        assert "Traceback" not in service.output()


def start(tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the entry point to its end, which has to come by itself."""
    entrypoint = image_like_folder(tmp_path / "deploy")
    return subprocess.run(
        [entrypoint],
        cwd=tmp_path,
        env=environment({"CRAMPCHECK_PORT": str(free_port()), **settings}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A file stands where the folder should be: a sentence with the remedy, and no open port."""
    (tmp_path / "data").write_text("in the way")
    ended = start(tmp_path, CRAMPCHECK_DATA=str(tmp_path / "data"))
    assert 1 == ended.returncode
    assert f"the data folder {tmp_path / 'data'} cannot be written" in ended.stderr
    assert "CRAMPCHECK_DATA" in ended.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CRAMPCHECK_PORT", "eighty"),
        ("CRAMPCHECK_WORKERS", "many"),
        ("CRAMPCHECK_TIMEOUT", "0"),
        ("CRAMPCHECK_BASE_URL", "crampcheck.example.org"),
    ],
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, name: str, value: str) -> None:
    """Exit code 2 and the variable's name; no traceback."""
    ended = start(tmp_path, **{name: value})
    assert 2 == ended.returncode
    assert name.removeprefix("CRAMPCHECK_") in ended.stderr
    assert "Traceback" not in ended.stderr


def test_knowledge_at_fault_stops_the_start_with_its_own_exit_code(tmp_path: Path) -> None:
    """The packaged knowledge is sound, so a command stands in that says what a faulty one gets."""
    command = tmp_path / "crampcheck"
    command.write_text("#!/bin/sh\necho 'terms.toml: a.b: is wrong' >&2\nexit 10\n")
    command.chmod(0o755)
    path = f"{tmp_path}:{environment({})['PATH']}"
    ended = start(tmp_path, PATH=path)
    assert (10, "terms.toml: a.b: is wrong\n") == (ended.returncode, ended.stderr)
