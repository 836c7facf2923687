"""What is installed is what is in the tree: the code, and every data file beside it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.deploy.service import REPOSITORY

PACKAGES = ("plugin", "cds_hooks", "knowledge")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that is built now, without those of its own metadata."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    names = zipfile.ZipFile(built).namelist()
    return {name for name in names if ".dist-info/" not in name}


def in_the_tree() -> set[str]:
    files = (path for package in PACKAGES for path in (REPOSITORY / package).rglob("*"))
    return {
        path.relative_to(REPOSITORY).as_posix()
        for path in files
        if path.is_file() and not {"__pycache__", ".compiled"} & set(path.parts)
    }


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel: set[str]) -> None:
    """A rule or a table that is left out would be a silence."""
    assert in_the_tree() == wheel


@pytest.mark.parametrize("ending", [".py", ".toml", ".gz", ".json"])
def test_the_wheel_holds_data(wheel: set[str], ending: str) -> None:
    """Guards the test above: there are data files to lose."""
    assert [name for name in wheel if Path(name).suffix == ending] != []
