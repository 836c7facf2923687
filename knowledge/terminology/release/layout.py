"""The files of a release and their columns, as NLM's technical documentation of RxNorm gives them.

Each line of a file ends with `|`, after the last column too.
"""

from __future__ import annotations

from msgspec import Struct


class FileLayout(Struct, frozen=True):
    """A file: its name and how many columns a line has. Without a required one there is no index.

    `keyed`: the first column is a RxCUI.
    """

    name: str
    columns: int
    required: bool = False
    keyed: bool = False


CONSO = FileLayout("RXNCONSO.RRF", 18, required=True, keyed=True)  # names and codes
REL = FileLayout("RXNREL.RRF", 16, required=True)  # what consists of what
SAT = FileLayout("RXNSAT.RRF", 13, required=True, keyed=True)  # attributes; the NDC are among them
ARCHIVE = FileLayout("RXNATOMARCHIVE.RRF", 16)  # names of retired concepts
RETIRED = FileLayout("RXNCUI.RRF", 5)  # retired concepts and what replaced them
CHANGES = FileLayout("RXNCUICHANGES.RRF", 7)  # names that moved to another concept
SOURCES = FileLayout("RXNSAB.RRF", 25)  # versions of the sources
FILES = (CONSO, REL, SAT, ARCHIVE, RETIRED, CHANGES, SOURCES)

RXNORM = "RXNORM"
# Term types of concepts that are made of ingredients; a dose form is not, and has no code here.
KINDS = (
    "IN", "PIN", "MIN", "BN", "SCD", "SBD", "SCDC", "SBDC", "SCDF", "SBDF", "SCDG", "SBDG",
    "SCDFP", "SBDFP", "SCDGP", "GPCK", "BPCK",
)  # fmt: skip
SUBSTANCES = frozenset({"IN", "PIN", "MIN"})
# Names of substances and brands are looked for within a text, those of products as a whole one.
NAMING = SUBSTANCES | {"BN"}
PRODUCTS = frozenset({"SCD", "SBD", "GPCK", "BPCK"})
# Suppressed by an editor of RxNorm: a name that does not say what it seems to.
WITHHELD = "Y"
OBSOLETE = "O"
# How surely a source says that a code is of a concept; the least counts.
RANK_OWN, RANK_OTHER, RANK_OBSOLETE = 0, 1, 2
_MOST_DIGITS = 8


def rxcui_of(text: str) -> int:
    """A RxCUI as a number; 0 for what cannot be one."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS else 0
