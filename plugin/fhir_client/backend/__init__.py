"""SMART Backend Services: a program that no user stands behind, known by a key pair.

It signs a short statement of who it is, and gets a token for it that opens what the server's
operator granted. The private key stays in its file and in memory.
"""

from plugin.fhir_client.backend.keys import SigningKey, read_key
from plugin.fhir_client.backend.tokens import BackendTokens, FixedToken, NoToken, Tokens

__all__ = [
    "BackendTokens",
    "FixedToken",
    "NoToken",
    "SigningKey",
    "Tokens",
    "read_key",
]
