"""Whatever is sent as a token: only the one that the client made is let in, and nothing fails."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.cds_hooks.auth.conftest import Signed
from tests.cds_hooks.auth.signing import claims, header, new_key, signed

KEY = new_key("ES384")
TRUE = signed(KEY, header(), claims())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def status(token: str) -> int:
    """What a service that saw no token before answers to it."""
    service = Signed(KEY)
    answer = service.post(f"Bearer {token}")
    assert [] == service.echo.faults
    return answer.status_code


@given(st.integers(0, len(TRUE) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_character_changed_is_another_token(at: int, character: str) -> None:
    """At any place; only the true one gets in."""
    changed = TRUE[:at] + character + TRUE[at + 1 :]
    assert (200 if changed == TRUE else 401) == status(changed)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=300))
def test_rubbish_is_refused(sent: str) -> None:
    """Any header value."""
    assert 401 == status(sent)


@given(st.sampled_from([*header(), "crit", "jwk", "b64"]), VALUES)
def test_any_value_in_a_signed_header_is_let_in_or_refused(name: str, value: object) -> None:
    """Never a fault of ours."""
    assert status(signed(KEY, json.dumps({**header(), name: value}).encode(), claims())) in {
        200,
        401,
    }


@given(st.sampled_from([*claims(), "nbf", "tenant"]), VALUES)
def test_any_value_in_signed_claims_is_let_in_or_refused(name: str, value: object) -> None:
    """Never a fault of ours."""
    assert status(signed(KEY, header(), json.dumps({**claims(), name: value}).encode())) in {
        200,
        401,
    }
