"""Which facts exist. A fact is written as text in the data files, and parsed here once, typed.

Numbers are compared as numbers: `0.50` and `0.5` are the same cut. Three scopes: a *patient* fact
holds for the patient, a *drug* fact for one current ingredient, a *pair* fact for an ingredient and
its partners. A fact that this module cannot parse is an error of the file that wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct


class Scope(StrEnum):
    """What a fact speaks about."""

    PATIENT = "patient"
    DRUG = "drug"
    PAIR = "pair"


class LabState(StrEnum):
    """What can be true of an analyte other than its value."""

    UNKNOWN = "unknown"  # no result within the window
    SUSPECT = "suspect"  # a result that must be repeated before anyone acts on it
    UNREAD = "unread"  # a result that is there and could not be read
    OLDER = "older-than-30d"  # current, but too old for replacement or emergency wording
    RECENT = "recent"  # 30 days old or less: may carry replacement or emergency wording


class InteractionState(StrEnum):
    """What a row of the interaction table says of a drug with what else is taken.

    The first six are of rows with a partner. `alone-` rows have none: a kidney function, say.
    """

    CONTRAINDICATED = "contraindicated"
    OVER_CAP = "over-cap"
    AT_CAP = "at-cap"
    DOSE_UNREAD = "dose-unread"
    CAUTION = "caution"
    PARTNER_DOSE_UNREAD = "partner-dose-unread"
    ALONE_CONTRAINDICATED = "alone-contraindicated"
    ALONE_OVER_CAP = "alone-over-cap"
    ALONE_DOSE_UNREAD = "alone-dose-unread"
    ALONE_CAUTION = "alone-caution"
    # A row that nobody found in a source, where no other row speaks of the same drugs.
    UNCONFIRMED = "unconfirmed"
    # The row's own indicator, for the finding of that row.
    WARNING = "warning"
    CRITICAL = "critical"
    CRITICAL_IF_SYMPTOM = "critical-if-symptom"


class Fact(Struct, frozen=True, tag=True):
    """A fact that may hold. `str()` gives its canonical text."""

    @property
    def scope(self) -> Scope:
        return Scope.PATIENT

    @property
    def about_medication(self) -> bool:
        """True where adding a medicine can change the fact: such a fact may not be in `unless`."""
        return False


class LabCut(Fact, frozen=True, cache_hash=True):
    """`potassium<3.5`, `egfr>=30`. True only where the result proves it."""

    analyte: str
    op: str  # < or >=
    cut: Decimal

    def __str__(self) -> str:
        return f"{self.analyte}{self.op}{self.cut:f}"


class LabIs(Fact, frozen=True, cache_hash=True):
    """`potassium:unknown`."""

    analyte: str
    state: LabState

    def __str__(self) -> str:
        return f"{self.analyte}:{self.state.value}"


class Has(Fact, frozen=True, cache_hash=True):
    """`has:heart-failure`: an active, unrefuted condition."""

    condition: str

    def __str__(self) -> str:
        return f"has:{self.condition}"


class Takes(Fact, frozen=True, cache_hash=True):
    """`takes:digoxin`, `takes:potassium-sparing`: current and systemic."""

    selector: str

    @property
    def about_medication(self) -> bool:
        return True

    def __str__(self) -> str:
        return f"takes:{self.selector}"


class Count(Fact, frozen=True, cache_hash=True):
    """`count:potassium-raising>=2`: that many distinct ingredients."""

    group: str
    at_least: int

    @property
    def about_medication(self) -> bool:
        return True

    def __str__(self) -> str:
        return f"count:{self.group}>={self.at_least}"


class Age(Fact, frozen=True, cache_hash=True):
    """`age>=65`, in completed years."""

    op: str
    years: int

    def holds(self, age: int) -> bool:
        """Whether it is true of that age."""
        return (age < self.years) == (self.op == "<")

    def __str__(self) -> str:
        return f"age{self.op}{self.years}"


class UnreadKind(Fact, frozen=True, cache_hash=True):
    """`unread:conditions`, `unread:medications`: entries of that kind that could not be read."""

    kind: str

    def __str__(self) -> str:
        return f"unread:{self.kind}"


class TermRef(Fact, frozen=True, cache_hash=True):
    """`muscle-symptom`: a combination named in terms.toml."""

    name: str

    def __str__(self) -> str:
        return self.name


class DrugFact(Fact, frozen=True, cache_hash=True):
    """A fact about one current ingredient."""

    @property
    def scope(self) -> Scope:
        return Scope.DRUG

    @property
    def about_medication(self) -> bool:
        return True


class DrugGroup(DrugFact, frozen=True, cache_hash=True):
    """`drug:group=loop-diuretic`."""

    group: str

    def __str__(self) -> str:
        return f"drug:group={self.group}"


class DrugMechanism(DrugFact, frozen=True, cache_hash=True):
    """`drug:mechanism=magnesium-loss`: a mechanism found in a source, not an unconfirmed one."""

    mechanism: str

    def __str__(self) -> str:
        return f"drug:mechanism={self.mechanism}"


class DrugTier(DrugFact, frozen=True, cache_hash=True):
    """`drug:tier=1`: the tier that may act (see `Ingredient.effective_tier`)."""

    tier: str

    def __str__(self) -> str:
        return f"drug:tier={self.tier}"


class DrugEvidence(DrugFact, frozen=True, cache_hash=True):
    """`drug:evidence=class`: the tier rests on the class (`class`) or on the drug (`own`)."""

    basis: str

    def __str__(self) -> str:
        return f"drug:evidence={self.basis}"


class DrugRoute(DrugFact, frozen=True, cache_hash=True):
    """`drug:route=nebulised`."""

    route: str

    def __str__(self) -> str:
        return f"drug:route={self.route}"


class DrugLab(DrugFact, frozen=True, cache_hash=True):
    """`drug:lab=abnormal|unknown|none`: the lab of any mechanism of the drug (mechanisms.toml).

    `none` means that the drug has a mechanism that no lab shows.
    """

    state: str

    def __str__(self) -> str:
        return f"drug:lab={self.state}"


class DrugDispensed(DrugFact, frozen=True, cache_hash=True):
    """`drug:dispensed>=3/12mo`: packages handed over in that many months."""

    at_least: int
    months: int

    def __str__(self) -> str:
        return f"drug:dispensed>={self.at_least}/{self.months}mo"


class DrugDailyDose(DrugFact, frozen=True, cache_hash=True):
    """`drug:daily-dose>40mg`: from strength and dosage; an unreadable dose proves nothing."""

    mg: Decimal

    def __str__(self) -> str:
        return f"drug:daily-dose>{self.mg}mg"


class DrugTakenFor(DrugFact, frozen=True, cache_hash=True):
    """`drug:taken-for>=365d`: days since the earliest record of the ingredient."""

    days: int

    def __str__(self) -> str:
        return f"drug:taken-for>={self.days}d"


class DrugOnset(DrugFact, frozen=True, cache_hash=True):
    """`drug:onset-after-start<=12wk`: a muscle symptom began that soon after the drug's start."""

    weeks: int

    def __str__(self) -> str:
        return f"drug:onset-after-start<={self.weeks}wk"


class DrugNotPrescribed(DrugFact, frozen=True, cache_hash=True):
    """`drug:not-prescribed`: the patient's own statement says that nobody prescribed it."""

    def __str__(self) -> str:
        return "drug:not-prescribed"


class Interacts(Fact, frozen=True, cache_hash=True):
    """`interaction:over-cap`: what the interaction table says of the drug with its partners."""

    state: InteractionState

    @property
    def scope(self) -> Scope:
        return Scope.PAIR

    @property
    def about_medication(self) -> bool:
        return True

    def __str__(self) -> str:
        return f"interaction:{self.state.value}"


# Every kind of fact, spelled out so that knowledge can be stored and read back with its types.
AnyFact: TypeAlias = (
    LabCut
    | LabIs
    | Has
    | Takes
    | Count
    | Age
    | UnreadKind
    | TermRef
    | DrugGroup
    | DrugMechanism
    | DrugTier
    | DrugEvidence
    | DrugRoute
    | DrugLab
    | DrugDispensed
    | DrugDailyDose
    | DrugTakenFor
    | DrugOnset
    | DrugNotPrescribed
    | Interacts
)

# All of the clauses must hold; a clause is one fact, or several of which one must hold.
Clause: TypeAlias = tuple[AnyFact, ...]
Condition: TypeAlias = tuple[Clause, ...]

# An earlier record of a drug moves its start, so these can stop holding when a record is added.
NON_MONOTONE = (DrugOnset,)


def facts_in(condition: Condition) -> Iterator[AnyFact]:
    """Every fact that a condition names, terms unexpanded."""
    for clause in condition:
        yield from clause
