"""Which database CRAMPCHECK_DATABASE names; what it cannot be is said without quoting it."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.cli.main import execute
from plugin.config import Settings
from plugin.store.address import address_of, make_file
from plugin.store.errors import DatabaseInvalid, DataUnwritable, place


def test_without_a_setting_it_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    url = address_of(Settings(data=str(tmp_path)))
    assert url.database == str(tmp_path / "crampcheck.sqlite")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_reached_by_its_one_driver(scheme: str) -> None:
    url = address_of(Settings(database=f"{scheme}://ada:s3cret@db.example.org:5433/cramps"))
    assert url.drivername == "postgresql+psycopg"
    assert (url.password, place(url)) == ("s3cret", "db.example.org:5433/cramps")


@pytest.mark.parametrize(
    "database",
    [
        "s3cret",
        "://s3cret",
        "postgresql://ada:s3cret@host:notaport/x",
        "mysql://ada:s3cret@host/x",
        "postgresql+asyncpg://ada:s3cret@host/x",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:s3cret?mode=memory&uri=true",
    ],
)
def test_what_names_no_database_of_ours_is_refused_without_being_quoted(database: str) -> None:
    with pytest.raises(DatabaseInvalid, match=r"^CRAMPCHECK_DATABASE .*write sqlite") as refused:
        address_of(Settings(database=database))
    assert "s3cret" not in str(refused.value)


def test_a_command_on_such_a_setting_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CRAMPCHECK_DATABASE", "mysql://ada:s3cret@host/x")
    assert execute(["feedback", "report"]) == 2
    out, err = capfd.readouterr()
    assert (out, "neither SQLite nor PostgreSQL" in err, "s3cret" in err) == ("", True, False)


def test_a_file_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    make_file(address_of(Settings(data=str(tmp_path / "new"))))
    assert (tmp_path / "new" / "crampcheck.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DataUnwritable, match="the database cannot be written"):
        make_file(address_of(Settings(data=str(tmp_path / "data" / "more"))))


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "crampcheck.sqlite").mkdir()
    with pytest.raises(DataUnwritable, match=r"cannot be written \(is a directory\)"):
        make_file(address_of(Settings(data=str(tmp_path))))


def test_settings_that_are_logged_do_not_show_their_secrets() -> None:
    shown = repr(Settings(database="postgresql://a:s3cret@h/d", pseudonym_key="s3cret"))
    assert "s3cret" not in shown
