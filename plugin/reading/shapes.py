"""The resources that reading uses, one msgspec struct each, told apart by `resourceType`.

One decode per resource: `Resource` subclasses form a tagged union. `MEANING` names the elements
that must not be dropped when they are broken, because the rest would then say something else.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec import Raw, Struct

from plugin.model import EntryKind
from plugin.reading.elements import (
    ABSENT,
    Adherence,
    Annotation,
    CodeableConcept,
    CodeableReference,
    Dosage,
    Element,
    Ingredient,
    Issue,
    Link,
    Meta,
    PatientLink,
    Period,
    Quantity,
    Range,
    Reaction,
    Reference,
    ReferenceRange,
    present,
)


class Resource(Struct, rename="camel", tag_field="resourceType", frozen=True, gc=False):
    """What all resources have. `subject` is empty for one that belongs to nobody."""

    KIND: ClassVar[EntryKind] = EntryKind.OTHER
    MEANING: ClassVar[frozenset[str]] = frozenset()

    id: str = ""
    meta: Meta | None = None
    implicit_rules: str = ""
    modifier_extension: Raw = ABSENT
    contained: tuple[Raw, ...] = ()

    @property
    def modified(self) -> bool:
        """True where something that reading does not understand may change the meaning."""
        if self.modifier_extension is ABSENT:  # nearly always
            return bool(self.implicit_rules)
        return bool(self.implicit_rules) or present(self.modifier_extension)

    @property
    def owner(self) -> Reference | None:
        """The reference to the patient, under whichever name the resource has it."""
        return None


class Medicine(Resource, frozen=True, gc=False):
    """What the four medication resources have between them, in R4, R5 and (dosage) STU3."""

    KIND = EntryKind.MEDICATIONS
    MEANING = frozenset(
        {
            "status", "intent", "doNotPerform", "subject", "patient", "medicationCodeableConcept",
            "medicationReference", "medication", "adherence", "taken", "notGiven", "implicitRules",
        }
    )  # fmt: skip

    status: str = ""
    intent: str = ""
    do_not_perform: bool = False
    reported_boolean: bool = False
    reported: bool = False
    reported_reference: Raw = ABSENT
    taken: str = ""
    not_given: bool = False
    adherence: Adherence | None = None
    category: Raw = ABSENT
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    medication: CodeableReference | None = None
    subject: Reference | None = None
    patient: Reference | None = None
    authored_on: str = ""
    date_asserted: str = ""
    effective_date_time: str = ""
    effective_period: Period | None = None
    effective_dose_period: Period | None = None
    occurence_date_time: str = ""
    occurence_period: Period | None = None
    dosage_instruction: tuple[Dosage, ...] = ()
    dosage: tuple[Dosage, ...] | Dosage = ()
    rendered_dosage_instruction: str = ""
    note: tuple[Annotation, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason: tuple[CodeableReference, ...] = ()
    quantity: Quantity | None = None
    when_handed_over: str = ""
    when_prepared: str = ""

    @property
    def dosages(self) -> tuple[Dosage, ...]:
        """Every dosage instruction, under whichever name the resource has them."""
        if self.dosage_instruction:
            return self.dosage_instruction
        return (self.dosage,) if isinstance(self.dosage, Dosage) else self.dosage

    @property
    def reasons(self) -> tuple[CodeableConcept, ...]:
        """What it is given for, as R4 and R5 have it; references are not followed."""
        return self.reason_code + tuple([one.concept for one in self.reason if one.concept])

    @property
    def owner(self) -> Reference | None:
        return self.subject or self.patient


class MedicationRequest(Medicine, tag="MedicationRequest", frozen=True, gc=False):
    """An order."""


class MedicationStatement(Medicine, tag="MedicationStatement", frozen=True, gc=False):
    """What somebody says is taken."""


class MedicationUsage(Medicine, tag="MedicationUsage", frozen=True, gc=False):
    """What the ballots of R5 called MedicationStatement."""


class MedicationDispense(Medicine, tag="MedicationDispense", frozen=True, gc=False):
    """What a pharmacy handed over."""


class MedicationAdministration(Medicine, tag="MedicationAdministration", frozen=True, gc=False):
    """What was given."""


class Medication(Resource, tag="Medication", frozen=True, gc=False):
    """A product that the others refer to."""

    KIND = EntryKind.MEDICATIONS
    MEANING = frozenset({"code", "status", "ingredient", "implicitRules"})

    code: CodeableConcept | None = None
    status: str = ""
    ingredient: tuple[Ingredient, ...] = ()


_VALUES = frozenset(
    {
        "valueQuantity", "valueString", "valueInteger", "valueRange", "valueCodeableConcept",
        "valueBoolean", "valueRatio", "valueSampledData", "valueTime", "valueDateTime",
        "valuePeriod", "valueAttachment", "valueReference",
    }
)  # fmt: skip


class Component(Element, frozen=True, gc=False):
    """A coded value: one part of an Observation."""

    code: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_string: str = ""
    value_integer: int | None = None
    value_range: Range | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_boolean: Raw = ABSENT
    value_ratio: Raw = ABSENT
    value_sampled_data: Raw = ABSENT
    value_time: Raw = ABSENT
    value_date_time: Raw = ABSENT
    value_period: Raw = ABSENT
    value_attachment: Raw = ABSENT
    value_reference: Raw = ABSENT
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    reference_range: tuple[ReferenceRange, ...] = ()
    modifier_extension: Raw = ABSENT


class Observation(Resource, tag="Observation", frozen=True, gc=False):
    """A result, or a panel of them."""

    KIND = EntryKind.LABS
    MEANING = _VALUES | {"status", "code", "component", "subject", "implicitRules"}

    status: str = ""
    subject: Reference | None = None
    effective_date_time: str = ""
    effective_instant: str = ""
    effective_period: Period | None = None
    issued: str = ""
    note: tuple[Annotation, ...] = ()
    specimen: Reference | None = None
    component: tuple[Component, ...] = ()
    code: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_string: str = ""
    value_integer: int | None = None
    value_range: Range | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_boolean: Raw = ABSENT
    value_ratio: Raw = ABSENT
    value_sampled_data: Raw = ABSENT
    value_time: Raw = ABSENT
    value_date_time: Raw = ABSENT
    value_period: Raw = ABSENT
    value_attachment: Raw = ABSENT
    value_reference: Raw = ABSENT
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    reference_range: tuple[ReferenceRange, ...] = ()

    @property
    def owner(self) -> Reference | None:
        return self.subject


class Specimen(Resource, tag="Specimen", frozen=True, gc=False):
    """What a result was measured in."""

    condition: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()


class Condition(Resource, tag="Condition", frozen=True, gc=False):
    """A problem or diagnosis."""

    KIND = EntryKind.CONDITIONS
    MEANING = frozenset(
        {
            "clinicalStatus", "verificationStatus", "code", "subject", "patient", "implicitRules",
            "abatementDateTime", "abatementPeriod", "abatementBoolean",
        }
    )  # fmt: skip

    code: CodeableConcept | None = None
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    patient: Reference | None = None
    onset_date_time: str = ""
    onset_period: Period | None = None
    recorded_date: str = ""
    asserted_date: str = ""
    abatement_date_time: str = ""
    abatement_period: Period | None = None
    abatement_boolean: bool = False
    abatement_string: str = ""
    abatement_age: Raw = ABSENT
    abatement_range: Raw = ABSENT

    @property
    def owner(self) -> Reference | None:
        return self.subject or self.patient


class AllergyIntolerance(Resource, tag="AllergyIntolerance", frozen=True, gc=False):
    """An allergy or intolerance, with what it led to."""

    KIND = EntryKind.ALLERGIES
    MEANING = frozenset(
        {"clinicalStatus", "verificationStatus", "code", "reaction", "patient", "implicitRules"}
    )

    code: CodeableConcept | None = None
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    patient: Reference | None = None
    reaction: tuple[Reaction, ...] = ()
    onset_date_time: str = ""
    last_occurrence: str = ""
    recorded_date: str = ""

    @property
    def owner(self) -> Reference | None:
        return self.patient


class Patient(Resource, tag="Patient", frozen=True, gc=False):
    """The person."""

    KIND = EntryKind.PATIENT
    MEANING = frozenset({"birthDate", "deceasedBoolean", "deceasedDateTime", "implicitRules"})

    birth_date: str = ""
    gender: str = ""
    deceased_boolean: bool = False
    deceased_date_time: str = ""
    link: tuple[PatientLink, ...] = ()


class OperationOutcome(Resource, tag="OperationOutcome", frozen=True, gc=False):
    """What a server says of its own answer."""

    issue: tuple[Issue, ...] = ()


class Bundle(Resource, tag="Bundle", frozen=True, gc=False):
    """What is left of a Bundle once its entries were taken out: that there are more pages."""

    link: tuple[Link, ...] = ()


CLASSES: tuple[type[Resource], ...] = (
    MedicationRequest,
    MedicationStatement,
    MedicationUsage,
    MedicationDispense,
    MedicationAdministration,
    Medication,
    Observation,
    Specimen,
    Condition,
    AllergyIntolerance,
    Patient,
    OperationOutcome,
    Bundle,
)
