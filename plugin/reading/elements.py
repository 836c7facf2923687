"""The FHIR data types, with the elements that reading needs and no others.

R4, R4B and R5 names stand side by side. Unknown elements are skipped; an element that changes
meaning must be declared here, or it would be skipped in silence.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Raw, Struct

from knowledge.terminology.concept import Coding

ABSENT = Raw()  # the default of an element of which only the presence matters
_NOTHING = frozenset({b"", b"null", b"[]", b"{}", b"false"})


def present(raw: Raw) -> bool:
    """True where an element was sent with something in it."""
    return raw is not ABSENT and bytes(raw).strip() not in _NOTHING


class Element(Struct, rename="camel", frozen=True, gc=False):
    """Base of the data types."""


class CodeableConcept(Element, frozen=True):
    """Codes and a text for one idea."""

    coding: tuple[Coding, ...] = ()
    text: str = ""

    @property
    def label(self) -> str:
        """What a person reads: the text, else a display, else a code."""
        if self.text:
            return self.text
        for coding in self.coding:
            if coding.display:
                return coding.display
        return next((coding.code for coding in self.coding if coding.code), "")

    @property
    def word(self) -> str:
        """The concept as one status word: the first code, else the text, in lower case."""
        for coding in self.coding:
            if coding.code:
                return coding.code.strip().lower()
        return self.text.strip().lower()


class Reference(Element, frozen=True):
    """A pointer to another resource, and what a person would read there."""

    reference: str = ""
    display: str = ""


class CodeableReference(Element, frozen=True):
    """R5: a concept or a reference."""

    concept: CodeableConcept | None = None
    reference: Reference | None = None


class Quantity(Element, frozen=True):
    """A measured amount."""

    value: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


class Range(Element, frozen=True):
    """From low to high."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element, frozen=True):
    """So much of one thing to so much of another."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Element, frozen=True):
    """From start to end."""

    start: str = ""
    end: str = ""


class Annotation(Element, frozen=True):
    """A note."""

    text: str = ""


class Meta(Element, frozen=True):
    """Which version of the resource this is."""

    last_updated: str = ""
    version_id: str = ""


class Repeat(Element, frozen=True):
    """When a dose is repeated, and within which bounds."""

    bounds_period: Period | None = None
    bounds_duration: Quantity | None = None
    frequency: int | None = None
    frequency_max: int | None = None
    period: Decimal | None = None
    period_max: Decimal | None = None
    period_unit: str = ""
    day_of_week: tuple[str, ...] = ()
    time_of_day: tuple[str, ...] = ()
    when: tuple[str, ...] = ()


class Timing(Element, frozen=True):
    """When a dose is given: a schedule, or a code such as BID."""

    repeat: Repeat | None = None
    code: CodeableConcept | None = None
    event: Raw = ABSENT
    modifier_extension: Raw = ABSENT


class DoseAndRate(Element, frozen=True):
    """How much of the medication is given at a time."""

    type: CodeableConcept | None = None
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None


class Dosage(Element, frozen=True):
    """One dosage instruction. STU3 has `dose_quantity` beside `timing`."""

    sequence: int | None = None
    text: str = ""
    additional_instruction: tuple[CodeableConcept, ...] = ()
    patient_instruction: str = ""
    timing: Timing | None = None
    as_needed_boolean: bool = False
    as_needed: bool = False
    as_needed_codeable_concept: Raw = ABSENT
    as_needed_for: Raw = ABSENT
    route: CodeableConcept | None = None
    method: CodeableConcept | None = None
    dose_and_rate: tuple[DoseAndRate, ...] = ()
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    modifier_extension: Raw = ABSENT


class Adherence(Element, frozen=True):
    """R5: whether a statement's medication is taken."""

    code: CodeableConcept | None = None


class ReferenceRange(Element, frozen=True):
    """What a laboratory calls normal."""

    high: Quantity | None = None
    type: CodeableConcept | None = None
    text: str = ""


class Manifestation(Element, frozen=True):
    """A sign of a reaction: R4's CodeableConcept and R5's CodeableReference in one."""

    coding: tuple[Coding, ...] = ()
    text: str = ""
    concept: CodeableConcept | None = None

    @property
    def what(self) -> CodeableConcept:
        return self.concept or CodeableConcept(self.coding, self.text)


class Reaction(Element, frozen=True):
    """What an allergy led to."""

    substance: CodeableConcept | None = None
    manifestation: tuple[Manifestation, ...] = ()
    onset: str = ""


class Ingredient(Element, frozen=True):
    """What a Medication is made of, and how much of it in each: R4's and R5's names.

    A strength is decoded by those who need it (`strengths.py`), so that a broken one cannot hide
    the drug.
    """

    item_codeable_concept: CodeableConcept | None = None
    item_reference: Reference | None = None
    item: CodeableReference | None = None
    is_active: Raw = ABSENT
    strength: Raw = ABSENT
    strength_ratio: Raw = ABSENT
    strength_quantity: Raw = ABSENT


class Issue(Element, frozen=True):
    """One fault of an OperationOutcome."""

    severity: str = ""
    code: str = ""


class PatientLink(Element, frozen=True):
    """That another record is, or was, of the same person."""

    type: str = ""


class Link(Element, frozen=True):
    """A link of a Bundle."""

    relation: str = ""
    url: str = ""
