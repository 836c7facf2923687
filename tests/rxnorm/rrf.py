"""Writes the files of a RxNorm release, column by column as NLM documents them."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from pathlib import Path

INVERSE = {
    "contains": "contained_in",
    "has_part": "part_of",
    "form_of": "has_form",
    "consists_of": "constitutes",
    "tradename_of": "has_tradename",
    "has_ingredient": "ingredient_of",
    "has_ingredients": "ingredients_of",
    "has_precise_ingredient": "precise_ingredient_of",
    "isa": "inverse_isa",
}


def conso(
    rxcui: int, tty: str, name: str, *, sab: str = "RXNORM", code: str = "", suppress: str = "N"
) -> str:
    """A line of RXNCONSO.RRF."""
    code = code or str(rxcui)
    return f"{rxcui}|ENG||||||1|{code}|{code}||{sab}|{tty}|{code}|{name}||{suppress}||"


def rel(cui1: int, rela: str, cui2: int, suppress: str = "N", sab: str = "RXNORM") -> str:
    """A line of RXNREL.RRF: CUI2 RELA CUI1."""
    return f"{cui1}||CUI|RO|{cui2}||CUI|{rela}|1||{sab}||||{suppress}||"


def sat(rxcui: int, atn: str, atv: str, sab: str = "RXNORM", suppress: str = "N") -> str:
    """A line of RXNSAT.RRF."""
    return f"{rxcui}|||1|AUI|{rxcui}|||{atn}|{sab}|{atv}|{suppress}||"


def archived(rxcui: int, tty: str, name: str, merged: int, sab: str = "RXNORM") -> str:
    """A line of RXNATOMARCHIVE.RRF."""
    into = merged or ""
    return f"1||{name}||||{rxcui}||ENG|||RXNORM_1|{rxcui}|{sab}|{tty}|{into}|"


def sab(version: str) -> str:
    """The line of RXNSAB.RRF about RxNorm itself."""
    columns = [""] * 25
    columns[2:5] = [f"RXNORM_{version}", "RXNORM", "RxNorm"]
    columns[6], columns[21], columns[22] = version, "Y", "Y"
    return "|".join(columns) + "|"


class ReleaseText:
    """The lines of each file of a release."""

    def __init__(self, version: str = "20AA_261102F") -> None:
        self.lines: dict[str, list[str]] = defaultdict(list)
        self.lines["RXNSAB.RRF"].append(sab(version))

    def concept(self, rxcui: int, tty: str, name: str, suppress: str = "N") -> None:
        """A concept of RxNorm's own."""
        self.lines["RXNCONSO.RRF"].append(conso(rxcui, tty, name, suppress=suppress))

    def source(
        self, rxcui: int, sab: str, code: str, name: str, *, tty: str = "IN", suppress: str = "N"
    ) -> None:
        """What another source calls a concept."""
        self.lines["RXNCONSO.RRF"].append(
            conso(rxcui, tty, name, sab=sab, code=code, suppress=suppress)
        )

    def relation(self, source: int, rela: str, *targets: int, suppress: str = "N") -> None:
        """`source rela target`, and the inverse, as a release has both."""
        for target in targets:
            self.lines["RXNREL.RRF"].append(rel(target, rela, source, suppress))
            self.lines["RXNREL.RRF"].append(rel(source, INVERSE[rela], target, suppress))

    def ndc(self, rxcui: int, ndc: str, sab: str = "RXNORM", suppress: str = "N") -> None:
        """A National Drug Code."""
        self.lines["RXNSAT.RRF"].append(sat(rxcui, "NDC", ndc, sab, suppress))

    def archive(self, rxcui: int, tty: str, name: str, merged: int = 0) -> None:
        """A retired concept, and what it was merged into."""
        self.lines["RXNATOMARCHIVE.RRF"].append(archived(rxcui, tty, name, merged))

    def retired(self, rxcui: int, became: int) -> None:
        """A line of RXNCUI.RRF."""
        self.lines["RXNCUI.RRF"].append(f"{rxcui}|20AA|20AB|1|{became}|")

    def changed(self, old: int, new: int) -> None:
        """A line of RXNCUICHANGES.RRF."""
        self.lines["RXNCUICHANGES.RRF"].append(f"1|{old}|RXNORM|SCD|name|{old}|{new}|")

    def files(self, end: str = "\n", mark: bytes = b"") -> dict[str, bytes]:
        """The bytes of each file."""
        return {
            name: mark + "".join(line + end for line in lines).encode()
            for name, lines in self.lines.items()
        }

    def folder(self, path: Path, files: dict[str, bytes] | None = None, below: str = "rrf") -> Path:
        """Write it as a folder; give that folder."""
        where = path / below
        where.mkdir(parents=True, exist_ok=True)
        for name, content in (files or self.files()).items():
            (where / name).write_bytes(content)
        return path

    def zip(self, path: Path, files: dict[str, bytes] | None = None, below: str = "rrf/") -> Path:
        """Write it as a zip; give its path."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (files or self.files()).items():
                archive.writestr(below + name, content)
        return path
