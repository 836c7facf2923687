"""National Drug Codes in every form that they are written in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Knowledge
from knowledge.terminology.concept import Coding, Concept, Reason
from knowledge.terminology.release.ndc import full_codes, products
from knowledge.terminology.resolver import Resolver
from tests.knowledge.terminology.release.conftest import Resolve, imported_text
from tests.rxnorm import small

NDC = "http://hl7.org/fhir/sid/ndc"


@pytest.mark.parametrize(
    "code",
    [
        "63304062410", "63304-0624-10", "63304-624-10", "6330462410", "063304062410",
        "063304-0624-10", " 63304-0624-10 ",
    ],
)  # fmt: skip
def test_every_form_of_a_code_is_read(resolve: Resolve, code: str) -> None:
    """Eleven digits, hyphens at 5-4-2 and 5-3-2, ten bare digits, a zero before all."""
    assert (("furosemide",), "") == (resolve(NDC, code).ingredients, resolve(NDC, code).detail)


@pytest.mark.parametrize("code", ["63304-0624", "63304-624", "633040624", "63304-0624-99"])
def test_another_package_of_a_product_is_read_by_those_that_are_known(
    resolve: Resolve, code: str
) -> None:
    """The labeler and the product make the drug; it is said that the package was not found."""
    found = resolve(NDC, code)
    assert ("furosemide",) == found.ingredients
    assert "by the other packages of its product" in found.detail


@pytest.mark.parametrize(
    "code",
    ["63304-0625-10", "0", "00000000000", "63304", "633304-0624-10", "63304-0624-10-1", "abc", "-"],
)
def test_what_is_no_such_code_or_not_held_is_unread(resolve: Resolve, code: str) -> None:
    """A zero is what records send where there is no code."""
    assert ((), Reason.CODE_NOT_KNOWN) == (
        resolve(NDC, code).ingredients,
        resolve(NDC, code).reason,
    )


def test_ten_bare_digits_of_two_drugs_are_not_answered(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    """Without hyphens they may be parted in three ways."""
    text = small.small_release()
    text.ndc(small.FUROSEMIDE_40, "01234-5678-90")
    text.ndc(small.HCTZ_25, "12345-0678-90")
    resolver = Resolver(knowledge, imported_text(text, tmp_path))
    assert [(), ("furosemide",), ("hydrochlorothiazide",)] == [
        resolver.resolve(Concept((Coding(NDC, code),))).ingredients
        for code in ("1234567890", "1234-5678-90", "12345-678-90")
    ]


def test_packages_that_hold_different_drugs_answer_for_no_other(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    """The code of the package itself is still read."""
    text = small.small_release()
    text.ndc(small.HCTZ_25, "63304-0624-11")
    resolver = Resolver(knowledge, imported_text(text, tmp_path))
    assert [("hydrochlorothiazide",), ("furosemide",), ()] == [
        resolver.resolve(Concept((Coding(NDC, code),))).ingredients
        for code in ("63304062411", "63304062410", "63304062412")
    ]


def test_what_rxnorm_says_of_a_code_comes_before_other_sources_and_obsolete_lines(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    """An obsolete line alone still resolves, and is said to be retired."""
    text = small.small_release()
    text.ndc(small.HCTZ_25, small.NDC_FUROSEMIDE, sab="VANDF")
    text.ndc(small.SIMVASTATIN_20, small.NDC_FUROSEMIDE, suppress="O")
    text.ndc(small.HCTZ_25, "00093-1035-01", sab="MTHSPL")
    text.ndc(small.SIMVASTATIN_20, "00093-1035-01", sab="MTHSPL", suppress="O")
    text.ndc(small.SIMVASTATIN_20, "00093-7777-01", suppress="O")
    resolver = Resolver(knowledge, imported_text(text, tmp_path))
    codes = (small.NDC_FUROSEMIDE, "0093-1035-01", "00093777701")
    found = [resolver.resolve(Concept((Coding(NDC, code),))) for code in codes]
    assert [("furosemide",), ("hydrochlorothiazide",), ("simvastatin",)] == [
        one.ingredients for one in found
    ]
    assert ["", "", "coding[0].code: a retired code"] == [one.detail for one in found]


@given(st.integers(1, 10**11 - 1))
def test_hyphens_and_a_zero_before_all_change_no_code(number: int) -> None:
    """Whatever the digits are."""
    digits = f"{number:011d}"
    hyphens = f"{digits[:5]}-{digits[5:9]}-{digits[9:]}"
    assert (number,) == full_codes(digits) == full_codes(hyphens) == full_codes("0" + digits)
    first = number // 100 * 100
    assert all(first == each.start for each in products(digits))


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    """Records send anything."""
    assert all(0 < code < 10**11 for code in full_codes(text))
    assert all(0 < each.start and len(each) == 100 for each in products(text))


@given(st.integers(1, 10**10 - 1))
def test_ten_digits_are_one_of_three_codes(number: int) -> None:
    """Each has one zero more."""
    digits = f"{number:010d}"
    found = full_codes(digits)
    assert {
        int(f"0{digits}"),
        int(f"{digits[:5]}0{digits[5:]}"),
        int(f"{digits[:9]}0{digits[9:]}"),
    } == set(found)
