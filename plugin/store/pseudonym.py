"""Patients and their evidence under keyed digests: comparable, and not to be turned back.

The key is not in the database, so that a copy of the database alone opens nothing.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from plugin.config import Settings
from plugin.store.errors import DataUnwritable

FILE = "pseudonym.key"
SIZE = 16  # bytes of a digest
_KEY = 32


class Pseudonyms:
    """Digests under one key."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hashlib.blake2b(
            key=hashlib.sha256(key).digest(), digest_size=SIZE, usedforsecurity=True
        )

    def of(self, *parts: str) -> bytes:
        """The digest of these words, in their order."""
        digest = self._keyed.copy()
        for part in parts:
            encoded = part.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "big"))  # so that no two lists run together
            digest.update(encoded)
        return digest.digest()


def pseudonyms_of(settings: Settings) -> Pseudonyms:
    """Under the key of the settings, or one that is kept in the data folder and made there once.

    Raises DataUnwritable where the file can be neither made nor read.
    """
    if settings.pseudonym_key:
        return Pseudonyms(settings.pseudonym_key.encode())
    path = settings.data_folder / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Pseudonyms(_kept_in(path))
    except OSError as error:
        fault = (error.strerror or "unknown fault").lower()
        raise DataUnwritable(
            f"{path}: the key of pseudonyms cannot be kept there ({fault}); let the user who runs "
            "the service write to the data folder, see that its disk has room, or set "
            "CRAMPCHECK_PSEUDONYM_KEY."
        ) from None


def _kept_in(path: Path) -> bytes:
    """The key in this file. Of several processes that make it at once, all get the first's."""
    if not path.exists():
        made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(secrets.token_bytes(_KEY))
                stream.flush()
                os.fsync(stream.fileno())
            os.link(made, path)
        except FileExistsError:
            return path.read_bytes()
        finally:
            made.unlink()
    return path.read_bytes()
