"""Every currency has its own decimals, and all that read or show money agree on them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.fit import slot_fits
from knowledge_base.scenario import Scenario
from prompts.filters import money
from storage.currencies import minor_digits, minor_units, whole_units
from storage.importing.numbers import read_money
from tools.customers.display import deal_table
from tools.customers.schemas import CustomerBrief, DealFact
from tools.diary.rules import THRESHOLDS, weight, why_key

CURRENCIES = ("CNY", "USD", "JPY", "KWD", "CLF")


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("CNY", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3), ("CLF", 4), ("XYZ", 2)],
)
def test_decimals_of_a_currency(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize(
    ("minor", "currency", "zh", "en"),
    [
        (1_000_000, "JPY", "JPY 1,000,000", "JPY 1,000,000"),
        (1_234_500, "KWD", "KWD 1,234.500", "KWD 1,234.500"),
        (1_000, "KWD", "KWD 1", "KWD 1"),
        (12_345, "USD", "USD 123.45", "USD 123.45"),
        (10_000, "USD", "USD 100", "USD 100"),
        (128_500_000, "CNY", "¥128.5万", "CNY 1,285,000"),
        (100_000_000_000, "CNY", "¥10亿", "CNY 1,000,000,000"),
        (99_999, "CNY", "¥999.99", "CNY 999.99"),
        (-1, "JPY", "JPY -1", "JPY -1"),
        (9_007_199_254_740_993, "USD", "USD 90,071,992,547,409.93", "USD 90,071,992,547,409.93"),
        (None, "JPY", "—", "—"),
    ],
)
def test_money_is_shown_with_them(minor: int | None, currency: str, zh: str, en: str) -> None:
    assert (money(minor, currency, "zh"), money(minor, currency, "en")) == (zh, en)


@given(st.integers(-(10**15), 10**15), st.sampled_from(CURRENCIES))
def test_what_is_shown_is_what_was_read(minor: int, currency: str) -> None:
    shown = money(abs(minor), currency, "en")
    assert read_money(shown, currency, Decimal(1)).minor == abs(minor)
    assert whole_units(minor, currency) * 10 ** minor_digits(currency) == minor


@given(st.integers(0, 10**12), st.sampled_from(CURRENCIES))
def test_whole_units_and_back(whole: int, currency: str) -> None:
    assert whole_units(minor_units(whole, currency), currency) == whole


def test_the_table_of_deals_shows_whole_units() -> None:
    deals = [deal("JPY", 1_000_000), deal("KWD", 1_234_500), deal("USD", 250)]
    brief = CustomerBrief.model_construct(deals=deals)
    (table,) = deal_table(brief, "en")
    place = [column.key for column in table.columns].index("amount")
    assert [row[place] for row in table.rows] == [1_000_000.0, 1234.5, 2.5]


def test_a_fit_names_amounts_in_whole_units() -> None:
    book = Scenario.model_validate({"amount": {"low": 500_000, "high": 1e6, "currency": "JPY"}})
    (fit,) = slot_fits(book, Scenario())
    assert fit.wanted == ("500,000-1,000,000 JPY",)
    book = Scenario.model_validate({"amount": {"low": 500_000, "currency": "KWD"}})
    assert slot_fits(book, Scenario())[0].wanted == ("500- KWD",)


@pytest.mark.parametrize(
    ("amount", "currency", "large"),
    [
        (100_000_000, "CNY", True),
        (99_999_999, "CNY", False),
        (15_000_000, "USD", True),
        (20_000_000, "JPY", True),
        (19_999_999, "JPY", False),
        (10**15, "KWD", False),  # no threshold: its size is not judged
        (10**15, None, False),
    ],
)
def test_a_deal_is_large_by_the_threshold_of_its_currency(
    amount: int, currency: str | None, large: bool
) -> None:
    assert why_key("small", amount, currency, has_complaint=False) == (
        "large_deal" if large else None
    )


def test_deals_of_several_currencies_are_ordered_by_their_own_measure() -> None:
    deals = [(200_000_000, "CNY"), (15_000_000, "USD"), (5_000_000, "JPY"), (10**15, "KWD")]
    assert [weight(*deal) for deal in deals] == [2.0, 1.0, 0.25, 0.0]
    assert weight(None, "CNY") == 0.0


def test_thresholds_are_round_amounts_of_their_currency() -> None:
    for currency, minor in THRESHOLDS.large_deal_minor.items():
        assert whole_units(minor, currency) % 10_000 == 0, currency


def deal(currency: str, minor: int) -> DealFact:
    return DealFact.model_construct(
        text="deal",
        stage="quoting",
        stage_days=None,
        amount_minor=minor,
        currency=currency,
        expected_close_on=None,
        next_step=None,
    )
