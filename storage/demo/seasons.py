"""Holidays and campaigns by date (public calendar; the group's own campaigns are made up)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from storage.demo import data

_FIXED = {  # month, day: length in days, effect on shop traffic
    (1, 1): (1, 1.1),
    (5, 1): (5, 1.15),
    (10, 1): (7, 1.18),
}
_MOVING = {"dragon_boat": (3, 1.06), "mid_autumn": (3, 1.08)}


@dataclass(frozen=True, slots=True)
class Campaign:
    """One of the group's own sales campaigns, with its effect on traffic and basket."""

    code: str
    name: str
    first: date
    last: date
    traffic: float
    aov: float


@cache
def holidays(year: int) -> dict[date, float]:
    """The holidays of a year with their effect on shop traffic."""
    found: dict[date, float] = {}
    for (month, number), (length, effect) in _FIXED.items():
        found.update(dict.fromkeys(_run(date(year, month, number), length), effect))
    for name, (length, effect) in _MOVING.items():
        for first in _first(name, year):
            found.update(dict.fromkeys(_run(first, length), effect))
    for first in _first("spring_festival", year):
        found.update(dict.fromkeys(_run(first, 7), 0.85))
        found.update(dict.fromkeys(_run(first, 3), 0.55))
    return found


def _run(first: date, length: int) -> list[date]:
    return [first + timedelta(days=step) for step in range(length)]


def _first(name: str, year: int) -> list[date]:
    days = (date.fromisoformat(text) for text in data.load("holidays")[name])
    return [day for day in days if day.year == year]


@cache
def campaigns(year: int) -> tuple[Campaign, ...]:
    """The campaigns that begin in a year."""
    found: list[Campaign] = []
    for plan in data.load("stores")["campaigns"]:
        if "anchor" in plan:
            spans = [
                (day + timedelta(plan["from"]), day + timedelta(plan["to"]))
                for day in _first(plan["anchor"], year)
            ]
        else:
            start = date(year, plan["month"], plan["day"])
            spans = [(start, start + timedelta(plan["days"] - 1))]
        found.extend(
            Campaign(plan["code"], plan["zh"], first, last, plan["traffic"], plan.get("aov", 1.0))
            for first, last in spans
        )
    return tuple(found)
