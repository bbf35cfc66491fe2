"""Tables bound to the calendar are pure functions of their date."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.demo import data, factors, noise, pool, seasons, store_days, stores, targets
from storage.demo.series import all_series
from storage.demo.spans import Span, two_years

DAYS = st.dates(date(2021, 1, 1), date(2034, 12, 31))
WEEK = Span(date(2026, 6, 1), date(2026, 8, 31))


def by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


@given(st.integers(0, 10**9), st.text(max_size=12))
def test_noise_is_the_same_alone_and_in_an_array(number: int, name: str) -> None:
    alone = noise.uniform(name, number)
    together = noise.uniforms(name, np.array([5, number, 7]))
    assert together[1] == alone
    assert 0.0 <= alone < 1.0


def test_noise_is_spread_and_centred() -> None:
    values = noise.normals("spread", np.arange(20_000))
    assert abs(values.mean()) < 0.03
    assert abs(values.std() - 1.0) < 0.03


@given(DAYS, st.integers(0, 90), DAYS, st.integers(0, 90))
def test_what_one_span_lacks_is_found_once(a: date, m: int, b: date, n: int) -> None:
    one, other = Span(a, a + timedelta(days=m)), Span(b, b + timedelta(days=n))
    parts = [day for part in one.minus(other) for day in part.days()]
    assert sorted(parts) == sorted(set(one.days()) - set(other.days()))


def test_a_part_of_the_time_gives_the_same_rows() -> None:
    part = Span(date(2026, 7, 3), date(2026, 7, 9))
    tables = (
        store_days.day_rows,
        stores.event_rows,
        targets.target_rows,
        pool.workload_rows,
    )
    for make in tables:
        whole, few = by_id(make(WEEK)), by_id(make(part))
        assert {key: whole[key] for key in few} == few
    plan, region = factors.plans()[0], data.regions()[0]
    whole = by_id(factors.reading_rows(plan, region, WEEK))
    few = by_id(factors.reading_rows(plan, region, part))
    assert few
    assert {key: whole[key] for key in few} == few


def test_a_mall_sells_more_on_saturdays_than_on_tuesdays() -> None:
    malls = {shop.id for shop in stores.shops() if shop.kind == "mall"}
    sold: dict[int, int] = defaultdict(int)
    for row in store_days.day_rows(WEEK):
        if row["store_id"] in malls:
            sold[row["day"].weekday()] += row["sales_minor"]
    assert sold[5] > sold[1] * 1.25


def test_november_sells_more_than_july() -> None:
    def sales(month: int) -> int:
        first = date(2025, month, 1)
        return sum(
            r["sales_minor"] for r in store_days.day_rows(Span(first, date(2025, month, 30)))
        )

    assert sales(11) > sales(7) * 1.15


def test_there_are_sensor_faults_and_closed_days() -> None:
    rows = store_days.day_rows(Span(date(2026, 1, 1), date(2026, 6, 30)))
    assert any(row["traffic"] == 0 and row["orders"] > 0 for row in rows)
    assert any(row["traffic"] == row["orders"] == row["sales_minor"] == 0 for row in rows)
    assert all(row["units"] >= row["orders"] >= 0 for row in rows)


@pytest.mark.parametrize("month", [date(2026, 1, 1), date(2026, 2, 1), date(2026, 7, 1)])
def test_every_month_has_shops_with_more_traffic_and_a_smaller_basket(month: date) -> None:
    span = Span(month, month + timedelta(days=27))
    found = [
        event
        for shop in stores.shops()
        for event in stores.disturbances(shop, span)
        if event.kind == "low_price_flow" and event.first == month
    ]
    assert 1 <= len(found) <= 20
    assert all(event.aov < 0.85 and event.traffic > 1.1 for event in found)


def test_targets_add_up_in_every_month_line_and_metric() -> None:
    rows = targets.target_rows(two_years(date(2026, 11, 21), 0))
    sums: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lines: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        key = (row["month"], row["product_line"], row["metric"])
        sums[key][row["level"]] += row["amount_minor"]
        if row["metric"] == "signed":
            kind = "all" if row["product_line"] is None else "lines"
            lines[row["level"], row["subject_id"], row["month"]][kind] += row["amount_minor"]
    assert len({key[0] for key in sums}) == 24
    for (_, _, metric), levels in sums.items():
        base = "person" if metric == "signed" else "store"
        assert levels["company"] == levels["region"] == levels[base] > 0
    assert all(found["all"] == found["lines"] > 0 for found in lines.values())


def test_a_regions_target_is_the_sum_of_its_own_people() -> None:
    rows = targets.target_rows(Span(date(2026, 3, 1), date(2026, 3, 31)))
    people = {rep["id"]: rep["region"] for rep in data.reps()}
    for region in data.regions():
        own = sum(
            row["amount_minor"]
            for row in rows
            if row["product_line"] is None and people.get(row["subject_id"]) == region["id"]
        )
        whole = next(
            row["amount_minor"]
            for row in rows
            if row["subject_id"] == region["id"]
            and row["product_line"] is None
            and row["metric"] == "signed"
        )
        assert own == whole


def test_seventeen_factors_with_provider_and_freshness() -> None:
    plans = factors.plans()
    assert len(plans) == len({plan["code"] for plan in plans}) == 17
    assert len({plan["provider"] for plan in plans}) >= 3
    assert {plan["sign"] for plan in plans} == {-1, 0, 1}
    for plan in plans:
        effect = plan["effect"]
        assert effect == 0 or (effect > 0) == (plan["sign"] > 0), plan["code"]
        # A source that delivers on time is never stale.
        assert plan["fresh"] >= plan["every"] + plan["lag"], plan["code"]


@given(DAYS)
def test_readings_never_come_from_the_future(today: date) -> None:
    for plan in factors.plans():
        for region in data.regions():
            window = factors.window(plan, region, today, 730)
            assert window.last + timedelta(days=plan["lag"]) < today


def test_one_source_has_gone_silent() -> None:
    today = date(2026, 11, 21)
    ages = [
        (today - factors.window(plan, region, today, 730).last).days > plan["fresh"]
        for plan in factors.plans()
        for region in data.regions()
    ]
    assert sum(ages) == 1


def test_spring_festival_closes_shops() -> None:
    assert seasons.holidays(2026)[date(2026, 2, 17)] < 1.0
    assert seasons.holidays(2026)[date(2026, 10, 1)] > 1.0


def test_ids_of_a_series_begin_with_its_prefix() -> None:
    for one in all_series():
        rows = one.rows(one.window(date(2026, 3, 1), 40))
        assert all(row["id"].startswith(one.prefix) for row in rows)
