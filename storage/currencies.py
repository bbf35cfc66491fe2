"""Currencies: how many decimals an amount has (ISO 4217). Imports nothing, so that any room may.

Amounts are kept as integers in minor units: 分 and cents for most currencies, whole yen, a
thousandth of a dinar. Whoever shows one must divide by the currency's own number.
"""

from decimal import Decimal

USUAL_DIGITS = 2
# ISO 4217, list one: currencies whose minor unit is not a hundredth.
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def minor_digits(currency: str) -> int:
    """Decimal places of a currency's minor unit; two for one that is not in the list."""
    return _DIGITS.get(currency, USUAL_DIGITS)


def whole_units(minor: float, currency: str) -> Decimal:
    """An amount of minor units in yuan, dollars, yen … with the currency's decimals, exactly."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def minor_units(whole: int, currency: str) -> int:
    """Whole yuan, dollars, yen … in minor units."""
    return int(whole * 10 ** minor_digits(currency))
