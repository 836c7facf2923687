"""Whose record it is: one patient, or a sentence that says so."""

from __future__ import annotations

import json
from datetime import date

import pytest

from plugin.errors import InputUnreadable
from plugin.model import EntryKind, UnreadReason
from plugin.reading.source import RawEntry
from tests.plugin.reading.build import (
    Json,
    bundle,
    dispense,
    lab,
    order,
    person,
    problem,
    read,
    read_bytes,
    read_entries,
    without,
)

NUMBER = {"system": "https://numbers.example/", "value": "1"}
UUID = "urn:uuid:0A1B2C3D-0000-4000-8000-000000000001"


def test_the_patient_tells_age_and_sex() -> None:
    """And what the record is called."""
    record = read(person())
    assert ("Patient/p1", date(1960, 5, 4), "female", False) == (
        record.reference,
        record.birth_date,
        record.sex,
        record.deceased,
    )


@pytest.mark.parametrize(
    ("elements", "born", "reasons"),
    [
        ({"birthDate": "1960"}, date(1960, 1, 1), []),
        ({"birthDate": "1960-05"}, date(1960, 5, 1), []),
        ({"birthDate": None}, None, []),
        ({"birthDate": "May 1960"}, None, [UnreadReason.DATE_NOT_READ]),
        ({"birthDate": {"year": 1960}}, None, [UnreadReason.MALFORMED]),
        ({"birthDate": "2060-05-04"}, None, [UnreadReason.DATE_NOT_READ]),
        ({"birthDate": "9999-12-31"}, None, [UnreadReason.DATE_NOT_READ]),
        ({"modifierExtension": [{"url": "u"}]}, None, [UnreadReason.MODIFIER]),
    ],
)
def test_a_birth_date_is_read_at_any_precision_or_said(
    elements: Json, born: date | None, reasons: list[UnreadReason]
) -> None:
    """Without an age there is no assessment, so the reason matters."""
    record = read(person(**elements))
    assert born == record.birth_date
    assert [(reason, EntryKind.PATIENT) for reason in reasons] == [
        (unread.reason, unread.kind) for unread in record.unread
    ]


@pytest.mark.parametrize(
    ("elements", "deceased"),
    [
        ({"deceasedBoolean": True}, True),
        ({"deceasedBoolean": False}, False),
        ({"deceasedDateTime": "2026-10-31"}, True),
        ({"deceasedDateTime": "some day"}, True),
        ({"deceasedDateTime": "2026-11-02"}, False),
    ],
)
def test_death_is_read_as_of_the_date(elements: Json, deceased: bool) -> None:
    """A date of death that cannot be read is still a death."""
    assert deceased is read(person(**elements)).deceased


@pytest.mark.parametrize(
    ("subject", "url"),
    [
        ("Patient/p1", ""),
        ("Patient/p1/_history/2", ""),
        ("https://ehr.example/fhir/Patient/p1", ""),
        ("urn:uuid:p1", ""),
        ("p1", ""),
        (UUID, UUID.lower()),
        ("#p1", ""),
        ("", ""),
    ],
)
def test_the_patients_own_entries_are_known_by_every_kind_of_reference(
    subject: str, url: str
) -> None:
    """Relative, absolute, versioned, urn:uuid, contained, or none at all."""
    resource = order(subject={"reference": subject})
    record = read(person(), resource, urls={0: url} if url else {})
    assert ((), 1) == (record.unread, len(record.medications))


def test_another_patients_entries_are_said_and_not_used() -> None:
    """Beside one Patient, with nothing of the other's text."""
    other = {"reference": "Patient/other"}
    mine = [person(), order(id="mine")]
    theirs = [
        order("spironolactone", subject=other, id="m9"),
        dispense(subject=other),
        lab(subject=other),
        problem(subject=other),
    ]
    record = read(*mine, *theirs)
    assert ["MedicationRequest/mine"] == [m.reference for m in record.medications]
    assert ((), (), ()) == (record.dispenses, record.labs, record.problems)
    assert {(UnreadReason.OTHER_PATIENT, "")} == {(u.reason, u.text) for u in record.unread}
    assert (4, {"medications", "labs", "conditions"}) == (
        record.tally.unread,
        {unread.kind.value for unread in record.unread},
    )


@pytest.mark.parametrize("other", [person(id="p2"), without(person(birthDate="1961-01-01"), "id")])
def test_two_patients_in_one_input_are_refused(other: Json) -> None:
    """The sentence names the command for many patients."""
    with pytest.raises(InputUnreadable, match="crampcheck screen"):
        read(person(), other, order())


def test_the_same_patient_twice_is_one_patient() -> None:
    """Two versions of a Patient are no two patients."""
    old = person(gender="unknown", meta={"lastUpdated": "2020-01-01T00:00:00Z"})
    new = person(meta={"lastUpdated": "2026-01-01T00:00:00Z"})
    for patients in ([old, new], [new, old]):
        record = read(*patients)
        assert "female" == record.sex
        assert [UnreadReason.SUPERSEDED] == [unread.reason for unread in record.unread]


@pytest.mark.parametrize("newer", ["2026-01-01T00:00:00Z", "2020-01-01T00:00:00Z"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"birthDate": "1959-01-01"}, {}),
        ({"name": [{"family": "Ant"}]}, {"name": {"family": "Bee", "given": ["Cy"]}}),
        ({"identifier": [NUMBER]}, {"identifier": [{**NUMBER, "value": "2"}]}),
    ],
)
def test_two_patients_with_one_id_that_may_be_two_people_are_a_conflict(
    one: Json, other: Json, newer: str
) -> None:
    """Whether or not one of them is newer, and where all else that is read of them is the same."""
    old = person(**one, meta={"lastUpdated": "2020-01-01T00:00:00Z"})
    new = person(**other, meta={"lastUpdated": newer})
    for patients in ([old, new], [new, old]):
        unread = read(*patients, order()).unread
        said = [each for each in unread if each.reason is UnreadReason.CONFLICT]
        assert {"Patient/p1"} == {each.reference for each in said}
        assert all("two people" in each.detail for each in said)
        assert not any(word in str(unread) for word in ("Ant", "Bee", "1959"))


@pytest.mark.parametrize(
    "other",
    [
        {"birthDate": "1960"},
        {"birthDate": ""},
        {"name": [{"family": "Bee", "given": ["ann"]}]},
        {"identifier": [{"system": "t", "value": "2"}]},
        {"identifier": [{"system": "s"}, {"value": ""}]},
        {"identifier": [{"system": "s", "value": "1"}, {"system": "s", "value": "2"}]},
    ],
)
def test_a_patient_who_is_told_more_of_or_less_is_one_person(other: Json) -> None:
    """A name of marriage, another number, a year alone: versions of one, and said as such."""
    known = {"name": [{"text": "Ann Ant"}], "identifier": [{"system": "s", "value": "1"}]}
    old = person(**known, gender="male", meta={"lastUpdated": "2020-01-01T00:00:00Z"})
    new = person(**{**known, **other}, meta={"lastUpdated": "2026-01-01T00:00:00Z"})
    assert [UnreadReason.SUPERSEDED] == [each.reason for each in read(old, new, order()).unread]


def test_without_a_patient_the_one_subject_is_meant() -> None:
    """A medication list may come without the Patient resource."""
    record = read(order(), lab(), without(problem(), "subject"))
    assert ("Patient/p1", None, "", 1, 1, 1) == (
        record.reference,
        record.birth_date,
        record.sex,
        len(record.medications),
        len(record.labs),
        len(record.problems),
    )


def test_without_a_patient_two_subjects_are_refused() -> None:
    """They are as good as two Patients."""
    with pytest.raises(InputUnreadable, match=r"2 patients.*crampcheck screen"):
        read(order(), lab(subject={"reference": "Patient/p2"}))


def test_a_bundle_of_something_else_is_a_record_of_nobody() -> None:
    """Nothing is read, and all of it is counted."""
    record = read({"resourceType": "Appointment", "id": "x"}, {"resourceType": "Slot"})
    assert ("", 2, ()) == (record.reference, record.tally.set_aside, record.unread)


@pytest.mark.parametrize("patient", ["Patient/p1", "p1", "https://ehr.example/fhir/Patient/p1"])
def test_the_caller_may_say_whose_record_it_is(patient: str) -> None:
    """Then another Patient is another patient, and no reason to refuse."""
    record = read(person(), person(id="p2"), order(), patient=patient)
    assert ("Patient/p1", date(1960, 5, 4), 1) == (
        record.reference,
        record.birth_date,
        len(record.medications),
    )
    assert [("Patient/p2", UnreadReason.OTHER_PATIENT)] == [
        (unread.reference, unread.reason) for unread in record.unread
    ]


def test_the_named_patient_is_known_by_the_address_of_its_resource() -> None:
    """A transaction Bundle refers to it by urn:uuid."""
    resource = order(subject={"reference": UUID})
    record = read(person(), resource, urls={0: UUID}, patient="Patient/p1")
    assert ((), 1) == (record.unread, len(record.medications))


def test_a_patient_without_id_is_the_named_one_if_there_is_no_other() -> None:
    """A prefetch answer may leave the id out."""
    record = read(without(person(), "id"), order(), patient="Patient/p1")
    assert (date(1960, 5, 4), ()) == (record.birth_date, record.unread)


def test_entries_of_nobody_known_go_with_the_named_patient() -> None:
    """No Patient was sent, and the caller knows whose list it asked for."""
    record = read(without(order(), "subject"), patient="Patient/p1")
    assert ("Patient/p1", 1) == (record.reference, len(record.medications))


def test_ndjson_is_read_like_a_bundle() -> None:
    """The form of the input makes no difference to the record."""
    resources = [person(), order(), lab(), problem()]
    lines = "\n".join(json.dumps(resource) for resource in resources).encode()
    assert read_bytes(bundle(*({"resource": r} for r in resources))) == read_bytes(lines)


def test_a_patient_whose_id_no_reference_can_name_is_shown_by_it() -> None:
    """A slash is no part of an id: the caller's name is cut there, and the id is not."""
    entry = RawEntry(json.dumps(person(id="a/b")).encode())
    assert "Patient/a%2Fb" == read_entries([entry], patient="Patient/a/b").reference


def test_a_patient_without_an_id_goes_by_its_address() -> None:
    """In a Bundle that may be all there is."""
    entry = RawEntry(json.dumps(without(person(), "id")).encode(), full_url="urn:uuid:0b1d")
    assert "urn:uuid:0b1d" == read_entries([entry]).reference


def test_an_item_of_a_list_that_is_no_object_is_said_and_the_rest_is_read() -> None:
    """It may have been a drug."""
    record = read_bytes(b"[3, " + json.dumps(person()).encode() + b"]")
    assert "Patient/p1" == record.reference
    assert [UnreadReason.MALFORMED] == [one.reason for one in record.unread]


OTHER = {"reference": "Patient/p2"}


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ([{"other": OTHER, "type": "replaced-by"}], True),
        ([{"other": OTHER, "type": "seealso"}, {"type": "replaced-by"}], True),
        ([{"other": OTHER, "type": "replaces"}], False),
        ([{"other": OTHER, "type": "seealso"}], False),
        ([{"other": OTHER}], False),
        ("Patient/p2", False),
        ([], False),
    ],
)
def test_a_record_that_was_replaced_by_another_is_said_not_to_be_complete(
    link: object, said: bool
) -> None:
    """Later orders are in the other, so that finding nothing here would tell nothing."""
    record = read(person(link=link), order())
    assert [(UnreadReason.INCOMPLETE, EntryKind.PATIENT)] * said == [
        (one.reason, one.kind) for one in record.unread
    ]
    assert (date(1960, 5, 4), 1) == (record.birth_date, len(record.medications))
