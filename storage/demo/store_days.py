"""Daily facts of the shops, pure functions of shop and date: weekday and season stay right."""

from datetime import date
from functools import cache
from typing import Any

from storage.demo import data, factors, seasons
from storage.demo.noise import normals, uniform, uniforms
from storage.demo.spans import Span
from storage.demo.stores import Shop, bad_weather, disturbances, shops
from storage.demo.world import ORG_ID

_ORIGIN = date(2026, 1, 1).toordinal()  # growth is counted from here, as any fixed day would do
_UNIT_MISTAKE = 1 / 9000  # somebody typed yuan where 分 belong


@cache
def _regions() -> dict[str, dict[str, Any]]:
    return {region["id"]: region for region in data.regions()}


def day_rows(span: Span) -> list[dict[str, Any]]:
    """One row per shop and day of the span."""
    days = list(span.days())
    if not days:
        return []
    calendar = _calendar(days)
    regional = {key: _regional(region, span, days) for key, region in _regions().items()}
    rows: list[dict[str, Any]] = []
    for shop in shops():
        rows.extend(_shop_rows(shop, span, days, calendar, regional[shop.region]))
    return rows


def _calendar(days: list[date]) -> tuple[Any, Any]:
    """What season, holidays and campaigns do to traffic and to the basket, for all shops."""
    import numpy as np

    months = data.load("stores")["month_factor"]
    traffic, aov = np.ones(len(days)), np.ones(len(days))
    running = [c for year in {d.year for d in days} for c in seasons.campaigns(year)]
    for index, day in enumerate(days):
        traffic[index] = months[day.month - 1] * seasons.holidays(day.year).get(day, 1.0)
        for campaign in running:
            if campaign.first <= day <= campaign.last:
                traffic[index] *= campaign.traffic
                aov[index] *= campaign.aov
    return traffic, aov


def _regional(region: dict[str, Any], span: Span, days: list[date]) -> Any:
    """What the factors and the weather do to traffic in one region."""
    result = factors.effect(region["code"], days)
    for event in bad_weather(region, span):
        first, last = _place(event.first, event.last, span)
        result[first:last] *= event.traffic
    return result


def _place(first: date, last: date, span: Span) -> tuple[int, int]:
    return max((first - span.first).days, 0), max((last - span.first).days + 1, 0)


def expected(shop: Shop, days: list[date]) -> tuple[Any, Any, Any]:
    """Traffic, conversion and basket (分) that the shop's rhythm alone would give on each day."""
    import numpy as np

    number = int(shop.code[1:])
    ordinals = np.array([day.toordinal() for day in days], dtype=np.int64)
    week = np.array(shop.plan["week"])[(ordinals + 6) % 7]
    size = 0.7 + 0.7 * uniform("shop-size", number)
    size *= _regions()[shop.region]["weight"]
    years = np.clip((ordinals - _ORIGIN) / 365.0, -6.0, 6.0)
    growth = np.round(np.exp((-0.05 + 0.13 * uniform("shop-growth", number)) * years), 6)
    traffic = shop.plan["traffic"] * size * week * growth
    conversion = shop.plan["conversion"] * (0.85 + 0.3 * uniform("shop-conversion", number))
    aov = shop.plan["aov"] * (0.85 + 0.3 * uniform("shop-basket", number))
    return traffic, np.full(len(days), conversion), np.full(len(days), aov)


def _shop_rows(
    shop: Shop, span: Span, days: list[date], calendar: tuple[Any, Any], regional: Any
) -> list[dict[str, Any]]:
    columns = _figures(shop, span, days, calendar, regional)
    return [
        {
            "id": f"sd-{shop.code}-{day.toordinal()}",
            "org_id": ORG_ID,
            "owner_id": shop.owner,
            "region_id": shop.region,
            "store_id": shop.id,
            "day": day,
            "sales_minor": sold,
            "gross_profit_minor": profited,
            "currency": "CNY",
            "traffic": came,
            "orders": bought,
            "units": pieces,
        }
        for day, sold, profited, came, bought, pieces in zip(days, *columns, strict=True)
    ]


def _figures(
    shop: Shop, span: Span, days: list[date], calendar: tuple[Any, Any], regional: Any
) -> list[list[int]]:
    """Sales, gross profit, traffic, orders and units of each day."""
    import numpy as np

    traffic, conversion, aov, counted = _disturbed(shop, span, days)
    traffic, aov = traffic * calendar[0] * regional, aov * calendar[1]
    ordinals = np.array([day.toordinal() for day in days], dtype=np.int64)

    def shaken(what: str, spread: float) -> Any:
        return 1 + spread * normals(f"{what}/{shop.code}", ordinals)

    traffic = np.round(traffic * shaken("traffic", 0.07))
    orders = np.minimum(np.round(traffic * conversion * shaken("orders", 0.05)), traffic)
    sales = np.round(orders * aov * shaken("basket", 0.035))
    profit = np.round(sales * shop.plan["margin"] * shaken("margin", 0.03))
    units = np.maximum(np.round(orders * 1.7 * shaken("units", 0.07)), orders)
    slip = uniforms(f"slip/{shop.code}", ordinals) < _UNIT_MISTAKE
    sales[slip] = np.round(sales[slip] / 100)
    columns = (sales, profit, traffic * counted, orders, units)
    return [column.astype(np.int64).tolist() for column in columns]


def _disturbed(shop: Shop, span: Span, days: list[date]) -> tuple[Any, Any, Any, Any]:
    """The shop's rhythm with what disturbed it; the last array is 0 where nobody counted."""
    import numpy as np

    traffic, conversion, aov = expected(shop, days)
    counted = np.ones(len(days))
    for event in disturbances(shop, span):
        first, last = _place(event.first, event.last, span)
        traffic[first:last] *= event.traffic
        conversion[first:last] *= event.conversion
        aov[first:last] *= event.aov
        if event.kind == "sensor_fault":
            counted[first:last] = 0.0
    return traffic, conversion, aov, counted
