"""What the answers of a run rest on: whether a stopped run may go on, and the id of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
from msgspec import Struct

from knowledge.compiled import contents, digest_of
from knowledge.load import DATA
from plugin.pipeline import Pipeline
from plugin.screening.run.inputs import Input

_CODE = tuple(Path(__file__).parents[3] / name for name in ("plugin", "knowledge"))
_ID_BYTES = 8


class Basis(Struct, frozen=True):
    """By what patients are judged. Digests are BLAKE2b, in hexadecimal."""

    as_of: date
    knowledge_version: str
    knowledge_digest: str
    overlay: str  # its id, empty without one
    overlay_digest: str
    jurisdiction: str
    rxnorm: str  # which release, empty without one
    rxnorm_build: str  # which import of it
    code_version: str
    code_digest: str


class Identity(Struct, frozen=True):
    """Two runs of one identity write the same bytes."""

    basis: Basis
    inputs: tuple[Input, ...]
    not_read: tuple[tuple[str, str], ...]  # name and reason
    engine: str
    formats: str
    settings: str = ""  # what else was chosen, as text


def basis_of(pipeline: Pipeline, as_of: date) -> Basis:
    """What a pipeline judges by."""
    known, release = pipeline.knowledge, pipeline.release
    return Basis(
        as_of=as_of,
        knowledge_version=known.version,
        knowledge_digest=_knowledge_digest(pipeline),
        overlay=known.site.id if known.site else "",
        overlay_digest=known.site.digest if known.site else "",
        jurisdiction=pipeline.jurisdiction,
        rxnorm=release.info.label if release else "",
        rxnorm_build=release.info.build if release else "",
        code_version=_installed_version(),
        code_digest=_code_digest(),
    )


def run_id(identity: Identity, inputs: Sequence[Input]) -> str:
    """The id of a run: the same for the same content and basis, whenever and wherever it runs.

    `inputs` are those of the identity with their SHA-256. Times of files do not count where that
    is known, and formats never: they say what is written of the answers.
    """
    files = [
        (one.name, one.size, one.sha256) if one.sha256 else (one.name, one.size, one.modified)
        for one in inputs
    ]
    said = msgspec.json.encode((identity.basis, files, identity.not_read))
    return hashlib.blake2b(said, digest_size=_ID_BYTES).hexdigest()


def difference(was: Identity, now: Identity) -> str:
    """Why a stopped run cannot go on, as part of a sentence; empty where it can."""
    then, here = was.basis, now.basis
    said = (
        (then.as_of != here.as_of, f"it judges as of {then.as_of}, and this as of {here.as_of}"),
        (was.formats != now.formats, f"it writes {was.formats}, and this {now.formats}"),
        (was.engine != now.engine, f"its engine is {was.engine}, and this one's {now.engine}"),
        (_program(then) != _program(here), "the program is not the same"),
        (
            then.jurisdiction != here.jurisdiction,
            f"its jurisdiction is {then.jurisdiction}, and this one's {here.jurisdiction}",
        ),
        (then.overlay_digest != here.overlay_digest, "the overlay is not the same"),
        (_rxnorm(then) != _rxnorm(here), "the RxNorm release is not the same"),
        (then != here, "the knowledge is not the same"),
        (was.settings != now.settings, "the settings are not the same"),
    )
    return next((reason for differs, reason in said if differs), "") or _other_inputs(was, now)


def _program(basis: Basis) -> tuple[str, str]:
    return basis.code_version, basis.code_digest


def _rxnorm(basis: Basis) -> tuple[str, str]:
    return basis.rxnorm, basis.rxnorm_build


def _other_inputs(was: Identity, now: Identity) -> str:
    before, after = ({one.name: one for one in found.inputs} for found in (was, now))
    changed = sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        return f"the source is not the same: {changed[0]}{more}"
    if was != now:
        return "other files of the source cannot be read"
    return ""


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """Of the modules as they were when this process first asked; empty where none has a file."""
    code = {
        f"{folder.name}/{name}": content
        for folder in _CODE
        for name, content in contents(folder, ".py").items()
    }
    return digest_of({**code, "msgspec": msgspec.__version__.encode()}).hex() if code else ""


def _knowledge_digest(pipeline: Pipeline) -> str:
    """Of the knowledge in force, and of the tables that the reading of names has beside it."""
    in_force = msgspec.msgpack.Encoder(order="deterministic").encode(pipeline.knowledge)
    return digest_of({**contents(DATA), "in force": in_force}).hex()


def _installed_version() -> str:
    try:
        return version("crampcheck")
    except PackageNotFoundError:
        return "not installed"
