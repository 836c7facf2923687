"""By which route: codes, words, dose forms, and what is usual for the drug."""

from __future__ import annotations

import pytest

from knowledge.model import RouteClass
from tests.plugin.reading.build import SNOMED, Json, order, person, read

HL7 = "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration"
EDQM = "http://standardterms.edqm.eu"


def _coded(code: str, system: str = SNOMED) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _route(name: str, *routes: Json, **dosage: str) -> RouteClass:
    dosages: list[Json] = [{"route": route, **dosage} for route in routes] or [{**dosage}]
    record = read(person(), order(name, dosageInstruction=dosages))
    assert () == record.unread
    return record.medications[0].route


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (_coded("26643006"), "oral"),
        (_coded("54485002"), "ophthalmic"),
        (_coded("18679011000001101"), "inhaled"),
        (_coded("6064005"), "topical"),
        (_coded("10547007"), "otic"),
        (_coded("46713006"), "nasal"),
        (_coded("37161004"), "rectal"),
        (_coded("16857009"), "vaginal"),
        (_coded("47625008"), "parenteral"),
        (_coded("78421000"), "parenteral"),
        (_coded("45890007"), "transdermal"),
        (_coded("26643006", "urn:oid:2.16.840.1.113883.6.96"), "oral"),
        (_coded("26643006", "http://snomed.info/sct/731000124108"), "oral"),
        (_coded("PO", HL7), "oral"),
        (_coded("IVINJ", HL7), "parenteral"),
        (_coded("neb", HL7), "nebulised"),
        (_coded("20051000", EDQM), "ophthalmic"),
        (_coded("PO", ""), "oral"),
        ({"text": "By mouth"}, "oral"),
        ({"text": "Ophthalmic route (qualifier value)"}, "ophthalmic"),
        ({"text": "into both eyes"}, "ophthalmic"),
        ({"text": "SubCutaneous"}, "parenteral"),
        ({"text": "apply to skin, twice"}, "topical"),
        ({"text": "Inhalation via nebulizer"}, "nebulised"),
        ({"coding": [{"system": "http://local", "code": "7", "display": "Nasal"}]}, "nasal"),
    ],
)
def test_a_route_is_known_by_code_or_by_word(route: Json, expected: str) -> None:
    """Codes of SNOMED CT, HL7 and EDQM under any name of the system, else the words."""
    assert RouteClass(expected) is _route("furosemide", route)


@pytest.mark.parametrize(
    "route", [_coded("99999999"), {"text": "Suun kautta"}, {"text": "oral or rectal"}, {}]
)
def test_a_route_that_is_not_understood_counts_as_systemic(route: Json) -> None:
    """Two routes, a foreign word or nothing: the usual route stands, as long as it is systemic."""
    assert _route("furosemide", route).systemic
    assert RouteClass.UNKNOWN is _route("amoxicillin", route)


def test_the_dose_form_and_the_usual_route_stand_in_for_a_route() -> None:
    """Without a route in the dosage the name tells, else the drug's own route."""
    assert RouteClass.OPHTHALMIC is _route("timolol 0.5% eye drops")
    assert RouteClass.INHALED is _route("Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler")
    assert RouteClass.ORAL is _route("furosemide")


def test_the_dose_form_makes_a_route_more_exact() -> None:
    """A patch on the skin is absorbed; a solution to inhale is nebulised."""
    topical, inhaled = _coded("6064005"), _coded("18679011000001101")
    patch = "72 HR Fentanyl 0.025 MG/HR Transdermal System"
    assert RouteClass.TRANSDERMAL is _route(patch, topical)
    nebules = "Albuterol 0.83 MG/ML Inhalation Solution"
    assert RouteClass.NEBULISED is _route(nebules, inhaled)
    assert RouteClass.NEBULISED is _route("albuterol", inhaled, text="2.5 mg via nebulizer")
    assert RouteClass.INHALED is _route("albuterol", inhaled, text="2 puffs")
    said = {**inhaled, "text": "by nebulizer"}
    assert RouteClass.NEBULISED is _route("albuterol", said)
    dosage = {"route": inhaled, "method": {"text": "Nebulizer"}}
    (medication,) = read(person(), order("albuterol", dosageInstruction=[dosage])).medications
    assert RouteClass.NEBULISED is medication.route


def test_what_is_written_wins_over_the_form() -> None:
    """An eye drop given by mouth is given by mouth."""
    assert RouteClass.ORAL is _route("timolol 0.5% eye drops", _coded("26643006"))


@pytest.mark.parametrize("route", ["Ophthalmic", "Topical", "right eye"])
def test_a_tablet_for_the_eye_or_the_skin_may_be_swallowed(route: str) -> None:
    """A slip of the route or of the form: a drug that holds potassium is not lost to it."""
    assert RouteClass.UNKNOWN is _route("spironolactone 25 MG Oral Tablet", {"text": route})
    assert RouteClass.UNKNOWN.systemic


def test_a_word_that_is_an_eye_in_one_country_and_a_day_in_another_is_no_route() -> None:
    """`OD` is the right eye or once a day, `OS` the left eye or by mouth. Drops say it alone."""
    for word in ("OD", "os"):
        assert _route("furosemide", {"text": word}).systemic
        assert RouteClass.OPHTHALMIC is _route("timolol 0.5% eye drops", {"text": word})


def test_of_several_routes_a_systemic_one_counts() -> None:
    """An order that may be given by mouth or on the skin may be absorbed."""
    oral, topical = _coded("26643006"), _coded("6064005")
    assert RouteClass.ORAL is _route("diclofenac", topical, oral)
    assert RouteClass.TOPICAL is _route("diclofenac", topical, topical)
    assert RouteClass.UNKNOWN is _route("amoxicillin", topical, {"text": "elsewhere"})


def test_an_unread_medication_is_local_only_where_its_route_says_so() -> None:
    """Unknown drops in the eye are no systemic exposure; an unknown pill may be."""
    for route, systemic in ((_coded("54485002"), False), (_coded("26643006"), True), ({}, True)):
        resource = order("my special remedy", dosageInstruction=[{"route": route}])
        (unread,) = read(person(), resource).unread
        assert systemic is unread.systemic
