"""Keys that prove nothing: what anybody has, what is too weak, and what is no key."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, RSAKey

from cds_hooks.keys import PUBLISHED, read_keys
from tests.cds_hooks.auth.signing import new_key

# The public half of what the CDS Hooks sandbox signs with; its private half is in its repository.
SANDBOX = {
    "kty": "EC",
    "use": "sig",
    "crv": "P-384",
    "kid": "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f",
    "x": "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
    "y": "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy",
    "alg": "ES384",
}


def test_the_published_key_of_the_sandbox_is_never_a_key() -> None:
    """Whatever name it is given: anybody can sign with it."""
    assert ECKey.import_key({**SANDBOX}).thumbprint() in PUBLISHED
    read = read_keys({"keys": [SANDBOX, {**SANDBOX, "kid": "mine"}]})
    assert {} == read.keys
    assert 2 == len([one for one in read.left_out if "anybody can sign with" in one])


@pytest.mark.parametrize(("bits", "usable"), [(1024, False), (2047, False), (2048, True)])
def test_an_rsa_key_that_is_too_short_is_left_out(bits: int, usable: bool) -> None:
    """Sound, and yet of a size that can be broken: its bits are said."""
    key = rsa.generate_private_key(65537, bits).public_key()
    read = read_keys({"keys": [{**RSAKey.import_key(key).as_dict(), "kid": "r"}]})
    assert (["r"] if usable else []) == list(read.keys)
    assert usable or f"has {bits} bits" in read.left_out[0]


def test_keys_that_cannot_be_used_are_left_out_and_said() -> None:
    """The others of the set stay."""
    good = new_key().as_dict(private=False)
    off_curve = {**good, "x": good["y"]}
    bad: list[Any] = [
        new_key().as_dict(private=True),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "s"},
        {**new_key().as_dict(private=False), "use": "enc"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "tiny"},
        {k: v for k, v in good.items() if k != "kid"},
        {**good, "kty": ["EC"]},
        off_curve,
        {"kty": "EC", "kid": "no"},
        "a key",
        None,
    ]
    read = read_keys({"keys": [good, *bad]})
    assert ["k1"] == list(read.keys)
    assert 1 == len(read.keys["k1"])
    assert len(bad) == len(read.left_out)
    assert "private" in read.left_out[0]
    documents: list[Any] = [None, [], {}, {"keys": {}}, {"keys": [good] * 101}]
    for wrong in documents:
        with pytest.raises(ValueError, match=r"JWK Set|more than 100"):
            read_keys(wrong)
