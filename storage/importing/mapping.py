"""The mapping file: how the columns of an export become rows of the domain tables.

``docs/import.md`` describes every key for the people who write such files.
"""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal, LiteralString
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from storage.importing.money_codes import CURRENCIES
from storage.vocabulary import Language, Role

Policy = Literal["skip", "blank", "keep", "stop"]
ColumnType = Literal["text", "money", "integer", "number", "boolean", "date", "list"]


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise PydanticCustomError("zone", "unknown time zone") from error
    return value


def _formed(pattern: str, code: LiteralString) -> AfterValidator:
    """A text of a certain form; ``code`` leads to the words for it (``words/``, reasons)."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise PydanticCustomError(code, "not in the right form")
        return value

    return AfterValidator(check)


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        raise PydanticCustomError("currency", "no such currency")
    return value


def _word(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_word)]
Texts = Annotated[list[Text], BeforeValidator(_as_list)]
Name = Annotated[str, Field(min_length=1, max_length=200)]  # as long as an imported one may be
Zone = Annotated[str, AfterValidator(_zone)]
Currency = Annotated[str, AfterValidator(_currency)]
Reference = Annotated[str, _formed(r"[a-z_]+\.[a-z_]+", "reference")]
Slug = Annotated[str, _formed(r"[a-z0-9][a-z0-9_-]{0,39}", "slug")]


class Part(BaseModel):
    """Part of a mapping: unknown keys are mistakes, numbers may stand where text is meant."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)


class OrganisationPart(Part):
    """The company that the data belongs to; created if it is not there yet."""

    id: Slug
    name: Name
    currency: Currency
    timezone: Zone
    language: Language
    default_person: str | None = None  # who speaks where nobody is named


class PersonPart(Part):
    """Somebody whom the export does not list."""

    key: Name | None = None  # external id; the name if left out
    name: Name
    role: Role
    english_name: Name | None = None
    aliases: Annotated[list[Name], BeforeValidator(_as_list)] = []
    title: Name | None = None
    region: str | None = None
    manager: str | None = None
    phone: str | None = None
    email: str | None = None
    timezone: Zone | None = None
    language: Language | None = None


class SourcePart(Part):
    """Which table of the source. A plain name is the file, sheet or SQL table of that name."""

    file: str | None = None
    sheet: str | None = None
    table: str | None = None
    query: str | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    header_row: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _something(self) -> "SourcePart":
        if not (self.file or self.sheet or self.table or self.query):
            raise PydanticCustomError("no_source", "name a file, a sheet, a table or a query")
        return self

    @property
    def name(self) -> str:
        """What messages call it when it cannot be found."""
        return self.table or self.sheet or self.file or "query"


class LookupPart(Part):
    """Turns a name in a cell into the id of a row: by key or any of its names, or one field."""

    table: str
    by: str | None = None


class ColumnPart(Part):
    """Where the cells of one column go, and how they are read."""

    to: str
    type: ColumnType | None = None
    formats: Texts = []  # strptime patterns; ``excel`` for serial numbers
    timezone: Zone | None = None
    currency: Currency | None = None
    unit: Decimal = Field(default=Decimal(1), gt=0)
    decimal: Literal[".", ","] = "."
    separator: str | None = Field(default=None, min_length=1)
    values: dict[str, Text] = {}
    strict: bool = False  # a cell that ``values`` does not list is a problem
    lookup: LookupPart | None = None
    default: Any = None
    when: dict[str, Texts] = {}
    problems: Policy | None = None


class DerivePart(Part):
    """A field that no column holds: from a template, a related row, or the rows that point here."""

    template: Annotated[tuple[str, ...], BeforeValidator(_as_list)] | None = None
    copy_: Reference | None = Field(default=None, alias="copy")
    most: Reference | None = None
    via: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "DerivePart":
        if sum(way is not None for way in (self.template, self.copy_, self.most)) != 1:
            raise PydanticCustomError("one_way", "give exactly one of template, copy, most")
        if self.template is None and self.via is None:
            raise PydanticCustomError("no_via", "say which field points to the other row: via")
        return self


def _source(value: Any) -> Any:
    return {"table": value} if isinstance(value, str) else value


def _columns(value: Any) -> Any:
    """``column: field``, ``column: {to: field, …}`` and a list of these."""
    if not isinstance(value, dict):
        return value
    return {
        name: [{"to": entry} if isinstance(entry, str) else entry for entry in _as_list(entries)]
        for name, entries in value.items()
    }


class TablePart(Part):
    """One target table and the source table that fills it."""

    target: str
    from_: Annotated[SourcePart, BeforeValidator(_source)] = Field(alias="from")
    key: Annotated[Texts, Field(min_length=1)]
    one_per_key: bool = False  # rows of one key describe one thing: managers in a list of reps
    columns: Annotated[dict[str, list[ColumnPart]], BeforeValidator(_columns)] = {}
    repair: dict[str, dict[str, Text]] = {}
    defaults: dict[str, Any] = {}
    derive: dict[str, DerivePart] = {}
    required: Texts = []
    skip_if: dict[str, Texts] = {}
    not_before: dict[str, str] = {}
    blanks: Texts | None = None
    ragged: Literal["skip", "keep"] = "skip"
    problems: Policy = "skip"


class ImportMapping(Part):
    """A whole mapping file."""

    version: Literal[1]
    source: Slug
    organisation: OrganisationPart
    people: list[PersonPart] = []
    blanks: Texts = []
    tables: Annotated[list[TablePart], Field(min_length=1)]
    shares: Texts = []
