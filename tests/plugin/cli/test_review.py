"""`crampcheck knowledge review`: a sign-off is shown, asked for, written whole, and seen after."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.knowledge.knowledge_copy import copy_of_tiny, replace
from tests.plugin.cli.conftest import Ran, Run

RULES = "rules/potassium.toml"
READER = ("--reviewer", "B. Reader")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small sound knowledge of a reviewer's own."""
    return copy_of_tiny(tmp_path)


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with time_machine.travel("2026-03-04T12:00:00Z", tick=False):
        yield


def review(crampcheck: Run, folder: Path, *arguments: str, stdin: bytes = b"") -> Ran:
    return crampcheck("knowledge", "review", "--folder", folder, *arguments, stdin=stdin)


def block(folder: Path, file: str = RULES) -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((folder / file).read_text(encoding="utf-8"))["review"]
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of the folder, hidden ones too."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_sign_off_is_written_and_seen_everywhere(crampcheck: Run, folder: Path) -> None:
    """Today and a year from now if no dates are given; check, list and explain show it."""
    before = contents(folder)
    ran = review(crampcheck, folder, RULES, *READER, "--credentials", "MD, nephrology", "--yes")
    assert (0, "") == (ran.code, ran.err)
    assert f"{RULES} is signed. Next review: 2027-03-04." in ran.out
    written = {key: str(value) for key, value in block(folder).items() if key != "digest"}
    assert written == {
        "status": "reviewed",
        "authored_by": "A. Writer",
        "authored": "2026-01-02",
        "reviewed_by": "B. Reader",
        "credentials": "MD, nephrology",
        "reviewed": "2026-03-04",
        "next_review": "2027-03-04",
    }
    changed = {name for name, data in contents(folder).items() if before.get(name) != data}
    assert {RULES} == changed
    assert before.keys() == contents(folder).keys(), "nothing is left beside it"
    assert (
        "signed by B. Reader on 2026-03-04"
        in crampcheck("knowledge", "check", "--folder", folder).out
    )
    said = " ".join(crampcheck("explain", "low-potassium", "--folder", folder).out.split())
    assert f"Review of {RULES}: reviewed by B. Reader, MD, nephrology on 2026-03-04" in said


def test_a_change_after_the_sign_off_is_seen_by_explain(crampcheck: Run, folder: Path) -> None:
    """The sign-off is not hidden, and does not count."""
    review(crampcheck, folder, RULES, *READER, "--yes")
    replace(folder / RULES, "{drugs}: very low potassium", "{drugs}: potassium is very low")
    said = " ".join(crampcheck("explain", "low-potassium", "--folder", folder).out.split())
    assert "CHANGED since B. Reader signed it on 2026-03-04, so that nobody has reviewed it" in said
    signed_anew = review(crampcheck, folder, RULES, "--reviewer", "C. Reader", "--yes")
    assert "Until now: CHANGED since B. Reader signed it" in signed_anew.out
    assert "C. Reader" == block(folder)["reviewed_by"]


@pytest.mark.parametrize(
    "name",
    ["very-low-potassium", RULES, "potassium.toml", "low-potassium", "./rules/potassium.toml"],
)
def test_a_file_is_named_by_its_path_or_by_what_is_in_it(
    crampcheck: Run, folder: Path, name: str
) -> None:
    """The path in the folder, its end, or the id of an entry."""
    assert 0 == review(crampcheck, folder, name, *READER, "--yes").code
    assert "reviewed" == block(folder)["status"]


def test_a_file_is_named_by_where_it_is(crampcheck: Run, folder: Path) -> None:
    """A shell completes such a path."""
    assert 0 == review(crampcheck, folder, str(folder / RULES), *READER, "--yes").code
    assert "reviewed" == block(folder)["status"]


def test_what_is_signed_is_shown_first_with_its_doubts(crampcheck: Run, folder: Path) -> None:
    """Each entry in a line, what nothing confirms, who signs and until when."""
    ran = review(crampcheck, folder, "ingredients/loop.toml", *READER, stdin=b"y\n")
    assert 0 == ran.code
    for part in (
        "Written by A. Writer on 2026-01-02.",
        "Until now: awaiting review",
        "It holds 2 ingredients:",
        "It holds 1 group:",
        "furosemide: tier 1",
        "Unconfirmed in it: 3",
        "bumetanide: tier 2",
        "bumetanide: the mechanism potassium-loss",
        "loop-diuretic: The class may lower potassium.",
        "To be signed by B. Reader as reviewed on 2026-03-04.",
    ):
        assert part in ran.out, part
    assert "Sign this file? [y/N]" in ran.err
    assert ran.out.index("Unconfirmed") < ran.out.index("is signed")


@pytest.mark.parametrize("answer", [b"n\n", b"\n", b""])
def test_nothing_is_signed_without_a_yes(crampcheck: Run, folder: Path, answer: bytes) -> None:
    """No, nothing, and a standard input that has ended."""
    before = contents(folder)
    ran = review(crampcheck, folder, RULES, *READER, stdin=answer)
    assert 130 == ran.code
    assert "is signed" not in ran.out
    assert before == contents(folder)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((RULES, "--reviewer", "A. Writer"), "A. Writer is the author of rules/potassium.toml"),
        ((RULES, "--reviewer", " a.WRITER "), "is the author of rules/potassium.toml"),
        ((RULES, "--reviewer", "..."), "must be a person's name"),
        ((RULES, "--reviewer", ""), "must be a person's name"),
        ((RULES, "--reviewer", "B\x1b[31m Reader"), "must be text that can be shown"),
        ((RULES, *READER, "--credentials", "M\u202eD"), "must be text that can be shown"),
        ((RULES, *READER, "--date", "2026-03-05"), "--date 2026-03-05 is in the future"),
        ((RULES, *READER, "--date", "9999-12-31"), "--date 9999-12-31 is in the future"),
        ((RULES, *READER, "--date", "2026-01-01"), "is before 2026-01-02, when"),
        ((RULES, *READER, "--date", "yesterday"), "write it like 2026-11-01"),
        ((RULES, *READER, "--next-review", "2026-03-04"), "is not after the day of the review"),
        (("rules/none.toml", *READER), "is no file and no entry of the knowledge"),
        (("rules/potasium.toml", *READER), "Near it: rules/potassium.toml"),
        (("../knowledge/../../etc/passwd", *READER), "is no file and no entry"),
        (("loop.toml", *READER), "is in several files: ingredients/loop.toml, interactions/loop"),
        (("", *READER), "is no file and no entry"),
        ((RULES,), "Missing option '--reviewer'"),
    ],
)
def test_a_sign_off_that_may_not_be_given_is_2(
    crampcheck: Run, folder: Path, arguments: tuple[str, ...], says: str
) -> None:
    """The author, a name that is none, a day to come, an unknown file; nothing is written."""
    before = contents(folder)
    ran = review(crampcheck, folder, *arguments, "--yes")
    assert (2, "") == (ran.code, ran.out)
    assert says in ran.err
    assert "\x1b" not in ran.err
    assert before == contents(folder)


def test_a_review_of_an_earlier_day_is_due_a_year_after_it(crampcheck: Run, folder: Path) -> None:
    """Also after the 29th of February."""
    replace(folder / RULES, "authored = 2026-01-02", "authored = 2024-01-02")
    review(crampcheck, folder, RULES, *READER, "--date", "2024-02-29", "--yes")
    assert "2025-02-28" == str(block(folder)["next_review"])


@pytest.mark.parametrize("file", [RULES, "labs.toml"])
def test_knowledge_with_a_fault_is_10_and_is_not_signed(
    crampcheck: Run, folder: Path, file: str
) -> None:
    """In the file itself or in another, which it may rest on."""
    replace(folder / "labs.toml", 'label = "', 'lable = "')
    before = contents(folder)
    ran = review(crampcheck, folder, file, *READER, "--yes")
    assert (10, "") == (ran.code, ran.out)
    assert "labs.toml: lab.potassium.lable: is not a key of this entry" in ran.err
    assert before == contents(folder)


def test_a_file_that_cannot_be_replaced_is_1_and_stays(crampcheck: Run, folder: Path) -> None:
    """The sentence says what to do: a copy, and `--folder`."""
    name = f"rules/{'x' * 245}.toml"  # so long that there is no room for a name beside it
    (folder / RULES).rename(folder / name)
    before = contents(folder)
    ran = review(crampcheck, folder, "low-potassium", *READER, "--yes")
    assert 1 == ran.code
    assert "Nothing was signed. Copy the data folder" in ran.err
    assert "name that with --folder" in ran.err
    assert before == contents(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_is_read_only_is_1(crampcheck: Run, folder: Path) -> None:
    """As where the packaged data belongs to somebody else."""
    (folder / "rules").chmod(0o555)
    ran = review(crampcheck, folder, RULES, *READER, "--yes")
    assert 1 == ran.code
    assert "cannot be written (permission denied)" in ran.err


def test_a_link_is_followed_and_stays_a_link(crampcheck: Run, folder: Path, tmp_path: Path) -> None:
    """The file that it leads to is signed, with the rights that it had."""
    kept = tmp_path / "kept.toml"
    (folder / "labs.toml").rename(kept)
    kept.chmod(0o640)
    (folder / "labs.toml").symlink_to(kept)
    assert 0 == review(crampcheck, folder, "labs.toml", *READER, "--yes").code
    assert (folder / "labs.toml").is_symlink()
    assert "reviewed" == block(folder, "labs.toml")["status"]
    assert 0o640 == kept.stat().st_mode & 0o777


def test_a_file_that_only_reading_uses_can_be_signed(crampcheck: Run, folder: Path) -> None:
    """Its words are no entries: the reviewer is told to read the file."""
    text = (folder / "version.toml").read_text(encoding="utf-8").replace("version", "anything")
    (folder / "routes.toml").write_text(text, encoding="utf-8")
    ran = review(crampcheck, folder, "routes.toml", *READER, "--yes")
    assert 0 == ran.code
    assert "read the file itself" in ran.out


def test_an_answer_says_how_much_was_reviewed(crampcheck: Run, folder: Path) -> None:
    """When every file is signed the knowledge counts as reviewed, until one changes."""
    from knowledge.load import load  # noqa: PLC0415
    from plugin.wording import review_status  # noqa: PLC0415

    for path in sorted(folder.rglob("*.toml")):
        file = path.relative_to(folder).as_posix()
        assert 0 == review(crampcheck, folder, file, *READER, "--yes").code
    assert "clinically reviewed" == review_status(load(folder))
    replace(folder / RULES, "{drugs}: very low potassium", "{drugs}: potassium is very low")
    files = len(list(folder.rglob("*.toml")))
    assert f"awaiting clinical review in 1 of {files} files" == review_status(load(folder))
