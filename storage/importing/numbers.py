"""Reads numbers and money. Pure. Money becomes an integer in minor units."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from storage.currencies import minor_digits
from storage.importing.troubles import CellError

_SYMBOLS = {"€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR", "HK$": "HKD", "US$": "USD"}
_SHARED_SYMBOLS = {"$", "¥", "元"}  # several currencies use them, so they contradict none
_CODE = re.compile(r"[A-Z]{3}")
_MULTIPLES = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "%": Decimal("0.01")}
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units; ``rounded`` when the source was finer than the currency."""

    minor: int
    rounded: bool = False


def read_number(raw: object, decimal: str = ".") -> Decimal:
    """A number from a cell: separators, full-width digits, %, 万 and 亿, accounting brackets."""
    if isinstance(raw, bool):
        raise CellError("bad_number", value=str(raw))
    if isinstance(raw, int | float | Decimal):
        return _finite(str(raw), str(raw))
    text = unicodedata.normalize("NFKC", str(raw)).strip().replace("\u2212", "-")
    body, multiple = _multiple(text)
    if body.startswith("(") and body.endswith(")"):
        body = f"-{body[1:-1]}"
    return _finite(_plain(body.strip(), decimal, text), text) * multiple


def read_integer(raw: object, decimal: str = ".") -> int:
    """A whole number; ``12.0`` is one, ``12.5`` is not."""
    number = read_number(raw, decimal)
    if number != number.to_integral_value() or abs(number) > _LARGEST:
        raise CellError("bad_integer", value=str(raw))
    return int(number)


def read_money(raw: object, currency: str, unit: Decimal, decimal: str = ".") -> Money:
    """An amount of ``currency``; ``unit`` is what one counts for in the source (10000 for 万元)."""
    text = raw if isinstance(raw, int | float | Decimal) else _without_currency(str(raw), currency)
    try:
        exact = read_number(text, decimal) * unit * Decimal(10) ** minor_digits(currency)
    except CellError as trouble:
        raise CellError("bad_money", value=str(raw)) from trouble
    whole = exact.quantize(Decimal(1), ROUND_HALF_UP) if abs(exact) < _LARGEST else None
    if whole is None:
        raise CellError("bad_money", value=str(raw))
    if whole < 0:
        raise CellError("negative_money", kept=int(whole), value=str(raw))
    return Money(int(whole), rounded=whole != exact)


def _without_currency(text: str, currency: str) -> str:
    """The amount without its sign; another currency than the declared one is a trouble."""
    bare = unicodedata.normalize("NFKC", text).strip()
    for symbol, code in sorted(_SYMBOLS.items(), key=lambda item: -len(item[0])):
        if symbol in bare:
            _agree(code, currency, text)
            return bare.replace(symbol, "").strip()
    code_found = _CODE.search(bare)
    if code_found:
        _agree({"RMB": "CNY"}.get(code_found[0], code_found[0]), currency, text)
        bare = bare.replace(code_found[0], "")
    for symbol in _SHARED_SYMBOLS:
        bare = bare.replace(symbol, "")
    return bare.strip()


def _agree(found: str, declared: str, text: str) -> None:
    if found != declared:
        raise CellError("other_currency", value=text, found=found, declared=declared)


def _multiple(text: str) -> tuple[str, Decimal]:
    for suffix, multiple in _MULTIPLES.items():
        if text.endswith(suffix):
            return text[: -len(suffix)].strip(), multiple
    return text, Decimal(1)


def _plain(text: str, decimal: str, said: str) -> str:
    """Digits with a dot; group separators only where they group by three or four digits."""
    group = "." if decimal == "," else ","
    grouped = rf"\d{{1,3}}(\{group}\d{{3}})+|\d{{1,4}}(\{group}\d{{4}})+"
    pattern = rf"[-+]?(\d+|{grouped})?(\{decimal}\d+)?"
    compact = text.replace("\u00a0", "").replace(" ", "").replace("'", "")
    if not compact or not re.fullmatch(pattern, compact):
        raise CellError("bad_number", value=said)
    return compact.replace(group, "").replace(decimal, ".")


def _finite(text: str, said: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise CellError("bad_number", value=said) from error
    if not number.is_finite():
        raise CellError("bad_number", value=said)
    return number
