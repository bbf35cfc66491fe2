"""What the domain tables offer to an import, read from the tables themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import JSON, Boolean, Date, Float, Integer, inspect
from sqlalchemy import Enum as EnumType

from storage import tables
from storage.columns import UtcDateTime
from storage.identity import Visibility
from storage.vocabulary import Grade

Kind = Literal["text", "money", "integer", "number", "boolean", "date", "moment", "list", "choice"]

# How many characters a text may have. What names, titles and codes are made of is compared with
# every question; longer ones come from a column that is mapped wrongly or from damaged files.
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_TEXT = 200, 2_000, 20_000
_ADDRESSES = frozenset({"website"})
_LONG_TEXTS = frozenset(
    {
        "action_item",
        "description",
        "gap",
        "loss_reason",
        "next_step",
        "outcome",
        "payment_terms",
        "strength",
        "summary",
        "terms",
        "text",
    }
)
# Set by the import itself, never by a column.
OWN_FIELDS = frozenset({"id", "org_id", "source", "external_id", "recorded_at"})
# They have ways in of their own, with rules that an import must not go round.
_CLOSED = frozenset({"organisation", "library_item", "library_chunk", "customer_share"})
_PREFIXES = MappingProxyType(
    {
        "customer": "cus",
        "contact": "con",
        "contract": "ctr",
        "project": "prj",
        "person": "per",
        "region": "reg",
        "product": "prd",
        "opportunity": "opp",
        "interaction": "int",
        "sales_order": "ord",
        "store": "sto",
    }
)
_REFERENCES = MappingProxyType(
    {
        "owner_id": "person",
        "manager_id": "person",
        "approver_id": "person",
        "person_ids": "person",
        "contact_ids": "contact",
        "contract_id": "contract",
    }
)


@dataclass(frozen=True, slots=True)
class TargetField:
    """One field that an import may fill. ``refers`` is the table whose id it holds, if known.

    ``grade`` says who may read it; private words are L3.
    """

    name: str
    kind: Kind
    nullable: bool
    default: Any  # a value, or a function that makes one
    required: bool  # neither empty nor left to a default
    choices: type[Enum] | None = None
    reference: bool = False
    refers: str | None = None
    grade: Grade | None = None

    @property
    def longest(self) -> int:
        """Characters that a text of this field may have; of a list, each of its items."""
        if self.name in _LONG_TEXTS:
            return LONGEST_TEXT
        return LONGEST_ADDRESS if self.name in _ADDRESSES else LONGEST_NAME


@dataclass(frozen=True, slots=True)
class Target:
    """A domain table that can be imported into."""

    name: str
    model: type[Any]
    fields: Mapping[str, TargetField]

    @property
    def prefix(self) -> str:
        """What the ids of its rows begin with."""
        return _PREFIXES.get(self.name, "".join(part[:3] for part in self.name.split("_")))

    @property
    def sourced(self) -> bool:
        """Whether its rows remember where they came from."""
        return hasattr(self.model, "source")

    @property
    def visibility(self) -> Visibility:
        found: Visibility = self.model.visibility
        return found


@lru_cache(maxsize=1)
def targets() -> Mapping[str, Target]:
    """Every table that can be imported into, by its name, parents before children."""
    by_name = {model.__tablename__: model for model in _models()}
    order = [table.name for table in tables.Organisation.metadata.sorted_tables]
    known = set(by_name)
    found = [Target(n, by_name[n], _fields(by_name[n], known)) for n in order if n in by_name]
    return MappingProxyType({target.name: target for target in found})


def target_named(name: str) -> Target | None:
    """The target by its table name or by the name of its class (``order``: ``sales_order``)."""
    known = targets()
    plain = name.strip().lower().replace(" ", "_")
    if plain in known:
        return known[plain]
    return next((t for t in known.values() if _snake(t.model.__name__) == plain), None)


def _models() -> list[type[Any]]:
    found = (getattr(tables, name) for name in tables.__all__)
    return [
        model
        for model in found
        if hasattr(model, "__tablename__")
        and hasattr(model, "__table__")
        and model.__tablename__ not in _CLOSED
        and model.visibility is not Visibility.SYSTEM
    ]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _fields(model: type[Any], known: set[str]) -> Mapping[str, TargetField]:
    mapper: Any = inspect(model)
    described = (
        _field(name, column, model, known)
        for name, column in mapper.columns.items()
        if name not in OWN_FIELDS
    )
    return MappingProxyType({f.name: f for f in described if f is not None})


def _field(name: str, column: Any, model: type[Any], known: set[str]) -> TargetField | None:
    info = model.model_fields[name]
    kind = _kind(name, column.type, info.default_factory)
    if kind is None:
        return None
    default = info.default_factory or (None if info.is_required() else info.default)
    return TargetField(
        name=name,
        kind=kind,
        nullable=bool(column.nullable),
        default=default,
        required=not column.nullable and default is None,
        choices=column.type.enum_class if isinstance(column.type, EnumType) else None,
        grade=_grade(column, model, kind),
        reference=name.endswith(("_id", "_ids")) or name == "duplicate_of",
        refers=_refers(name, model, known),
    )


def _grade(column: Any, model: type[Any], kind: Kind) -> Grade | None:
    own: Grade | None = column.info.get("grade")
    words = kind == "text" and not column.foreign_keys and not column.name.endswith("_id")
    return Grade.L3 if words and model.visibility is Visibility.PRIVATE else own


def _kind(name: str, column_type: Any, factory: Any) -> Kind | None:
    """The kind of a column; JSON objects have none, no cell of a table can fill them."""
    if isinstance(column_type, UtcDateTime):
        return "moment"
    if isinstance(column_type, JSON):
        return "list" if factory is list else None
    if isinstance(column_type, EnumType):
        return "choice"
    for sql_type, kind in _SQL_KINDS:
        if isinstance(column_type, sql_type):
            return "money" if name.endswith("_minor") else kind
    return "text"


_SQL_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (Boolean, "boolean"),
    (Date, "date"),
    (Integer, "integer"),
    (Float, "number"),
)


def _refers(name: str, model: type[Any], known: set[str]) -> str | None:
    if name in {"parent_id", "duplicate_of"}:
        own: str = model.__tablename__
        return own
    if name in _REFERENCES:
        return _REFERENCES[name]
    stem = name.removesuffix("_id")
    return stem if stem != name and stem in known else None
