"""Imports a small release into an index, and resolves by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.model import Knowledge
from knowledge.terminology.concept import Coding, Concept, Resolution
from knowledge.terminology.release.build import import_release
from knowledge.terminology.release.opening import SqliteRelease
from knowledge.terminology.resolver import Resolver
from tests.knowledge.terminology.conftest import few_drugs
from tests.rxnorm.rrf import ReleaseText
from tests.rxnorm.small import small_release

NOW = "2026-11-22T09:00:00+00:00"
Resolve = Callable[..., Resolution]


def imported(path: Path, folder: Path) -> SqliteRelease:
    """The index of a release, in a folder."""
    index = folder / "rxnorm.sqlite"
    import_release(path, index, NOW)
    return SqliteRelease(index)


def imported_text(text: ReleaseText, folder: Path) -> SqliteRelease:
    """The index of what a release holds."""
    return imported(text.zip(folder / "RxNorm_full_11022026.zip"), folder)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return few_drugs()


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> SqliteRelease:
    return imported_text(small_release(), tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="session")
def resolver(knowledge: Knowledge, release: SqliteRelease) -> Resolver:
    return Resolver(knowledge, release)


@pytest.fixture(scope="session")
def resolve(resolver: Resolver) -> Resolve:
    """`resolve("ndc", "63304-0624-10", text="...")`."""

    def ask(system: str, code: object, text: str = "", display: str = "") -> Resolution:
        return resolver.resolve(Concept((Coding(system, str(code), display),), text))

    return ask
