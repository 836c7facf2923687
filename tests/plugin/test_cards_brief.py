"""A card says what holds an option back in words, each thing once, and no more than is needed."""

from __future__ import annotations

import msgspec
import pytest

from knowledge.model import Level
from plugin.model import Evidence, Withheld
from tests.plugin.card_cases import FINDING, FOUND, cards


@pytest.mark.parametrize(
    ("evidence", "says"),
    [
        (
            Evidence("not potassium:recent", "o/1", 3.2, "mmol/L", "2026-09-01"),
            "potassium 3.2 mmol/L (2026-09-01): the result is older than 30 days",
        ),
        (
            Evidence("not egfr>=30", "o/1", 24, "mL/min/{1.73_m2}", "2026-10-01"),
            "egfr 24 mL/min/1.73 m2 (2026-10-01)",
        ),
        (Evidence("not has:dialysis"), "not proven: dialysis"),
        (Evidence("not drug:route=oral"), "not proven: drug:route=oral"),
        (Evidence("not a fact <b>"), "not a fact &#60;b&#62;"),
        (Evidence("interaction:contraindicated", "m/1"), "because of the interaction above"),
    ],
)
def test_what_holds_an_option_back_is_said_in_words(evidence: Evidence, says: str) -> None:
    """No fact as the data files write it, but for what has no words yet."""
    withheld = (Withheld("potassium", (evidence,)),)
    [card] = cards(msgspec.structs.replace(FOUND, withheld=withheld))
    assert f"- Held back ({says}): “Consider potassium replacement.”" in card["detail"].splitlines()


def test_packages_are_one_sum_with_the_latest_day() -> None:
    """Thirteen lines of one package each say less; what proves two facts was handed over once."""
    facts = ("drug:dispensed>=3/12mo", "drug:dispensed>=4/12mo")
    days = ("2026-03-01", "2026-09-01", "2026-06-01")
    handed = tuple(
        Evidence(fact, f"d/{day}", 2, "{package}", day) for fact in facts for day in days
    )
    because = (Evidence("has:dialysis"), *handed, Evidence("age>=65", value=70))
    finding = msgspec.structs.replace(FINDING, because=because)
    [card] = cards(msgspec.structs.replace(FOUND, findings=(finding,), medications=()))
    assert "*On file:* dialysis; dispensed: 6 (2026-09-01); age 70." in card["detail"]


def test_a_whole_number_is_not_said_again_because_the_laboratory_wrote_a_decimal() -> None:
    """`3.0` in the sentence is the 3 of the evidence."""
    summary = "Hydrochlorothiazide with potassium 3.0 mmol/L (2026-10-25): low"
    because = (Evidence("potassium<3.5", "o/1", 3, "mmol/L", "2026-10-25"),)
    finding = msgspec.structs.replace(FINDING, summary=summary, because=because)
    [card] = cards(msgspec.structs.replace(FOUND, findings=(finding,), medications=()))
    assert "On file" not in card["detail"]


def test_beside_a_call_for_action_a_line_for_information_is_its_sentence_alone() -> None:
    """Alone, it says what it rests on."""
    info = msgspec.structs.replace(
        FINDING, level=Level.INFO, summary="Cramps", notes=(), because=(Evidence("cramp"),)
    )
    both = msgspec.structs.replace(FOUND, findings=(FINDING, info), medications=())
    alone = msgspec.structs.replace(both, findings=(info,), level=Level.INFO)
    assert "- **Info**: Cramps." in cards(both)[0]["detail"].splitlines()
    assert "- **Info**: Cramps. *On file:* muscle cramps." in cards(alone)[0]["detail"].splitlines()
