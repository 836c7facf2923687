"""The values that flow through the application: a record as read, and the answer about it.

All are frozen, and none can hold itself, so that the collector need not look at them. Dates are
dates of the patient's record; instants carry their time zone. What an answer is made of (Finding,
Evidence, Offered, Withheld, ListedMedication) is encoded as it stands (`answer.py`).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from knowledge.model import Level, RouteClass
from knowledge.terminology.concept import Match


class UnreadReason(StrEnum):
    """Why an entry is not part of what was assessed."""

    NO_DRUG_NAMED = "no-drug-named"  # text or display names nothing that is a drug
    EMPTY = "empty"  # neither code nor text
    CODE_NOT_KNOWN = "code-not-known"  # only a product code; import a RxNorm release to read it
    AMBIGUOUS = "ambiguous"  # could be one of several drugs
    CONFLICT = "conflict"  # it contradicts itself, or another with its id
    SUPPLY = "supply"  # a device or supply, no drug
    NO_KNOWN_MEDICATION = "no-known-medication"  # a statement that there is none
    REFERENCE_NOT_FOUND = "reference-not-found"  # points to a Medication that was not sent
    OTHER_PATIENT = "other-patient"  # belongs to somebody else
    SUPERSEDED = "superseded"  # same type and id as a newer entry
    MALFORMED = "malformed"  # not a resource, or an element that changes meaning is broken
    UNIT_NOT_KNOWN = "unit-not-known"  # a result whose unit cannot be converted
    VALUE_NOT_READ = "value-not-read"  # a result that is no number
    DATE_NOT_READ = "date-not-read"  # a result without a usable date
    STATUS_NOT_KNOWN = "status-not-known"  # no status, or a word that FHIR does not have
    MODIFIER = "modifier-not-understood"  # a modifierExtension may change the meaning
    NOT_SENT = "not-sent"  # a wanted part of the record that the caller left out
    INCOMPLETE = "incomplete"  # more pages exist than were sent

    @property
    def raises_card(self) -> bool:
        """False for reasons that are answers in themselves."""
        return self not in (
            UnreadReason.SUPPLY,
            UnreadReason.NO_KNOWN_MEDICATION,
            UnreadReason.SUPERSEDED,
        )


class EntryKind(StrEnum):
    """What part of the record an entry belongs to; also the kinds of `unread:<kind>`."""

    MEDICATIONS = "medications"
    LABS = "labs"
    CONDITIONS = "conditions"
    ALLERGIES = "allergies"
    PATIENT = "patient"
    OTHER = "other"


class Unread(Struct, frozen=True, gc=False):
    """An entry that could not be read, with what a person needs to find it."""

    reference: str
    text: str
    reason: UnreadReason
    kind: EntryKind
    detail: str = ""
    analyte: str = ""  # for a result: the lab that it would have told about
    systemic: bool = True  # for a medication: false if its route is known to be local
    current: bool = True  # for a medication: false if its status says that it is not taken
    day: date | None = None  # for a result: its date, where that could be read


class DailyDose(Struct, frozen=True, gc=False):
    """What one entry gives of one ingredient in a day, in mg; None where it cannot be read."""

    ingredient: str
    mg: Decimal | None


class Medication(Struct, frozen=True, gc=False):
    """A medication entry that was read. Not current: listed, and fires nothing."""

    reference: str
    kind: str  # the FHIR resource type
    text: str
    current: bool
    why_not_current: str
    ingredients: tuple[str, ...]
    match: Match
    route: RouteClass
    start: date | None = None
    doses: tuple[DailyDose, ...] = ()
    not_prescribed: bool = False


class Dispense(Struct, frozen=True, gc=False):
    """A package, or several, that a pharmacy handed over."""

    reference: str
    ingredients: tuple[str, ...]
    handed_over: date | None
    packages: int
    route: RouteClass


class LabResult(Struct, frozen=True, gc=False):
    """One usable result, in the unit of its analyte (CK: in multiples of the upper limit).

    The true value lies in [low, high]; an open end is None. `low_open`/`high_open` exclude the
    limit itself, so that `>60` proves `egfr>=60` and `<2.0` proves `potassium<2.0`.
    """

    analyte: str
    reference: str
    low: Decimal | None
    high: Decimal | None
    low_open: bool
    high_open: bool
    value: Decimal | None  # as reported
    reported: str  # as reported, for a person: "3.3", ">60"
    unit: str  # as reported
    day: date
    instant: datetime | None
    suspect: bool = False
    note: str = ""  # how the value was derived, where it was: creatinine, default upper limit

    def later_than(self, other: LabResult) -> bool:
        """True where it is known to be later: by the time of both, else by the day."""
        if self.instant is not None and other.instant is not None:
            return self.instant > other.instant
        return self.day > other.day


class Problem(Struct, frozen=True, gc=False):
    """An active condition that the knowledge has a name for."""

    condition: str
    reference: str
    text: str
    onset: date | None
    recorded: date | None
    encounter_diagnosis: bool = False


class Reaction(Struct, frozen=True, gc=False):
    """A muscle reaction to a drug, from an AllergyIntolerance."""

    conditions: tuple[str, ...]
    ingredients: tuple[str, ...]
    reference: str
    day: date | None


ALLERGY = "allergy:"  # how evidence begins that is one: `allergy:lisinopril`


class Allergy(Struct, frozen=True, gc=False):
    """An allergy or intolerance on file to drugs that an option might put forward."""

    ingredients: tuple[str, ...]
    reference: str
    day: date | None
    named: str = ""  # the class, where one was named and not its drugs


class Tally(Struct, frozen=True, gc=False):
    """How many entries came in, and what became of each: the four parts add up to `entries`."""

    entries: int
    read: int
    unread: int
    set_aside: int  # of no use here: another resource type, a lab or condition no rule names
    duplicates: int  # byte-identical to another entry


class PatientRecord(Struct, frozen=True, gc=False):
    """A patient as read, sorted so that the order of entries cannot change an answer."""

    reference: str
    birth_date: date | None
    deceased: bool
    sex: str
    medications: tuple[Medication, ...]
    dispenses: tuple[Dispense, ...]
    labs: tuple[LabResult, ...]
    problems: tuple[Problem, ...]
    reactions: tuple[Reaction, ...]
    unread: tuple[Unread, ...]
    tally: Tally
    allergies: tuple[Allergy, ...] = ()


class Evidence(Struct, frozen=True, omit_defaults=True, gc=False):
    """What in the record makes a fact hold."""

    fact: str
    reference: str = ""
    value: float | int | str | None = None
    unit: str = ""
    date: str = ""
    note: str = ""  # how a value was come by, where it is not as reported


class Finding(Struct, frozen=True, gc=False, rename={"partners": "with"}):
    """What one rule says of one or more drugs. Its fields are the contract's, in its order."""

    rule: str
    level: Level
    ingredients: tuple[str, ...]
    partners: tuple[str, ...]
    summary: str
    because: tuple[Evidence, ...]
    mitigations: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Offered(Struct, frozen=True, gc=False):
    """A mitigation that its guard rails let through."""

    id: str
    kind: str
    text: str


class LabOrder(Struct, frozen=True, gc=False):
    """A lab that offered mitigations order: the ids of those, in their order."""

    lab: str
    mitigations: tuple[str, ...]


class Withheld(Struct, frozen=True, gc=False):
    """A mitigation that a rule proposed and a guard rail stopped."""

    mitigation: str
    because: tuple[Evidence, ...]


class ListedMedication(Struct, frozen=True, gc=False):
    """A medication as the answer lists it."""

    reference: str
    text: str
    current: bool
    ingredients: tuple[str, ...]
    match: Match


class FirstLook(Struct, frozen=True, gc=False):
    """What of a record tells whether anything may be found in it, and what is said if not."""

    reference: str
    birth_date: date | None
    deceased: bool
    medications: tuple[ListedMedication, ...]
    taken: frozenset[str]  # ingredients taken now by a route that reaches muscle
    unread: tuple[Unread, ...]


class NotAssessed(StrEnum):
    """Why a patient as a whole was not assessed."""

    UNDER_18 = "under-18"
    DECEASED = "deceased"


class Assessment(Struct, frozen=True, gc=False):
    """The answer about one patient. `also` are weaker links, for expansion only; `orders` are what
    the offered mitigations order, which a hook's card offers and the contract does not carry.
    """

    patient: str
    as_of: date
    knowledge_version: str
    level: Level
    medications: tuple[ListedMedication, ...]
    findings: tuple[Finding, ...]
    mitigations: tuple[Offered, ...]
    withheld: tuple[Withheld, ...]
    unread: tuple[Unread, ...]
    also: tuple[str, ...] = ()
    not_assessed: NotAssessed | None = None
    orders: tuple[LabOrder, ...] = ()
