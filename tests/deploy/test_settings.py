"""Every setting is explained where an operator looks, with its true default."""

from __future__ import annotations

import re
import subprocess

import pytest

from plugin.config import Settings, settings_from_environment
from tests.deploy.service import DEPLOY, REPOSITORY

PREFIX = "CRAMPCHECK_"
READS = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
NAMED = re.compile(rf"{PREFIX}[A-Z][A-Z_]*[A-Z]")
# Not of the service: what the tests and the command's own faults are asked with, and an example.
OTHERS = {f"{PREFIX}{name}" for name in ("SOAK", "DEBUG", "X_FILE")}
LINE = re.compile(rf"^#({PREFIX}[A-Z_]+)=(.*)$", re.MULTILINE)
ROW = re.compile(rf"^\| `({PREFIX}[A-Z_]+)` \|(?: `(.*?)`)? \|", re.MULTILINE)


def names_read() -> set[str]:
    """The settings that the code reads: the service's, gunicorn's and the entry point's."""
    config = (REPOSITORY / "plugin" / "config" / "environment.py").read_text()
    gunicorn = (DEPLOY / "gunicorn.conf.py").read_text()
    entrypoint = (DEPLOY / "entrypoint.sh").read_text()
    in_python = {PREFIX + name for name in READS.findall(config) + READS.findall(gunicorn)}
    return in_python | set(re.findall(rf"\$\{{({PREFIX}[A-Z_]+)", entrypoint))


def in_environment_file() -> dict[str, str]:
    return dict(LINE.findall((DEPLOY / "crampcheck.env").read_text()))


def in_reference() -> dict[str, str]:
    return dict(ROW.findall((REPOSITORY / "docs" / "reference" / "settings.md").read_text()))


def test_the_environment_file_has_every_setting_and_no_other() -> None:
    """A setting that nobody reads would be a promise; one that is missing cannot be found."""
    assert names_read() == set(in_environment_file())


def test_as_many_settings_are_found_in_the_code_as_the_service_has() -> None:
    """Guards the test above: the pattern must see every field of Settings."""
    fields = {PREFIX + field.upper() for field in Settings.__struct_fields__}
    assert fields <= names_read()


def test_the_reference_page_says_the_same() -> None:
    """The same names, with the same defaults."""
    assert in_environment_file() == in_reference()


def test_the_defaults_that_are_written_are_those_of_the_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With every line of the file in force, the service's settings are its defaults."""
    for name, value in in_environment_file().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings_from_environment()


def test_every_setting_that_is_named_anywhere_is_one() -> None:
    """In a page, a comment, a message or a file to start from: it is there, under this name."""
    settings = set(in_environment_file())
    known = settings | {f"{name}_FILE" for name in settings} | OTHERS
    listed = subprocess.run(
        ["git", "grep", "-hoIE", NAMED.pattern, "--", ":!tests"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if not (REPOSITORY / ".git").exists():
        pytest.skip("not a git clone, so nothing says which files belong to it")
    named = set(listed.stdout.split())
    assert settings <= named
    assert set() == named - known


def test_every_line_is_a_comment() -> None:
    """Taken as it is, the file changes nothing."""
    lines = (DEPLOY / "crampcheck.env").read_text().splitlines()
    assert [] == [line for line in lines if line and not line.startswith("#")]
