"""The concepts that a code or name leads to, as one answer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from knowledge.terminology.release.layout import RANK_OBSOLETE
from knowledge.terminology.release.model import Released, Substance


class Row(NamedTuple):
    """A concept that a code or name leads to; `rank` is higher where the source says it less."""

    rxcui: int
    kind: str
    name: str
    retired: int
    ingredients: str
    rank: int


def answer(
    rows: Sequence[Row], substance: Callable[[str], Substance], *, whole: bool = False
) -> Released | None:
    """One answer for what stands for one set of ingredients; none for what stands for several.

    Those of the least rank count, then those that are not retired. `whole`: all must agree, as
    each is of another package, and the code itself is not known.
    """
    if not rows:
        return None
    least = min(row.rank for row in rows)
    held = list(rows) if whole else [row for row in rows if row.rank == least]
    current = [row for row in held if not row.retired]
    held = held if whole else current or held
    told = [row for row in held if row.ingredients]
    sets = {row.ingredients for row in told}
    if len(sets) > 1 or (not sets and len(held) > 1) or (whole and len(told) < len(held)):
        return Released("", "", "", (), detail="stands for several different drugs in RxNorm")
    row = (told or held)[0]
    return Released(
        rxcui=str(row.rxcui),
        kind=row.kind,
        name=row.name,
        ingredients=tuple(substance(one) for one in row.ingredients.split()),
        retired=bool(row.retired) or row.rank >= RANK_OBSOLETE,
        detail="read by the other packages of its product" if whole else "",
    )
