"""Turns one cell into one value. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from storage.currencies import minor_digits, whole_units
from storage.importing.dates import read_date, read_moment
from storage.importing.fields import LONGEST_TEXT, TargetField
from storage.importing.mapping import ColumnPart
from storage.importing.money_codes import CURRENCIES
from storage.importing.numbers import Money, read_integer, read_money, read_number
from storage.importing.texts import fold, plain
from storage.importing.troubles import CellError

_YES = frozenset({"true", "yes", "y", "t", "1", "是", "有", "√"})
_NO = frozenset({"false", "no", "n", "f", "0", "否", "无", "×"})
_EXCERPT = 40  # characters by which a long cell is recognised
_SEPARATORS = re.compile("[;；、|\n]")


@dataclass(slots=True)
class Converter:
    """Reads the cells of one column for one field.

    ``currency`` and ``zone`` are the organisation's, where the mapping says nothing else.
    Equal cells are read once: exports repeat their dates and names thousands of times.
    """

    part: ColumnPart
    target: TargetField
    currency: str
    zone: ZoneInfo
    _values: Mapping[str, str] = field(init=False)
    _known: dict[tuple[str, str], Any] = field(init=False, default_factory=dict)
    _rounded: dict[tuple[str, str], str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._values = {fold(said): meant for said, meant in self.part.values.items()}
        self.currency = self.part.currency or self.currency
        if self.part.timezone is not None:
            self.zone = ZoneInfo(self.part.timezone)

    def __call__(self, raw: object, currency: str | None = None) -> Any:
        """The value, or ``CellError``. Blank cells never come here."""
        paid = self.part.currency or currency or self.currency
        at = (raw, paid) if isinstance(raw, str) else None
        if at is not None and at in self._known:
            return self._known[at]
        value = self._read(self._meant(raw), paid)
        if isinstance(value, Money):
            if value.rounded:
                self._rounded[plain(raw), paid] = _shown(value.minor, paid)
            value = value.minor
        if at is not None and len(self._known) < 10_000:
            self._known[at] = value
        return value

    def rounded(self, raw: object, currency: str | None = None) -> str | None:
        """For money that was finer than its currency: the amount that was taken instead."""
        if not self._rounded:
            return None
        return self._rounded.get((plain(raw), self.part.currency or currency or self.currency))

    def meaning(self, name: str) -> str:
        """A name through the value map, before it is looked up."""
        return self._values.get(fold(name), name) if self._values else name

    def _meant(self, raw: object) -> object:
        if not self._values:
            return raw
        text = plain(raw)
        meant = self._values.get(fold(text))
        if meant is None and self.part.strict:
            raise CellError("unknown_value", value=text, known=list(self.part.values))
        return raw if meant is None else meant

    def _read(self, raw: object, currency: str) -> Any:
        part = self.part
        match self.target.kind:
            case "money":
                return read_money(raw, currency, part.unit, part.decimal)
            case "integer":
                return read_integer(raw, part.decimal)
            case "number":
                return float(read_number(raw, part.decimal) * part.unit)
            case "date":
                return read_date(raw, part.formats, self.zone)
            case "moment":
                return read_moment(raw, part.formats, self.zone)
            case "boolean":
                return _boolean(raw)
            case "choice":
                return _choice(self.target, plain(raw))
            case "list" | "text":
                return self._words(plain(raw))

    def _words(self, text: str) -> str | list[str]:
        """A text or a list of texts, none of them too long."""
        longest = self.target.longest
        if self.target.kind == "list":
            items = _items(within(text, LONGEST_TEXT), self.part.separator)
            return [within(item, longest) for item in items]
        return _currency(text) if self.target.name == "currency" else within(text, longest)


def constant(field_: TargetField, value: object, zone: ZoneInfo, currency: str) -> Any:
    """A value that stands in the mapping itself (``defaults``), read as a cell would be."""
    if value is None:
        return None
    if isinstance(value, list):
        return [plain(item) for item in value]
    return Converter(ColumnPart(to=field_.name), field_, currency, zone)(value)


def within(text: str, longest: int) -> str:
    """The text, or ``CellError`` where it is too long; its beginning may be kept."""
    if len(text) <= longest:
        return text
    shown = f"{text[:_EXCERPT]}…"
    raise CellError("too_long", kept=text[:longest], value=shown, length=len(text), limit=longest)


def _currency(text: str) -> str:
    code = text.upper()
    if code not in CURRENCIES:
        raise CellError("unknown_currency", value=text[:_EXCERPT])
    return code


def _shown(minor: int, currency: str) -> str:
    return f"{whole_units(minor, currency):.{minor_digits(currency)}f} {currency}"


def _boolean(raw: object) -> bool:
    text = fold(plain(raw))
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise CellError("bad_boolean", value=plain(raw))


def _choice(field_: TargetField, text: str) -> Any:
    assert field_.choices is not None  # noqa: S101 - a choice field has its choices
    folded = fold(text).replace(" ", "_")
    for member in field_.choices:
        if str(member.value) == folded:
            return member
    raise CellError("unknown_value", value=text, known=[str(m.value) for m in field_.choices])


def _items(text: str, separator: str | None) -> list[str]:
    parts = text.split(separator) if separator else _SEPARATORS.split(text)
    return [item.strip() for item in parts if item.strip()]
