"""What all parts of the generator share: the anchor day, seeded randomness, the rows so far.

Everything in the CRM is laid out as "so many days before today" and knows nothing of weekdays or
months. So a company that is moved by N days equals the company built N days later.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from storage.clock import Clock
from storage.demo.size import FULL, Size

ORG_ID = "farsail"
SOURCE = "demo"
TIMEZONE = "Asia/Shanghai"
DEFAULT_PERSON_ID = "p-chen-siyuan"


def local_day(clock: Clock) -> date:
    """Today in the organisation's time zone."""
    return clock.now().astimezone(ZoneInfo(TIMEZONE)).date()


@dataclass(frozen=True, slots=True)
class World:
    """The anchor day and the seed."""

    seed: int
    today: date
    midnight: datetime  # the start of today in the organisation's zone, as UTC
    size: Size = FULL

    @classmethod
    def at(cls, clock: Clock, seed: int, size: Size = FULL) -> "World":
        """The world as of the clock's day."""
        today = local_day(clock)
        start = datetime.combine(today, time(), tzinfo=ZoneInfo(TIMEZONE))
        return cls(seed=seed, today=today, midnight=start.astimezone(UTC), size=size)

    def rng(self, section: str) -> Random:
        """Randomness of one section: independent of all others, equal for equal seeds."""
        return Random(f"{self.seed}:{section}")  # noqa: S311 - made-up data, no secret

    def moment(self, ago: int, minute: int) -> datetime:
        """``minute`` of the local day that was ``ago`` days before today (negative: to come)."""
        return self.midnight + timedelta(days=-ago, minutes=minute)

    def day(self, ago: int) -> date:
        """The local day ``ago`` days before today."""
        return self.today - timedelta(days=ago)


class Book:
    """Rows by table, in the order in which they were written down."""

    def __init__(self) -> None:
        self.rows: dict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)
        self._numbers: dict[str, int] = defaultdict(int)

    def add(self, model: type[SQLModel], **fields: Any) -> None:
        """Write one row down; columns left out take the model's defaults."""
        self.rows[model].append(fields)

    def number(self, prefix: str) -> str:
        """The next identifier with that prefix: ``o-00001``."""
        self._numbers[prefix] += 1
        return f"{prefix}-{self._numbers[prefix]:05d}"
