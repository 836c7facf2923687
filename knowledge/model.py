"""The knowledge as frozen values: what every data file becomes once it has been read and checked.

Names follow the field: RxNorm ingredient names, LOINC analytes, UCUM units. Every statement that a
clinician may read carries `Citation`s, and every file carries a `Review`.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from knowledge.enums import Level, RouteClass, Status, Tier
from knowledge.review import FileReview
from knowledge.site import SiteDrugCode, SiteOrderCode, SiteOverlay
from knowledge.vocabulary import Condition

__all__ = ["Level", "RouteClass", "Status", "Tier"]  # with the classes below


class Citation(Struct, frozen=True):
    """Where a statement comes from: an id of sources.toml, and the place within that source."""

    source: str
    locator: str


class SourceAttribute(Struct, frozen=True):
    """One of the thirteen source attributes of 45 CFR 170.315(b)(11)(iv)(A)."""

    id: str
    paragraph: int  # 1 to 13
    name: str
    answer: str  # stated | none | used | not-used
    text: str
    sources: tuple[Citation, ...]


class Source(Struct, frozen=True):
    """A publication, label or dataset, cited by `id`."""

    id: str
    title: str
    kind: (
        str  # study | label | guideline | regulator | reference | dataset | design-choice | recall
    )
    identifier: str = ""  # PMID, DOI or edition, as the field writes it
    url: str = ""
    year: int | None = None
    file: str = ""


class Claim(Struct, frozen=True):
    """One sentence of evidence, in our words."""

    kind: str  # signal | mechanism | label-rate | guard | identity
    text: str
    status: Status
    sources: tuple[Citation, ...]


# The kind of claim that a drug's signal tier rests on.
SIGNAL = "signal"


class Code(Struct, frozen=True):
    """A code of an ingredient: system is `rxnorm`, `atc`, `snomed` or `unii`."""

    system: str
    code: str
    status: Status
    source: str


class IngredientMechanism(Struct, frozen=True):
    """A mechanism of one ingredient, and whether that was found in a source."""

    id: str
    status: Status


class Mechanism(Struct, frozen=True):
    """How a drug can lead to cramps, and the lab that shows it.

    A `clinical` mechanism has no lab and counts with a muscle symptom. One with neither (raising
    the level of another drug, say) never makes its drug a culprit. Without an `analyte`, the
    abnormal result counts, but an unmeasured lab makes nobody suspect the drug.
    """

    id: str
    label: str
    analyte: str = ""
    abnormal: Condition = ()
    clinical: bool = False
    sources: tuple[Citation, ...] = ()


class Ingredient(Struct, frozen=True):
    """One active ingredient; `name` is RxNorm's ingredient name in lower case."""

    name: str
    inn: str
    group: str
    tier: Tier
    tier_status: Status
    evidence: str  # own | class: what a tier rests on
    mechanisms: tuple[IngredientMechanism, ...]
    codes: tuple[Code, ...]
    synonyms: tuple[str, ...]
    salts: tuple[str, ...]
    brands: tuple[str, ...]
    default_route: RouteClass
    claims: tuple[Claim, ...]
    file: str

    @property
    def effective_tier(self) -> Tier:
        """The tier that may act: an unconfirmed 1 or 2 is only listed."""
        acts = self.tier in (Tier.ALONE, Tier.TOGETHER)
        return Tier.LISTED if acts and self.tier_status is Status.UNCONFIRMED else self.tier


class Group(Struct, frozen=True):
    """A drug group: the one of a file, or a named union of groups and ingredients."""

    id: str
    label: str
    rank: int  # order within a level: a group's adjusted sequence ratio times 100, 0 if not known
    members: frozenset[str]  # ingredient names, expanded
    claims: tuple[Claim, ...] = ()
    never_propose: bool = False
    never_stopped: bool = False
    file: str = ""


class Product(Struct, frozen=True):
    """A brand or named product and what is in it."""

    name: str
    ingredients: tuple[str, ...]
    route: RouteClass
    status: Status
    source: str


class LabCode(Struct, frozen=True):
    """A LOINC code of an analyte. `trusted` limits outside which the specimen makes it suspect."""

    loinc: str
    name: str
    status: Status
    specimen: str = ""
    trusted: tuple[Decimal, Decimal] | None = None
    already_corrected: bool = False
    system: str = ""  # a site's own code system, whose code `loinc` then is; empty for LOINC


class LabUnit(Struct, frozen=True):
    """A unit that results come in: value in the analyte's unit = value times `factor`."""

    spellings: tuple[str, ...]
    factor: Decimal


class Lab(Struct, frozen=True):
    """An analyte: its codes, the unit that its cuts are in, and every cut that a rule may name."""

    id: str
    label: str
    unit: str
    codes: tuple[LabCode, ...]
    units: tuple[LabUnit, ...]
    cuts: tuple[Decimal, ...]
    multiple_of_upper_limit: bool = False
    default_upper_limit: Decimal | None = None
    order_loinc: str = ""
    sources: tuple[Citation, ...] = ()
    site_order: SiteOrderCode | None = None  # comes before `order_loinc`
    answered_by: tuple[str, ...] = ()  # labs whose result means that this one was measured


class ConditionCode(Struct, frozen=True):
    """A code of a condition. An ICD-10-CM code that ends in `-` matches all below it."""

    system: str  # icd10cm | snomed
    code: str
    status: Status


class ClinicalCondition(Struct, frozen=True):
    """A condition that rules may name, with its codes and the texts that name it exactly."""

    id: str
    label: str
    symptom: bool
    codes: tuple[ConditionCode, ...]
    texts: tuple[str, ...]
    sources: tuple[Citation, ...] = ()
    reason_for: tuple[str, ...] = ()  # drugs and groups of which the reason of an order names it


class Constant(Struct, frozen=True):
    """A number of a formula or window, with the source it comes from."""

    id: str
    value: Decimal
    unit: str
    text: str
    sources: tuple[Citation, ...] = ()


class Term(Struct, frozen=True):
    """A named combination of facts, so that a reviewer reads words."""

    name: str
    label: str
    condition: Condition


class Raise(Struct, frozen=True):
    """A higher level, and when it applies."""

    to: Level
    when: Condition


class Note(Struct, frozen=True):
    """A sentence added to a finding when its condition holds; it changes no level."""

    when: Condition
    text: str


class Example(Struct, frozen=True):
    """Facts over which a rule fires, or narrowly does not. `drug` is the ingredient tried."""

    drug: str
    facts: tuple[str, ...]
    fires: bool
    partner: str = ""
    level: Level | None = None


class Rule(Struct, frozen=True):
    """For which drug, when, and what it then says and suggests."""

    id: str
    rows: tuple[str, ...]  # the policy rows that it carries out
    drug: str  # ingredient, group, `any`, or `flagged` (every drug another rule flagged)
    when: Condition
    unless: Condition  # any one of these stops it
    partner: str  # the `with` key: ingredient, group or an interaction fact; empty for none
    level: Level
    raises: tuple[Raise, ...]
    replaces: tuple[str, ...]
    summary: str
    notes: tuple[Note, ...]
    suggest: tuple[str, ...]
    sources: tuple[Citation, ...]
    examples: tuple[Example, ...]
    file: str
    also: str = ""  # ingredient or group named as partner when taken; not required
    covers: tuple[str, ...] = ()  # lesser rules that it replaces for the partners it names
    yields_to: tuple[str, ...] = ()  # rules that say the same of any drug, and better


class Adjustment(Struct, frozen=True):
    """What else to offer, or to say, when a mitigation is offered and a condition holds."""

    when: Condition
    add: tuple[str, ...]
    text: str = ""


class Mitigation(Struct, frozen=True):
    """An option for the clinician, with the guard rails that travel with it."""

    id: str
    kind: str
    text: str
    proposes: tuple[str, ...]  # ingredients or groups that it puts forward
    can_harm: bool
    offer_when: Condition
    withhold_when: tuple[Condition, ...]
    adjust: tuple[Adjustment, ...]
    sources: tuple[Citation, ...]
    unprompted: bool = False  # weighed for every patient, with no rule proposing it
    warns_of: tuple[str, ...] = ()  # what is never proposed, and named all the same
    orders: tuple[str, ...] = ()  # labs that it orders, where no current result is on file
    repeats: tuple[str, ...] = ()  # those of them that it orders whatever is on file
    leads_to: tuple[str, ...] = ()  # ingredients or groups that a person may choose of it


# Effects of a row of the interaction table.
CONTRAINDICATED, DOSE_CAP = "contraindicated", "dose-cap"
CAUTION, NO_INTERACTION = "caution", "none"


class Interaction(Struct, frozen=True):
    """One row of a label's interaction section about `drug`.

    A row with `not_read` depends on what no record is read for (ancestry): it is shown to who asks
    for the drug, and never acts. Nor does one of effect `none`, which says that a pair is harmless.
    """

    id: str
    drug: str
    partners: tuple[str, ...]  # all must be taken; ingredients or groups
    effect: str  # contraindicated | dose-cap | caution | none
    cap_mg: Decimal | None
    level: Level
    jurisdictions: tuple[str, ...]
    when: Condition
    status: Status
    sources: tuple[Citation, ...]
    critical_with_symptom: bool = False
    unless: Condition = ()  # any one of these stops it
    partner_from_mg: Decimal | None = None  # holds from this daily dose of the partner
    start_mg: Decimal | None = None  # the dose to start with; a caution is met by it
    text: str = ""  # what the label or study says, in our words
    not_read: str = ""
    file: str = ""

    @property
    def acts(self) -> bool:
        """False for what is only kept to be read."""
        return not self.not_read and self.effect != NO_INTERACTION


# Selectors of a rule's drug that are no group: every ingredient, or every flagged one.
ANY, FLAGGED = "any", "flagged"
EVERY_INGREDIENT = (ANY, FLAGGED)

# The kind of a mitigation that is care for anybody: no drug, no test, no team.
CARE = "non-drug"

# The term that says whether the patient's muscles complain at all.
MUSCLE_SYMPTOM = "muscle-symptom"


class Knowledge(Struct, frozen=True):
    """Everything that was read, checked across files, and ready to use."""

    version: str
    ingredients: dict[str, Ingredient]
    groups: dict[str, Group]
    mechanisms: dict[str, Mechanism]
    products: tuple[Product, ...]
    labs: dict[str, Lab]
    conditions: dict[str, ClinicalCondition]
    constants: dict[str, Constant]
    terms: dict[str, Term]
    rules: tuple[Rule, ...]
    mitigations: dict[str, Mitigation]
    interactions: tuple[Interaction, ...]
    sources: dict[str, Source]
    reviews: tuple[FileReview, ...]
    attributes: dict[str, SourceAttribute] = {}
    site: SiteOverlay | None = None
    switched_off: tuple[Rule, ...] = ()  # by the site; they fire nothing
    site_drug_codes: tuple[SiteDrugCode, ...] = ()

    def members(self, selector: str) -> frozenset[str]:
        """The ingredient names of a group or ingredient id; `any` and `flagged` give all.

        Raises KeyError for a selector that is neither: the loader lets none pass.
        """
        if selector in self.groups:
            return self.groups[selector].members
        if selector in EVERY_INGREDIENT:
            return frozenset(self.ingredients)
        return frozenset({self.ingredients[selector].name})
