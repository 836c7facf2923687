"""The locks: complete, hashed, and silent about where packages came from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.service import REPOSITORY

ALL = REPOSITORY / "requirements.lock"
RUNTIME = REPOSITORY / "deploy" / "requirements.lock"
SPARK = REPOSITORY / "requirements-spark.lock"
LOCKS = {"all": ALL, "runtime": RUNTIME, "spark": SPARK}
PIN = re.compile(r"^([a-z0-9-]+)==(\S+) \\$")


def pins(lock: Path) -> dict[str, str]:
    lines = lock.read_text().splitlines()
    return {found[1]: found[2] for line in lines if (found := PIN.match(line))}


def normal(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[._]", "-", name[0]).lower()


def project() -> dict[str, Any]:
    document: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    return document["project"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_every_requirement_is_pinned_with_hashes(lock: Path) -> None:
    """A line is a pin, a hash or a comment; every pin is followed by a hash."""
    lines = lock.read_text().splitlines()
    shapes = re.compile(r"^(?:[a-z0-9-]+==\S+ \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?|    #.*)$")
    assert [] == [line for line in lines if not shapes.match(line)]
    after_pins = [lines[at + 1] for at, line in enumerate(lines) if PIN.match(line)]
    assert [] == [line for line in after_pins if not line.startswith("    --hash=")]


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_no_address_and_no_path_is_in_a_lock(lock: Path) -> None:
    """Any index that has the files will do: the hashes say which files."""
    assert [] == re.findall(r"https?:|file:|index-url|find-links|(?<!\S)/\S+", lock.read_text())


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """Runtime in both; the development tools in the one for developers only."""
    runtime = {normal(name) for name in project()["dependencies"]}
    extra = {
        extra: {normal(name) for name in names}
        for extra, names in project()["optional-dependencies"].items()
    }
    served = extra["postgres"] | extra["parquet"] | extra["report"]
    assert runtime | served <= set(pins(RUNTIME))
    assert runtime | served | extra["signal"] | extra["dev"] <= set(pins(ALL))
    assert runtime | extra["spark"] <= set(pins(SPARK))
    assert set() == {"pytest", "mypy", "ruff", "hatchling"} & set(pins(RUNTIME))


def test_what_is_served_is_what_was_tested() -> None:
    """The image's lock has the same versions as the one that the tests run with."""
    everything = pins(ALL)
    assert {name: everything.get(name) for name in pins(RUNTIME)} == pins(RUNTIME)


def test_installing_spark_changes_no_other_package() -> None:
    """What both locks name, they name in the same version."""
    everything, spark = pins(ALL), pins(SPARK)
    both = everything.keys() & spark.keys()
    assert {name: everything[name] for name in both} == {name: spark[name] for name in both}
