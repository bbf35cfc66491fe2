"""Numbers and money: separators, units, signs, currencies; exact in minor units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.currencies import minor_digits
from storage.importing.numbers import Money, read_integer, read_money, read_number
from storage.importing.troubles import CellError

ONE = Decimal(1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1054", "1054"),
        ("1,054.50", "1054.50"),
        ("1,2345,6789", "123456789"),
        ("-12", "-12"),
        ("(12.5)", "-12.5"),
        ("１２３．５", "123.5"),
        ("15%", "0.15"),
        ("12.5万", "125000"),
        ("1.2亿", "120000000"),
        ("1 054", "1054"),
        (".5", "0.5"),
    ],
)
def test_numbers_as_people_write_them(text: str, expected: str) -> None:
    assert read_number(text) == Decimal(expected)


def test_decimal_comma_where_the_mapping_says_so() -> None:
    assert read_number("1.054,50", ",") == Decimal("1054.50")


@pytest.mark.parametrize(
    "text", ["1,5", "12,34.5", "abc", "", "-", "1.2.3", "NaN", "inf", "1e5x", "1234,567"]
)
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    with pytest.raises(CellError):
        read_number(text)


def test_integers_are_whole() -> None:
    assert read_integer("2,822") == 2822
    assert read_integer(2822.0) == 2822
    for text in ("12.5", str(2**63), True):
        with pytest.raises(CellError):
            read_integer(text)


@pytest.mark.parametrize(
    ("raw", "currency", "unit", "minor"),
    [
        ("1054", "USD", ONE, 105_400),
        ("$1,054.50", "USD", ONE, 105_450),
        ("1100.04", "USD", Decimal(1_000_000), 110_004_000_000),
        ("￥1,054.5", "CNY", ONE, 105_450),
        ("12.3万元", "CNY", ONE, 12_300_000),
        ("RMB 20", "CNY", ONE, 2_000),
        ("1500", "JPY", ONE, 1_500),
        ("1.5", "KWD", ONE, 1_500),
        (4821, "USD", ONE, 482_100),
        (0.1 + 0.2, "USD", ONE, 30),
        (Decimal("19.99"), "EUR", ONE, 1_999),
    ],
)
def test_money_becomes_minor_units(raw: object, currency: str, unit: Decimal, minor: int) -> None:
    assert read_money(raw, currency, unit).minor == minor


def test_money_finer_than_the_currency_is_rounded_and_says_so() -> None:
    assert read_money("1.005", "USD", ONE) == Money(101, rounded=True)
    assert read_money("1.00", "USD", ONE) == Money(100, rounded=False)


def test_negative_money_is_a_trouble_that_can_be_kept() -> None:
    with pytest.raises(CellError) as caught:
        read_money("-3.50", "USD", ONE)
    assert (caught.value.code, caught.value.kept) == ("negative_money", -350)


@pytest.mark.parametrize(("text", "found"), [("€5", "EUR"), ("5 GBP", "GBP"), ("HK$5", "HKD")])
def test_another_currency_than_declared_is_a_trouble(text: str, found: str) -> None:
    with pytest.raises(CellError) as caught:
        read_money(text, "USD", ONE)
    assert caught.value.code == "other_currency"
    assert caught.value.details["found"] == found


def test_what_is_no_money() -> None:
    for text in ("lots", "1e400", "99999999999999999999"):
        with pytest.raises(CellError) as caught:
            read_money(text, "USD", ONE)
        assert caught.value.code == "bad_money"


@given(st.integers(0, 10**15), st.sampled_from(["USD", "JPY", "KWD", "CNY"]))
def test_an_amount_written_out_is_read_back_exactly(minor: int, currency: str) -> None:
    digits = minor_digits(currency)
    text = f"{Decimal(minor).scaleb(-digits):,.{digits}f} {currency}"
    assert read_money(text, currency, ONE) == Money(minor)
