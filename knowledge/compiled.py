"""The knowledge as it was last built, kept beside its files so that loading it again is quick.

A file here is msgpack under a head: a mark, a key and a checksum. The key is the digest of every
byte that the knowledge was built from and of the code that built it. A file whose head does not
agree to the last bit is passed over as if it were not there, and so is one that cannot be read.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import msgspec

from knowledge.model import Knowledge

FOLDER = ".compiled"
KEPT = 8  # for overlays, of which each place has a file of its own: the last that were built
_MARK = b"crampcheck compiled knowledge 1\n"
_DIGEST = 32  # bytes
_HEAD = len(_MARK) + 2 * _DIGEST
_CODE = Path(__file__).parent


def key_of(parts: Iterable[Mapping[str, bytes]]) -> bytes | None:
    """The key of what is built from these files by this code; None where the code has no files."""
    code = _code_digest()
    if code is None:
        return None
    digest = blake2b(code, digest_size=_DIGEST)
    for part in parts:
        digest.update(digest_of(part))
    return digest.digest()


def digest_of(files: Mapping[str, bytes]) -> bytes:
    """The digest of files: every name and content goes in with its length."""
    digest = blake2b(b"%d files\n" % len(files), digest_size=_DIGEST)
    for name, content in files.items():
        written = name.encode("utf-8", "surrogateescape")
        digest.update(b"%d %d\n" % (len(written), len(content)))
        digest.update(written)
        digest.update(content)
    return digest.digest()


def contents(folder: Path, ending: str = "") -> dict[str, bytes]:
    """Every file below a folder whose name ends so, by its path there; what is compiled is none.

    Raises OSError.
    """
    found: dict[str, bytes] = {}
    root = os.path.join(folder, "")
    for where, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in (FOLDER, "__pycache__")]
        for name in names:
            if name.endswith(ending):
                path = os.path.join(where, name)
                with open(path, "rb", buffering=0) as file:  # of which there are hundreds
                    found[path.removeprefix(root).replace(os.sep, "/")] = file.read()
    return dict(sorted(found.items()))


@lru_cache(maxsize=1)
def _code_digest() -> bytes | None:
    """Of the modules as they were when this process first asked, which are those that it runs."""
    try:
        code = contents(_CODE, ".py")
    except OSError:
        return None
    return digest_of({**code, "msgspec": msgspec.__version__.encode()}) if code else None


def fetch(path: Path, key: bytes) -> Knowledge | None:
    """The knowledge of a compiled file if it is whole and of this key, else None."""
    try:
        data = path.read_bytes() if path.is_file() else b""
        head, body = data[:_HEAD], data[_HEAD:]
        if head != _MARK + key + _checksum(body):
            return None
        return _decoder().decode(body)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return None


def keep(path: Path, key: bytes, knowledge: Knowledge) -> None:
    """Write a compiled file in one step, or not at all: a folder may be closed to us.

    Whoever reads meanwhile sees the old file or the new one, whole.
    """
    body = msgspec.msgpack.encode(knowledge)
    ours = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        try:
            ours.write_bytes(_MARK + key + _checksum(body) + body)
            os.replace(ours, path)
        finally:
            ours.unlink(missing_ok=True)
        _forget_the_oldest(path.parent)


def _forget_the_oldest(folder: Path) -> None:
    """Overlays that were tried once, in folders that are gone, would fill a disk with time.

    Whoever reads one of them at this moment goes on reading it, or builds it anew.
    """
    built = sorted(folder.glob("*-*.msgpack"), key=lambda path: path.stat().st_mtime_ns)
    for path in built[:-KEPT]:
        path.unlink(missing_ok=True)


def _checksum(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST).digest()


@lru_cache(maxsize=1)
def _decoder() -> msgspec.msgpack.Decoder[Knowledge]:
    return msgspec.msgpack.Decoder(Knowledge)
