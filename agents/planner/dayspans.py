"""What a day phrase means, and the calendar sums that both languages share. Pure."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

WEEK = 7
LONGEST = 31  # days; the longest that a diary answer covers


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A phrase at ``start:end`` of the text that means ``days`` days from ``first`` on.

    ``past``: what it means instead where the talk is of what has been: "on Tuesday" of a diary
    is the next one, of a note the last one.
    """

    start: int
    end: int
    first: date
    days: int = 1
    past: "DaySpan | None" = None

    @property
    def last(self) -> date:
        """The last day that is meant."""
        return self.first + timedelta(self.days - 1)

    def or_past(self, first: date, days: int | None = None) -> "DaySpan":
        """The same with another meaning in the past."""
        past = DaySpan(self.start, self.end, first, self.days if days is None else days)
        return replace(self, past=past)


def monday(today: date, weeks: int = 0) -> date:
    """The Monday of today's week, or of one some weeks away."""
    return today - timedelta(today.weekday()) + timedelta(WEEK * weeks)


def weekday(start: int, end: int, number: int, today: date) -> DaySpan:
    """A bare weekday: the next one, today's included; of the past the last one before today."""
    ahead = (number - today.weekday()) % WEEK
    back = (today.weekday() - number) % WEEK or WEEK
    return DaySpan(start, end, today + timedelta(ahead)).or_past(today - timedelta(back))


def weekend(start: int, end: int, today: date, weeks: int | None) -> DaySpan:
    """Saturday and Sunday of a week; without one of this week."""
    saturday = monday(today, weeks or 0) + timedelta(5)
    span = DaySpan(start, end, saturday, 2)
    last = saturday if saturday <= today else saturday - timedelta(WEEK)
    return span if weeks is not None else span.or_past(last)


def iso_week(start: int, end: int, number: int, today: date) -> DaySpan | None:
    """A calendar week by its ISO number: the nearest one of that number."""
    try:
        years = [date.fromisocalendar(today.year + shift, number, 1) for shift in (-1, 0, 1)]
    except ValueError:
        return None
    return DaySpan(start, end, min(years, key=lambda first: abs((first - today).days)), WEEK)


def recent(start: int, end: int, days: int, today: date) -> DaySpan | None:
    """``the N days`` around now: ahead in a diary, behind in what has been."""
    if not 0 < days <= LONGEST:
        return None
    return DaySpan(start, end, today, days).or_past(today - timedelta(days - 1))


def day_of(year: int, month: int, day: int) -> date | None:
    """That date, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_day(start: int, end: int, month: int, day: int, today: date) -> DaySpan | None:
    """A day of a month without a year: the nearest one; of the past the last one."""
    years = (day_of(today.year + shift, month, day) for shift in (-1, 0, 1))
    real = [found for found in years if found is not None]
    if not real:
        return None
    span = DaySpan(start, end, min(real, key=lambda found: abs((found - today).days)))
    past = [found for found in real if found <= today]
    return span.or_past(past[-1]) if past else span


def numbered(start: int, end: int, day: int, today: date) -> DaySpan | None:
    """``the 25th``: the next one; of the past the last one."""
    ahead = next((found for n in range(3) if (found := _in_month(today, n, day, today))), None)
    if ahead is None:
        return None
    behind = [_in_month(today, -n, day, None) for n in range(3)]
    past = next((found for found in behind if found is not None and found <= today), None)
    span = DaySpan(start, end, ahead)
    return span if past is None else span.or_past(past)


def _in_month(today: date, months: int, day: int, least: date | None) -> date | None:
    year, month = _shifted(today, months)
    found = day_of(year, month, day)
    return found if found is not None and (least is None or found >= least) else None


def _shifted(today: date, months: int) -> tuple[int, int]:
    count = today.year * 12 + today.month - 1 + months
    return count // 12, count % 12 + 1


def of_month(start: int, end: int, day: int, today: date, months: int) -> DaySpan | None:
    """A day of this, last or next month."""
    found = day_of(*_shifted(today, months), day)
    return None if found is None else DaySpan(start, end, found)


def month(start: int, end: int, today: date, months: int) -> DaySpan:
    """A whole month, counted from today's."""
    first = date(*_shifted(today, months), 1)
    return DaySpan(start, end, first, calendar.monthrange(first.year, first.month)[1])


def named_month(start: int, end: int, number: int, today: date) -> DaySpan | None:
    """A whole month by its name: the nearest one; of the past the last one."""
    span = month_day(start, end, number, 1, today)
    if span is None:
        return None
    whole = replace(span, days=_length(span.first))
    return whole if span.past is None else whole.or_past(span.past.first, _length(span.past.first))


def _length(first: date) -> int:
    return calendar.monthrange(first.year, first.month)[1]


_HALF = 15
PARTS = {"start": (0, 10), "middle": (10, 20), "end": (20, LONGEST)}
"""Parts of a month, as days from its first: 月初, 月中, 月底."""


def part_of(whole: DaySpan | None, part: str) -> DaySpan | None:
    """The first ten days of a month, the next ten, or what is left of it."""
    if whole is None:
        return None
    begin, stop = PARTS[part]
    first = whole.first + timedelta(begin)
    span = DaySpan(whole.start, whole.end, first, min(stop, whole.days) - begin)
    past = part_of(whole.past, part)
    return span if past is None else span.or_past(past.first, past.days)


def half_of(whole: DaySpan | None, *, second: bool) -> DaySpan | None:
    """The days of a month to its fifteenth, or those after it."""
    if whole is None:
        return None
    if not second:
        return DaySpan(whole.start, whole.end, whole.first, _HALF)
    first = whole.first + timedelta(_HALF)
    return DaySpan(whole.start, whole.end, first, whole.days - _HALF)


def rest_of_month(today: date) -> int:
    """How many days the month still has, today's included."""
    return _length(today) - today.day + 1
