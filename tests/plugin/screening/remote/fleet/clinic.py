"""A small FHIR server that is searched patient by patient, as awkward as a test wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.plugin.hook_calls import order, potassium
from tests.plugin.screening.conftest import ndjson
from tests.servers.scripted import Asked, Reply, ScriptedServer, fhir

Json = dict[str, Any]
Answer = Callable[[Asked], Reply | None]

PER_PAGE = 2
TYPES = (
    "Patient", "MedicationRequest", "MedicationStatement", "MedicationDispense",
    "MedicationAdministration", "Medication", "Observation", "Specimen", "Condition",
    "AllergyIntolerance",
)  # fmt: skip


def path_of(asked: Asked) -> str:
    """`Patient/a`, or the type of a search."""
    return urlsplit(asked.path).path.removeprefix("/fhir/")


def query_of(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}


class Clinic:
    """What the server holds, who answers in its place, and how many it had to answer at once."""

    def __init__(self, server: ScriptedServer, resources: Iterable[Json]) -> None:
        self.server, self.resources = server, list(resources)
        self.instead: list[Answer] = []
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        server.script = self.answer

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def paths(self) -> list[str]:
        """What was asked for, without queries."""
        return [path_of(one) for one in self.server.asked]

    def refuse(self, path: str, *replies: Reply, patient: str = "") -> None:
        """What is asked for there, of a patient, gets these; the last one again and again."""
        waiting = list(replies)

        def answer(asked: Asked) -> Reply | None:
            if path_of(asked) != path or query_of(asked).get("patient", "") != patient:
                return None
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

        self.instead.append(answer)

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            given = (reply for answer in self.instead if (reply := answer(asked)))
            return next(given, None) or self._usual(asked)
        finally:
            with self._lock:
                self._now -= 1

    def _usual(self, asked: Asked) -> Reply:
        path, query = path_of(asked), query_of(asked)
        if path == "metadata":
            return fhir(capabilities(TYPES))
        kind, _, id_ = path.partition("/")
        if id_:
            found = [one for one in self.resources if one["id"] == id_]
            found = [one for one in found if one["resourceType"] == kind]
            return fhir(found[0]) if found else Reply(status=404)
        found = [
            one
            for one in self.resources
            if one["resourceType"] == kind and owner(one) == f"Patient/{query['patient']}"
        ]
        start = int(query.get("from", 0))
        page = found[start : start + PER_PAGE]
        bundle = searchset(page, total=len(found))
        if start + PER_PAGE < len(found):
            more = f"{self.url}/{kind}?patient={query['patient']}&from={start + PER_PAGE}"
            bundle["link"] = [{"relation": "next", "url": more}]
        return fhir(bundle)


def owner(resource: Json) -> str:
    """Whose a resource is."""
    return str((resource.get("subject") or resource.get("patient") or {}).get("reference"))


def searchset(resources: Sequence[Json], **more: Any) -> Json:
    entries = [{"resource": one, "search": {"mode": "match"}} for one in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}


def capabilities(types: Iterable[str]) -> Json:
    rest = [{"mode": "server", "resource": [{"type": one} for one in types]}]
    return {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": rest}


def patient_on_thiazide(id_: str) -> list[Json]:
    """A low potassium among others, and an order whose drug stands behind two references."""
    subject = {"reference": f"Patient/{id_}"}
    made = order("", id=f"o-{id_}", subject=subject)
    del made["medicationCodeableConcept"]
    labs = [
        {
            **potassium(value),
            "id": f"k{place}-{id_}",
            "subject": subject,
            "specimen": {"reference": f"Specimen/s-{id_}"},
        }
        for place, value in enumerate((4.1, 4.0, 3.2))
    ]
    return [
        {"resourceType": "Patient", "id": id_, "birthDate": "1950-01-01"},
        {**made, "medicationReference": {"reference": "Medication/pack"}},
        *labs,
        {"resourceType": "Specimen", "id": f"s-{id_}", "subject": subject},
    ]


def medications() -> list[Json]:
    """A pack, and what is in it."""
    inside = {"itemReference": {"reference": "Medication/thz"}}
    return [
        {"resourceType": "Medication", "id": "pack", "ingredient": [inside]},
        {
            "resourceType": "Medication",
            "id": "thz",
            "code": {"text": "hydrochlorothiazide 25 MG Oral Tablet"},
        },
    ]


def people(*ids: str) -> list[Json]:
    """Everything of these patients."""
    return [*medications(), *(one for id_ in ids for one in patient_on_thiazide(id_))]


def group(*members: Any, id_: str = "ward", **more: Any) -> Json:
    """A Group of references, or of members as they stand."""
    listed = [{"entity": {"reference": one}} if isinstance(one, str) else one for one in members]
    return {"resourceType": "Group", "id": id_, "type": "person", "member": listed, **more}


def listing(*entries: Any, id_: str = "mine", **more: Any) -> Json:
    """A List of the same."""
    listed = [{"item": {"reference": one}} if isinstance(one, str) else one for one in entries]
    return {"resourceType": "List", "id": id_, "status": "current", "entry": listed, **more}


def ids_file(folder: Path, *lines: str) -> Path:
    """A file of ids, a line each."""
    path = folder / "patients.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def as_files(folder: Path, resources: Sequence[Json]) -> Path:
    """The same resources as a source of files."""
    folder.mkdir()
    (folder / "all.ndjson").write_bytes(ndjson(resources))
    return folder
