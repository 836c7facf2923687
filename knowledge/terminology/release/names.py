"""The number that a name is found by, and a probe of how this version makes it. Pure."""

from __future__ import annotations

from hashlib import blake2b

from knowledge.terminology.tokens import key

# Names are found by their words. Where these come out otherwise, another version wrote the index.
_PROBE_TEXT = "Losartan-HCTZ 50/12.5 µg (B12) d'Été + 1,000 mg"


def name_hash(words_key: str) -> int:
    """64 bits of a name as `tokens.key` writes it; signed, as SQLite stores numbers."""
    digest = blake2b(words_key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def probe() -> str:
    """What this version makes of a text: must be what the index was written with."""
    return str(name_hash(key(_PROBE_TEXT)))
