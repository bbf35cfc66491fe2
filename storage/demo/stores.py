"""The group's shops and what disturbs them. Only opening dates depend on the anchor day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from storage.demo import data, seasons
from storage.demo.noise import between, uniform
from storage.demo.spans import Span
from storage.demo.world import ORG_ID, SOURCE, Book, World
from storage.tables import Store

_BLOCK = 28  # at most one disturbance of a shop begins and ends within such a block of days
_EVENT, _WEATHER, _STORY = 0.3, 0.16, 0.05


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as the generator needs it. ``plan`` is its kind's rhythm from the data file."""

    id: str
    code: str
    name: str
    kind: str
    city: str
    region: str
    owner: str
    plan: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Something that moved a shop's figures for some days; ``shop`` None: the whole region."""

    kind: str
    title: str
    first: date
    last: date
    traffic: float = 1.0
    conversion: float = 1.0
    aov: float = 1.0


@cache
def shops() -> tuple[Shop, ...]:
    """All shops, region by region."""
    plans = data.load("stores")["kinds"]
    found: list[Shop] = []
    for region in data.regions():
        reps = [rep["id"] for rep in data.reps() if rep["region"] == region["id"]]
        for index in range(region["stores"]):
            kind = _kind(plans, len(found))
            city = region["cities"][index % len(region["cities"])]
            found.append(
                Shop(
                    id=f"st-{len(found) + 1:03d}",
                    code=f"S{len(found) + 1:03d}",
                    name=_name(region["code"], city, len(found)),
                    kind=kind,
                    city=city,
                    region=region["id"],
                    owner=reps[index % len(reps)],
                    plan=plans[kind],
                )
            )
    return tuple(found)


def _kind(plans: dict[str, Any], number: int) -> str:
    chance = uniform("shop-kind", number)
    for kind, plan in plans.items():
        if chance < plan["share"]:
            return str(kind)
        chance -= plan["share"]
    return "street"


def _name(region: str, city: str, number: int) -> str:
    words = data.load("stores")
    if region == "overseas":
        streets = words["streets_en"]
        return str(words["name_en"].format(city=city, street=streets[number % len(streets)]))
    streets = words["streets"]
    return str(words["name"].format(city=city, street=streets[number * 7 % len(streets)]))


def add_stores(world: World, book: Book) -> None:
    """The shops themselves."""
    for number, shop in enumerate(shops()):
        low, high = shop.plan["area"]
        book.add(
            Store,
            id=shop.id,
            owner_id=shop.owner,
            region_id=shop.region,
            code=shop.code,
            name=shop.name,
            kind=shop.kind,
            city=shop.city,
            area_sqm=round(between("shop-area", number, low, high)),
            opened_on=world.day(round(between("shop-age", number, 800, 3200))),
            external_id=shop.code,
        )


def disturbances(shop: Shop, span: Span) -> Iterator[Disturbance]:
    """What disturbed a shop of its own in a span; also what began before and still lasts."""
    events = data.load("stores")["events"]
    name, phase = f"event/{shop.code}", int(shop.code[1:]) * 5
    first = (span.first.toordinal() + phase) // _BLOCK
    last = (span.last.toordinal() + phase) // _BLOCK
    for block in range(first, last + 1):
        if uniform(name, block) >= _EVENT:
            continue
        plan = events[int(uniform(f"{name}/kind", block) * len(events))]
        yield _placed(plan, plan["zh"], name, block, phase)
    story = data.load("stores")["month_story"]
    for month in _months(span):
        if uniform(f"story/{shop.code}", month.year * 12 + month.month) < _STORY:
            yield Disturbance(
                story["kind"],
                story["zh"],
                month,
                _month_end(month),
                story["traffic"],
                story["conversion"],
                story["aov"],
            )


def bad_weather(region: dict[str, Any], span: Span) -> Iterator[Disturbance]:
    """Days of severe weather in a region."""
    plan = data.load("stores")["weather"]
    name, phase = f"weather/{region['code']}", len(region["code"])
    first = (span.first.toordinal() + phase) // _BLOCK
    last = (span.last.toordinal() + phase) // _BLOCK
    title = plan["zh"].format(region=region["name"])
    for block in range(first, last + 1):
        if uniform(name, block) < _WEATHER:
            yield _placed(plan, title, name, block, phase)


def _placed(plan: dict[str, Any], title: str, name: str, block: int, phase: int) -> Disturbance:
    low, high = plan["days"]
    days = low + int(uniform(f"{name}/days", block) * (high - low + 1))
    start = int(uniform(f"{name}/start", block) * (_BLOCK - days + 1))
    first = date.fromordinal(block * _BLOCK - phase + start)
    return Disturbance(
        plan["kind"],
        title,
        first,
        first + timedelta(days - 1),
        plan["traffic"],
        plan.get("conversion", 1.0),
        plan.get("aov", 1.0),
    )


def _months(span: Span) -> Iterator[date]:
    month = span.first.replace(day=1)
    while month <= span.last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _month_end(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def event_rows(span: Span) -> list[dict[str, Any]]:
    """Rows of the disturbances and campaigns that begin in the span."""
    rows: list[dict[str, Any]] = []
    own: dict[str, str | None]
    for shop in shops():
        own = {"owner_id": shop.owner, "region_id": shop.region, "store_id": shop.id}
        rows.extend(_row(shop.code, event, own) for event in disturbances(shop, span))
    for region in data.regions():
        own = {"owner_id": region["manager"], "region_id": region["id"], "store_id": None}
        rows.extend(_row(region["code"], event, own) for event in bad_weather(region, span))
    own = {"owner_id": None, "region_id": None, "store_id": None}
    for year in range(span.first.year - 1, span.last.year + 2):
        for campaign in seasons.campaigns(year):
            event = Disturbance("campaign", campaign.name, campaign.first, campaign.last)
            rows.append(_row(campaign.code, event, own))
    return [row for row in rows if span.first <= row["starts_on"] <= span.last]


def _row(code: str, event: Disturbance, own: dict[str, str | None]) -> dict[str, Any]:
    return {
        "id": f"se-{code}-{event.first:%Y%m%d}-{event.kind}",
        "org_id": ORG_ID,
        "source": SOURCE,
        **own,
        "kind": event.kind,
        "title": event.title,
        "starts_on": event.first,
        "ends_on": event.last,
    }
