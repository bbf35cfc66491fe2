"""Spans of days, and the windows of the tables that are bound to the calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both included; empty when ``last`` is before ``first``."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Every day in order."""
        for step in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=step)

    def months(self) -> Iterator[date]:
        """The first day of every month that begins in the span."""
        return (day for day in self.days() if day.day == 1)

    def minus(self, other: "Span") -> list["Span"]:
        """The parts of this span that ``other`` does not cover."""
        one = timedelta(days=1)
        before = Span(self.first, min(self.last, other.first - one))
        after = Span(max(self.first, other.last + one), self.last)
        return [part for part in (before, after) if part.first <= part.last]


def past(today: date, history: int) -> Span:
    """``history`` days up to yesterday."""
    return Span(today - timedelta(days=history), today - timedelta(days=1))


def begun(today: date, history: int) -> Span:
    """The same with today: for what has begun, ended or not."""
    return Span(today - timedelta(days=history), today)


def two_years(today: date, _history: int) -> Span:
    """Last calendar year and this one."""
    return Span(date(today.year - 1, 1, 1), date(today.year, 12, 31))


def weeks(today: date, _history: int) -> Span:
    """From twelve weeks back to eight weeks ahead, by Mondays."""
    monday = today - timedelta(days=today.weekday())
    return Span(monday - timedelta(weeks=12), monday + timedelta(weeks=8))
