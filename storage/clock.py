"""Time and identifiers are handed in, never taken (architecture decision 9)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the current moment, always with a time zone (UTC)."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: tests, replays and ``SALESTWIN_NOW``."""

    moment: datetime

    def now(self) -> datetime:
        if self.moment.tzinfo is None:
            raise ValueError("a fixed clock needs a time with a time zone")
        return self.moment.astimezone(UTC)


def day_in(zone: str, moment: datetime) -> date:
    """The calendar day of a moment where the time zone ``zone`` (``Asia/Shanghai``) is in force."""
    return moment.astimezone(ZoneInfo(zone)).date()


IdSource = Callable[[str], str]


def random_id(prefix: str) -> str:
    """A new identifier such as ``act-5f0c9a4be1d2``: 48 random bits behind a readable prefix."""
    return f"{prefix}-{secrets.token_hex(6)}"
