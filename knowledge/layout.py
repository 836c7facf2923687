"""Which file of the data folder holds what. A file that this page does not name is refused."""

from __future__ import annotations

from enum import StrEnum

from marshmallow import Schema
from msgspec import Struct

from knowledge.schemas.drugs import (
    DrugGroupSchema,
    IngredientSchema,
    MechanismSchema,
    ProductSchema,
    UnionGroupSchema,
)
from knowledge.schemas.evidence import SourceAttributeSchema, SourceSchema
from knowledge.schemas.patient import ConditionSchema, ConstantSchema, LabSchema
from knowledge.schemas.policy import InteractionSchema, MitigationSchema, RuleSchema, TermSchema


class Kind(StrEnum):
    """What an entry of a data file is."""

    SOURCE = "source"
    MECHANISM = "mechanism"
    GROUP = "group"
    INGREDIENT = "ingredient"
    PRODUCT = "product"
    LAB = "lab"
    CONSTANT = "constant"
    CONDITION = "condition"
    TERM = "term"
    MITIGATION = "mitigation"
    RULE = "rule"
    INTERACTION = "interaction"
    ATTRIBUTE = "attribute"

    @property
    def plural(self) -> str:
        """`rules`, for a reader."""
        return f"{self.value}s"


class Shape(StrEnum):
    """How a file writes entries of one kind."""

    LIST = "list"  # [[rule]]
    NAMED = "named"  # [lab.potassium]: the last word is the id
    SINGLE = "single"  # [group], once in the file


class Table(Struct, frozen=True):
    """The entries of one kind in a file: the table's name, how it is written and read."""

    kind: Kind
    shape: Shape
    schema: Schema
    id_key: str = "id"


_GROUP_FILE = (
    Table(Kind.GROUP, Shape.SINGLE, DrugGroupSchema()),
    Table(Kind.INGREDIENT, Shape.LIST, IngredientSchema(), "name"),
)
_FOLDERS: dict[str, tuple[Table, ...]] = {
    "ingredients": _GROUP_FILE,
    "sources": (Table(Kind.SOURCE, Shape.NAMED, SourceSchema()),),
    "rules": (Table(Kind.RULE, Shape.LIST, RuleSchema()),),
    "interactions": (Table(Kind.INTERACTION, Shape.LIST, InteractionSchema()),),
}
_FILES: dict[str, tuple[Table, ...]] = {
    "mechanisms.toml": (Table(Kind.MECHANISM, Shape.NAMED, MechanismSchema()),),
    "groups.toml": (Table(Kind.GROUP, Shape.NAMED, UnionGroupSchema()),),
    "products.toml": (Table(Kind.PRODUCT, Shape.LIST, ProductSchema(), "name"),),
    "labs.toml": (
        Table(Kind.LAB, Shape.NAMED, LabSchema()),
        Table(Kind.CONSTANT, Shape.NAMED, ConstantSchema()),
    ),
    "conditions.toml": (Table(Kind.CONDITION, Shape.NAMED, ConditionSchema()),),
    "terms.toml": (Table(Kind.TERM, Shape.NAMED, TermSchema()),),
    "mitigations.toml": (Table(Kind.MITIGATION, Shape.NAMED, MitigationSchema()),),
    "source-attributes.toml": (Table(Kind.ATTRIBUTE, Shape.NAMED, SourceAttributeSchema()),),
}
VERSION_FILE = "version.toml"
# Read by the modules that use them; here only their review block is.
_READ_ELSEWHERE = frozenset({"routes.toml", "signal.toml"})
_FOLDER_READ_ELSEWHERE = "terminology/"
REQUIRED_FILES = (VERSION_FILE, *_FILES)
REQUIRED_FOLDERS = ("ingredients", "sources", "rules")


def tables_of(file: str) -> tuple[Table, ...] | None:
    """The tables that a file may hold, by its path in the data folder; None if it is not ours."""
    folder, _, name = file.rpartition("/")
    return _FOLDERS.get(folder) if folder else _FILES.get(name)


def tables_in(name: str) -> tuple[Table, ...]:
    """The tables of a file or a folder by its name; none for any other."""
    return _FILES.get(name) or _FOLDERS.get(name) or ()


def read_elsewhere(file: str) -> bool:
    """True for a file of which only the review block is read here."""
    return file in _READ_ELSEWHERE or file.startswith(_FOLDER_READ_ELSEWHERE)
