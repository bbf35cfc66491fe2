"""The days that were asked for, as moments in the reader's zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tools.artifact import Problem
from tools.context import TurnContext

_LONGEST = 31  # days


@dataclass(frozen=True, slots=True)
class Window:
    """The asked days; ``start`` and ``end`` are midnights in the reader's zone."""

    first: date
    days: int
    today: date
    start: datetime
    end: datetime

    @property
    def past(self) -> bool:
        return self.first + timedelta(self.days) <= self.today

    @property
    def begun(self) -> bool:
        """Whether some of the days are over and some are not."""
        return self.first < self.today <= self.last

    @property
    def last(self) -> date:
        return self.first + timedelta(self.days - 1)


def asked_window(context: TurnContext, day: str | None, days: int) -> Window | Problem:
    """The days in the reader's zone; the default is today."""
    zone = context.zone
    today = context.now.astimezone(zone).date()
    try:
        first = date.fromisoformat(day.strip()) if day and day.strip() else today
        last = first + timedelta(_LONGEST)
    except (ValueError, OverflowError):
        return Problem(reason="bad_day", detail=(day or "")[:40])
    if not 1 <= days <= _LONGEST:
        return Problem(reason="bad_days", detail=str(_LONGEST))
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(min(last, first + timedelta(days)), time(), zone)
    return Window(first, days, today, start, end)
