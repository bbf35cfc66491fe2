"""The tables that are bound to the calendar: which days they cover, and how rows are made again.

Their rows are not moved when the demo moves with the clock. What falls out of the window is deleted
and what comes in is generated; rows in between stay as they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlmodel import SQLModel

from storage.demo import data, factors, spans
from storage.demo.spans import Span
from storage.tables import FactorReading, StoreDay, StoreEvent, Target, Workload

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Series:
    """One series of rows: ``column`` holds its day, ``prefix`` begins the ids of its rows."""

    label: str
    model: type[SQLModel]
    column: str
    prefix: str
    window: Callable[[date, int], Span]
    rows: Callable[[Span], Rows]


def all_series() -> Iterator[Series]:
    """Every series of the demo company."""
    from storage.demo import pool, store_days, stores, targets

    yield Series("store_days", StoreDay, "day", "sd-", spans.past, store_days.day_rows)
    yield Series("store_events", StoreEvent, "starts_on", "se-", spans.begun, stores.event_rows)
    yield Series("targets", Target, "month", "tg-", spans.two_years, targets.target_rows)
    yield Series("workload", Workload, "week", "wl-", spans.weeks, pool.workload_rows)
    for plan in factors.plans():
        for region in data.regions():
            yield Series(
                "factors",
                FactorReading,
                "day",
                f"fr-{plan['code']}-{region['code']}-",
                partial(factors.window, plan, region),
                partial(factors.reading_rows, plan, region),
            )
