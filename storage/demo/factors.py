"""The 17 dynamic factors: their sway on shop sales, and the readings that people get."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.demo import data, seasons
from storage.demo.noise import normals, uniform
from storage.demo.spans import Span
from storage.demo.stores import bad_weather
from storage.demo.world import ORG_ID, SOURCE, TIMEZONE, Book
from storage.tables import Factor

_SPIKE, _MISSING = 0.02, 0.02
_SPIKED = frozenset({"competitor_promotion", "logistics_delay", "service_backlog"})


def plans() -> list[dict[str, Any]]:
    """The factors as the data file describes them."""
    return list(data.load("factors")["factors"])


def add_factors(book: Book) -> None:
    """The factors themselves."""
    for plan in plans():
        book.add(
            Factor,
            id=f"f-{plan['code']}",
            code=plan["code"],
            name=plan["name"],
            english_name=plan["english"],
            unit=plan["unit"],
            expected_sign=plan["sign"],
            provider=plan["provider"],
            owner_role=plan["role"],
            fresh_days=plan["fresh"],
            description="",
        )


def _periods(plan: dict[str, Any], days: list[date]) -> list[int]:
    """The reading period that each day falls into."""
    if plan["every"] == 30:
        return [day.year * 12 + day.month for day in days]
    return [day.toordinal() // plan["every"] for day in days]


def sway(plan: dict[str, Any], region: str, days: list[date]) -> Any:
    """How far a factor stands from its mean on each day, in spreads (NumPy array)."""
    import numpy as np

    periods = np.array(_periods(plan, days), dtype=np.int64)
    name = f"factor/{plan['code']}"
    z = (
        0.65 * normals(f"{name}/{region}", periods)
        + 0.5 * normals(f"{name}/{region}/slow", periods // 4)
        + 0.45 * normals(f"{name}/all", periods // 2)
    )
    if plan["code"] in _SPIKED:
        spikes = [uniform(f"{name}/{region}/spike", int(p)) < _SPIKE for p in periods]
        z = z + 4.0 * np.array(spikes)
    return z


def effect(region: str, days: list[date]) -> Any:
    """What all factors together do to shop traffic on each day (NumPy array of multipliers)."""
    import numpy as np

    total = np.zeros(len(days))
    for plan in plans():
        if plan["effect"]:
            total += plan["effect"] * sway(plan, region, days)
    return np.round(np.exp(total), 6)


def reading_rows(plan: dict[str, Any], region: dict[str, Any], span: Span) -> list[dict[str, Any]]:
    """Readings of one factor in one region; a few are missing, as in life."""
    days = [day for day in span.days() if _due(plan, day)]
    if not days:
        return []
    values = _values(plan, region, days)
    name = f"missing/{plan['code']}/{region['code']}"
    return [
        {
            "id": f"fr-{plan['code']}-{region['code']}-{day:%Y%m%d}",
            "org_id": ORG_ID,
            "source": SOURCE,
            "factor_id": f"f-{plan['code']}",
            "region_id": region["id"],
            "day": day,
            "value": value,
            "read_at": _read_at(day + timedelta(days=plan["lag"])),
        }
        for day, value in zip(days, values, strict=True)
        if uniform(name, day.toordinal()) >= _MISSING
    ]


def _due(plan: dict[str, Any], day: date) -> bool:
    if plan["every"] == 30:
        return day.day == 1
    return plan["every"] == 1 or day.weekday() == len(plan["code"]) % 5


def _values(plan: dict[str, Any], region: dict[str, Any], days: list[date]) -> Iterator[float]:
    if plan["code"] == "holiday_days":
        yield from (float(_free_days(day)) for day in days)
        return
    stormy: set[date] = set()
    if plan["code"] == "weather":
        for event in bad_weather(region, Span(days[0] - timedelta(30), days[-1])):
            stormy.update(Span(event.first, event.last).days())
    top = 100.0 if plan["unit"] == "%" else float("inf")
    for day, z in zip(days, sway(plan, region["code"], days).tolist(), strict=True):
        value = plan["mean"] + plan["spread"] * z + (3.0 if day in stormy else 0.0)
        yield round(min(max(value, 0.0), top), 2)


def _free_days(day: date) -> int:
    monday = day - timedelta(days=day.weekday())
    week = Span(monday, monday + timedelta(days=6))
    return sum(1 for other in week.days() if other in seasons.holidays(other.year))


def _read_at(day: date) -> datetime:
    return datetime.combine(day, time(7, 30), tzinfo=ZoneInfo(TIMEZONE)).astimezone(UTC)


def window(plan: dict[str, Any], region: dict[str, Any], today: date, history: int) -> Span:
    """The days whose readings have arrived by today."""
    late = data.load("factors")["late"]
    lag = int(plan["lag"])
    if (late["factor"], late["region"]) == (plan["code"], region["id"]):
        lag = int(late["days"])  # this provider has gone silent
    return Span(today - timedelta(days=history), today - timedelta(days=1 + lag))
