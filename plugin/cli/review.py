"""`crampcheck knowledge review`: a clinician signs a file of the knowledge."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.cli.explain import say
from plugin.cli.folder import data_folder, folder_option, load_folder
from plugin.cli.shared import DAY
from plugin.errors import CrampcheckError

if TYPE_CHECKING:
    from knowledge.draft import Draft
    from knowledge.review import FileReview
    from knowledge.signing import SignOff


class NotWritten(CrampcheckError):  # noqa: N818
    """The sign-off could not be written; the file is as it was."""


@click.command()
@click.argument("what", metavar="FILE|ID")
@click.option("--reviewer", required=True, help="Who has checked the file: a person's name.")
@click.option("--credentials", default="", help='What the reviewer is, such as "MD, nephrology".')
@click.option("--date", "day", type=DAY, metavar="DATE", help="The day of the review; today.")
@click.option("--next-review", type=DAY, metavar="DATE", help="When it is due again; in a year.")
@folder_option
@click.option("--yes", is_flag=True, help="Sign without asking.")
def review(  # noqa: PLR0917 - click passes them by name
    what: str,
    reviewer: str,
    credentials: str,
    day: datetime | None,
    next_review: datetime | None,
    folder: Path | None,
    yes: bool,
) -> None:
    """Sign a file of the knowledge as checked.

    FILE is a path in the data folder, such as rules/statin.toml; the ID of a rule, drug or other
    entry stands for the file that it is in. What is about to be signed is shown first, with what is
    unconfirmed in it. Only the review block is written; comments and layout stay.

    The author of a file cannot review it. A statement that is changed later makes the sign-off
    stale; `crampcheck knowledge check` says so.
    """
    root = data_folder(folder)
    file = _file(what, root, load_folder(folder))
    before = (root / file).read_bytes()
    draft = load_folder(folder)  # of what was just read: what is shown is what is signed
    (row,) = [one for one in draft.knowledge.reviews if one.file == file]
    sign_off = _sign_off(row, reviewer, credentials, day, next_review)
    say(_about_to_sign(row, draft, sign_off))
    if not yes and not click.confirm("Sign this file?", err=True):
        click.echo("Nothing was signed.", err=True)
        raise click.Abort
    _write(root / file, before, sign_off)
    click.echo(f"{file} is signed. Next review: {sign_off.next_review}.")


def _file(what: str, root: Path, draft: Draft) -> str:
    """The one file that a path or an id stands for. Raises UsageError."""
    files = sorted(row.file for row in draft.knowledge.reviews)
    given = Path(what)
    with suppress(ValueError, OSError):
        inside = given.resolve().relative_to(root.resolve()).as_posix()
        if inside in files:
            return inside
    if given.as_posix() in files:
        return given.as_posix()
    ids = {place.file for (_, id_), place in draft.places.items() if id_ == what.strip()}
    found = sorted(ids or (file for file in files if file.endswith(f"/{given.as_posix()}")))
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"{what!r} is in several files: {', '.join(found)}. Name one.")
    from difflib import get_close_matches  # noqa: PLC0415

    near = get_close_matches(what, [*files, *(id_ for _, id_ in draft.places)], n=3)
    hint = f" Near it: {', '.join(near)}." if near else f" The files are: {', '.join(files)}."
    raise click.UsageError(f"{what!r} is no file and no entry of the knowledge.{hint}")


def _sign_off(
    row: FileReview,
    reviewer: str,
    credentials: str,
    day: datetime | None,
    next_review: datetime | None,
) -> SignOff:
    """The sign-off, if this person may give it on that day. Raises UsageError."""
    from knowledge.signing import SignOff  # noqa: PLC0415 - tomlkit, for this command only
    from knowledge.signoff import is_author  # noqa: PLC0415

    who, what = " ".join(reviewer.split()), " ".join(credentials.split())
    today = date.today()
    on = day.date() if day else today
    due = next_review.date() if next_review else _in_a_year(on)
    faults = {
        "--reviewer must be a person's name.": not any(char.isalpha() for char in who),
        "--reviewer and --credentials must be text that can be shown.": not (
            who.isprintable() and what.isprintable()
        ),
        f"{who} is the author of {row.file}: somebody else must review it.": is_author(
            who, row.review.authored_by
        ),
        f"--date {on} is in the future.": on > today,
        f"--date {on} is before {row.review.authored}, when {row.file} was written.": (
            on < row.review.authored
        ),
        f"--next-review {due} is not after the day of the review, {on}.": due <= on,
    }
    for sentence, wrong in faults.items():
        if wrong:
            raise click.UsageError(sentence)
    return SignOff(who, what, on, due)


def _in_a_year(day: date) -> date:
    if day.year == date.max.year:  # refused as in the future, once that is looked at
        return day
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def _about_to_sign(row: FileReview, draft: Draft, sign_off: SignOff) -> Iterator[str]:
    from knowledge.sheets.basis import review_words  # noqa: PLC0415
    from knowledge.sheets.file import entry_words, unconfirmed  # noqa: PLC0415

    known = draft.knowledge
    keys = [key for key, place in draft.places.items() if place.file == row.file]
    yield row.file
    yield f"  Written by {row.review.authored_by} on {row.review.authored}."
    yield f"  Until now: {review_words(row.review)}."
    kinds = list(dict.fromkeys(kind for kind, _ in keys))
    for kind in kinds:
        ids = [id_ for one, id_ in keys if one is kind]
        yield f"  It holds {len(ids)} {kind.value if len(ids) == 1 else kind.plural}:"
        yield from (f"    {entry_words(kind, id_, known)}" for id_ in ids)
    if not kinds:
        yield "  It holds words and codes that reading uses; read the file itself."
    doubts = [doubt for kind, id_ in keys for doubt in unconfirmed(kind, id_, known)]
    yield f"  Unconfirmed in it: {len(doubts)}"
    yield from (f"    {doubt}" for doubt in doubts)
    who = ", ".join(part for part in (sign_off.reviewer, sign_off.credentials) if part)
    yield f"  To be signed by {who} as reviewed on {sign_off.reviewed}."
    yield f"  Next review: {sign_off.next_review}."
    if kinds:
        yield "  `crampcheck explain ID` shows an entry in full, with its sources."


def _write(path: Path, before: bytes, sign_off: SignOff) -> None:
    """Put the signed text in the place of the file, whole or not at all. Raises NotWritten."""
    from knowledge.signing import CannotSignError, signed  # noqa: PLC0415

    try:
        made = signed(before.decode("utf-8-sig"), sign_off).encode("utf-8")
    except CannotSignError as error:
        raise click.UsageError(f"{path} cannot be signed: {error}.") from error
    try:
        if path.read_bytes() != before:
            raise NotWritten(f"{path} was changed while it was shown. Nothing was signed.")
        _replace(path.resolve(), made)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise NotWritten(
            f"{path} cannot be written ({why}). Nothing was signed. Copy the data folder to a "
            "place of your own, and name that with --folder."
        ) from error


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, path.stat().st_mode & 0o7777)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
