"""`crampcheck explain`: what is known, with its sources."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.cli.folder import folder_option, knowledge_of
from plugin.cli.overlay import changes_of, overlay_option
from plugin.cli.rxnorm import code_lines
from plugin.cli.shared import packaged_pipeline

if TYPE_CHECKING:
    from knowledge.model import Knowledge
    from knowledge.sheets.catalog import Maker
    from knowledge.sheets.find import Key
    from knowledge.terminology.concept import Concept, Resolution
    from knowledge.terminology.release.model import Release

WIDEST = 100


class NotKnown(click.ClickException):
    """What was asked about is not in the knowledge."""

    exit_code = 2


_BARE_CODE = re.compile(r"[0-9][0-9-]{3,}")


class _Words(click.Command):
    """A command whose words may begin with a dash, as a line of a card does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not set(args).isdisjoint(ctx.help_option_names):
            return super().parse_args(ctx, args)
        known = {name for one in self.params if isinstance(one, click.Option) for name in one.opts}
        options: list[str] = []
        words: list[str] = []
        left = list(args)
        while left:
            here = options if left[0].partition("=")[0] in known else words
            taken = 2 if left[0] in known else 1  # each of our options has a value
            here += left[:taken]
            del left[:taken]
        return super().parse_args(ctx, [*options, "--", *words])


@click.command(cls=_Words)
@click.argument("what", metavar="DRUG|CODE|RULE|SENTENCE|-", nargs=-1, required=True)
@folder_option
@overlay_option()
def explain(what: tuple[str, ...], folder: Path | None) -> None:
    """Say what is known, with its sources, their status, and who reviewed it.

    Of a drug (by ingredient, salt, synonym, brand, or a code of RxNorm, ATC, SNOMED CT or UNII;
    with a RxNorm release imported, also by the code of a product, such as an NDC), a drug group,
    rule, mitigation, interaction, lab, condition, term, mechanism or source. Or of a sentence of a
    card, as it was shown: in quotes, or a whole card on standard input with -.
    """
    asked = " ".join(what).strip()
    if asked == "-":
        asked = _pasted()
    known = knowledge_of(folder)
    reader = _Reader(folder, known)
    lines = list(_explanation(asked, known, reader))
    if not lines:
        raise NotKnown(_not_known(asked, known, reader))
    say(lines)


class _Reader:
    """What reads a text as drugs, made when it is asked."""

    def __init__(self, folder: Path | None, known: Knowledge) -> None:
        self._folder, self._known = folder, known

    @property
    def release(self) -> Release | None:
        """The RxNorm release that is loaded; none beside another data folder."""
        return packaged_pipeline().release if self._folder is None else None

    def resolve(self, concept: Concept) -> Resolution:
        from knowledge.terminology.resolver import Resolver  # noqa: PLC0415

        if self._folder is None:
            return packaged_pipeline().resolve(concept)
        return Resolver(self._known).resolve(concept)


def _pasted() -> str:
    from plugin.screening.source.documents import read_all  # noqa: PLC0415 - only where it is asked for

    return read_all("-").decode(errors="replace").strip()


def say(lines: Iterable[str]) -> None:
    """Lines to the width of the terminal, wrapped below themselves."""
    width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        click.echo(textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False))


def _explanation(asked: str, known: Knowledge, reader: _Reader) -> Iterator[str]:
    """Everything that goes by the name asked for; nothing if there is no such thing."""
    from knowledge.sheets.catalog import catalog  # noqa: PLC0415 - only this command pays
    from knowledge.sheets.find import named  # noqa: PLC0415
    from knowledge.sheets.spoken import spoken  # noqa: PLC0415

    sheets = catalog(known)
    keys = named(asked, known) or spoken(asked, known)
    if keys:
        yield from _sheets(keys, sheets, known)
    else:
        yield from _recognised(asked, reader, sheets, known)


def _sheets(keys: Iterable[Key], sheets: dict[Key, Maker], known: Knowledge) -> Iterator[str]:
    from knowledge.sheets.sheet import text_lines  # noqa: PLC0415

    for key in keys:
        sheet = sheets[key]()
        yield sheet.title
        yield from text_lines(sheet.lines)
        yield from changes_of(sheet.id, known)


def _recognised(
    asked: str,
    reader: _Reader,
    sheets: dict[Key, Maker],
    known: Knowledge,
) -> Iterator[str]:
    """What the terminology reads as drugs: those linked to cramps in full, others by name."""
    from knowledge.layout import Kind  # noqa: PLC0415
    from knowledge.terminology.concept import Coding, Concept  # noqa: PLC0415

    system, lines = code_lines(asked, reader.release)
    yield from lines
    concept = Concept((Coding(system, asked),)) if system else Concept(text=asked)
    resolution = reader.resolve(concept)
    for name in resolution.ingredients:
        if (Kind.INGREDIENT, name) in sheets:
            yield from _sheets([(Kind.INGREDIENT, name)], sheets, known)
        else:
            yield f"{name} - a drug that this knowledge says nothing about: listed, never flagged."


def _not_known(asked: str, known: Knowledge, reader: _Reader) -> str:
    from knowledge.sheets.find import near  # noqa: PLC0415
    from plugin.screening.visible import visible  # noqa: PLC0415

    names = near(asked, known)
    hint = f" Near it: {', '.join(names)}." if names else ""
    if _BARE_CODE.fullmatch(asked) and reader.release is None:
        hint += (
            " Codes of products are known once a RxNorm release is imported:"
            " crampcheck knowledge import-rxnorm."
        )
    shown = visible(textwrap.shorten(asked, WIDEST, placeholder="..."))
    return f"'{shown}' is nothing that is known here: no name, code, rule or sentence.{hint}"
