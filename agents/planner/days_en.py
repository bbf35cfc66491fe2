"""Day phrases in English: tomorrow, next Tuesday, in three days, the 25th, end of May. Pure."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from agents.planner.dayspans import (
    LONGEST,
    WEEK,
    DaySpan,
    iso_week,
    monday,
    month,
    month_day,
    named_month,
    numbered,
    of_month,
    part_of,
    recent,
    weekday,
    weekend,
)

Finder = Callable[[str, date], Iterator[DaySpan | None]]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {w: i for i, w in enumerate(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
)} | {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3}  # fmt: skip
_NUMBER = r"(\d{1,2}|a couple of|couple of|a few|few|an?|" + "|".join(list(_NUMBERS)[1:11]) + ")"
_SHIFT = {"last": -1, "past": -1, "this": 0, "the": 0, "next": 1, "coming": 1, "following": 1}

_NEAR: dict[str, tuple[int, int]] = {
    "day before yesterday": (-2, 1), "day after tomorrow": (2, 1), "yesterday": (-1, 1),
    "yday": (-1, 1), "last night": (-1, 1), "today": (0, 1), "2day": (0, 1), "tonight": (0, 1),
    "this morning": (0, 1), "this afternoon": (0, 1), "this evening": (0, 1), "tomorrow": (1, 1),
    "tmrw": (1, 1), "tmr": (1, 1), "tmw": (1, 1), "2moro": (1, 1), "2morrow": (1, 1),
    "tomoz": (1, 1), "tomo": (1, 1), "tmrrw": (1, 1), "tommorow": (1, 1), "tommorrow": (1, 1),
    "tomorow": (1, 1), "this arvo": (0, 1), "this aft": (0, 1),
    "tomorrow and the day after": (1, 2), "today and tomorrow": (0, 2),
    "tomorrow week": (8, 1), "today week": (7, 1), "rest of today": (0, 1),
}  # fmt: skip
_NEAR_PATTERN = re.compile(
    "|".join(rf"\b{re.escape(k)}(?='?s?\b)" for k in sorted(_NEAR, key=len, reverse=True)),
    re.ASCII,  # so that a Chinese character beside a Latin word is a word bound
)


def _near(text: str, today: date) -> Iterator[DaySpan]:
    for hit in _NEAR_PATTERN.finditer(text):
        shift, days = _NEAR[hit.group()]
        yield DaySpan(hit.start(), hit.end(), today + timedelta(shift), days)


_LONG_WORD = re.compile(r"(?<![a-z])[a-z]{6,}(?![a-z])")
_SPELT = ("yesterday", "tomorrow", *(w for w in WEEKDAYS if len(w) > 6))


def _misspelt(text: str, today: date) -> Iterator[DaySpan | None]:
    """``wendesday``, ``yesturday``: one letter wrong, missing, or two turned round."""
    from rapidfuzz.distance import DamerauLevenshtein

    for hit in _LONG_WORD.finditer(text):
        close = (
            w
            for w in _SPELT
            if hit[0] != f"{w}s" and 0 < DamerauLevenshtein.distance(hit[0], w) <= 1
        )
        meant = next(close, None)
        if meant in WEEKDAYS:
            yield weekday(hit.start(), hit.end(), WEEKDAYS.index(meant), today)
        elif meant is not None:
            shift, _ = _NEAR[meant]
            yield DaySpan(hit.start(), hit.end(), today + timedelta(shift))


_WEEKDAY = re.compile(
    r"\b(?:(last|this coming|this|next|on|by|for|coming|following|past)\s+)?"
    r"(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday|s|rs|r)?"
    r"(?:(\s+week)|\s+(after next|next)|\s+(?:am|pm|morning|afternoon|evening|night|lunch|arvo))?\b"
    r"(?! week)",
    re.ASCII,
)


def _weekdays(text: str, today: date) -> Iterator[DaySpan | None]:
    for hit in _WEEKDAY.finditer(text):
        if not _is_weekday_word(hit):
            continue
        number = next(i for i, day in enumerate(WEEKDAYS) if day.startswith(hit[2]))
        yield _weekday_span(hit, number, today)


def _weekday_span(hit: re.Match[str], number: int, today: date) -> DaySpan:
    start, end = hit.span()
    week = monday(today) + timedelta(number)
    if hit[1] in ("last", "past"):
        back = week - timedelta(WEEK)
        return DaySpan(start, end, back)
    if hit[1] == "next":
        return DaySpan(start, end, week + timedelta(WEEK))
    if hit[1] == "this":
        return DaySpan(start, end, week if week >= today else week + timedelta(WEEK)).or_past(week)
    span = weekday(start, end, number, today)
    if hit[3]:
        return DaySpan(start, end, span.first + timedelta(WEEK))
    if hit[4]:
        return DaySpan(start, end, week + timedelta(WEEK * (2 if " " in hit[4] else 1)))
    return span


def _is_weekday_word(hit: re.Match[str]) -> bool:
    """``sun`` and ``sat`` are words of their own unless something says weekday."""
    words = hit.group().split()
    name = next(word for word in words if word.startswith(hit[2]))
    sure = ("mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri")
    return name.endswith("day") or hit[1] is not None or name in sure or words[-1] != name


_WEEK = re.compile(
    r"\b(last|past|this|next|coming|following)\s+(?:(coming)\s+)?(?:week|wk)(?:'s|s)?(end)?\b"
    r"|\bweek ahead\b|\b(?:the )?week after next\b"
    r"|\b(?:the )?week after\b(?!\s+(?:the|they|we|i)\b)",
    re.ASCII,
)
_WEEKEND = re.compile(r"\b(?:at|on|over|for)?\s*(?:the |my )?weekend\b", re.ASCII)
_CALENDAR_WEEK = re.compile(r"\b(?:calendar week|cw|kw|wk|week)\s?(\d{1,2})\b(?!\s*(?:of|days))")
_REST = re.compile(r"\b(?:rest|remainder) of (?:the|this|my) week\b|\blater this week\b")
_END_OF_WEEK = re.compile(r"\b(?:end of (?:the|this) week|eow)\b", re.ASCII)
_EDGE_OF_WEEK = re.compile(
    r"\b(early|beginning of|start of|mid|late|end of)[ -](next|this) week\b", re.ASCII
)
_EDGES = {"early": (0, 3), "beginning of": (0, 3), "start of": (0, 3), "mid": (1, 3),
          "late": (3, 2), "end of": (3, 2)}  # fmt: skip
_WEEK_OF = re.compile(
    r"\b(?:week (?:of|commencing|beginning|starting)|w/c|wc)\s+(?:the (\d{1,2})(?:st|nd|rd|th)\b)?"
)


def _weeks(text: str, today: date) -> Iterator[DaySpan | None]:
    for hit in _WEEK.finditer(text):
        yield _week_span(hit, today)
    for hit in _WEEKEND.finditer(text):
        yield weekend(hit.start(), hit.end(), today, None)
    for hit in _REST.finditer(text):
        days = WEEK - today.weekday()
        yield DaySpan(hit.start(), hit.end(), today, days)
    for hit in _END_OF_WEEK.finditer(text):
        yield weekday(hit.start(), hit.end(), 4, today)
    for hit in _EDGE_OF_WEEK.finditer(text):
        begin, days = _EDGES[hit[1]]
        first = monday(today, _SHIFT[hit[2]]) + timedelta(begin)
        yield DaySpan(hit.start(), hit.end(), first, days)
    for hit in _CALENDAR_WEEK.finditer(text):
        yield iso_week(hit.start(), hit.end(), int(hit[1]), today)


def _weeks_of(text: str, today: date) -> Iterator[DaySpan | None]:
    """``week of the 14th``, ``w/c 7 Dec``: the week in which that day is."""
    for hit in _WEEK_OF.finditer(text):
        if hit[1] and (numbered_day := numbered(hit.start(), hit.end(), int(hit[1]), today)):
            yield DaySpan(hit.start(), hit.end(), monday(numbered_day.first), WEEK)
            continue
        for day in (*_weekdays(text[hit.end() :], today), *_dates(text[hit.end() :], today)):
            if day is not None and day.start == 0:
                first = monday(day.first)
                yield DaySpan(hit.start(), hit.end() + day.end, first, WEEK)


def _week_span(hit: re.Match[str], today: date) -> DaySpan:
    start, end = hit.span()
    if hit[1] is None:
        if hit.group().endswith("ahead"):
            return DaySpan(start, end, today, WEEK)
        return DaySpan(start, end, monday(today, 2 if hit.group().endswith("next") else 1), WEEK)
    if hit[3]:
        return weekend(start, end, today, _SHIFT[hit[1]])
    if hit[1] == "past":
        return DaySpan(start, end, today - timedelta(WEEK), WEEK)
    return DaySpan(start, end, monday(today, 1 if hit[2] else _SHIFT[hit[1]]), WEEK)


_COUNTED = re.compile(
    r"\b(next|coming|following|last|past|previous|these)\s+"
    rf"(?:{_NUMBER}\s+)?(days|weeks|fortnight)\b",
    re.ASCII,
)
_AWAY = re.compile(
    rf"\b(?:in\s+)?{_NUMBER}\s+(days?|weeks?|fortnight)(?:'?s?)?\s*"
    r"(from now|from today|time|ago|out)\b"
    rf"|\bin\s+{_NUMBER}\s+(days?|weeks?|fortnight)\b(?!'| time)",
    re.ASCII,
)
_UNITS = {"day": 1, "days": 1, "week": WEEK, "weeks": WEEK, "fortnight": 2 * WEEK}


def _count(word: str | None) -> int:
    return int(word) if word and word.isdigit() else _NUMBERS.get(word or "few", 0)


def _ranges(text: str, today: date) -> Iterator[DaySpan | None]:
    for hit in _COUNTED.finditer(text):
        days = _count(hit[2] or ("one" if hit[3] == "fortnight" else None)) * _UNITS[hit[3]]
        if not 0 < days <= LONGEST:
            continue
        if hit[1] in ("last", "past", "previous"):
            yield DaySpan(hit.start(), hit.end(), today - timedelta(days), days)
        elif hit[1] == "these":
            yield recent(hit.start(), hit.end(), days, today)
        else:
            yield DaySpan(hit.start(), hit.end(), today, days)
    for hit in _AWAY.finditer(text):
        count, unit = (hit[1], hit[2]) if hit[1] else (hit[4], hit[5])
        days = _count(count) * _UNITS[unit]
        way = -days if hit[3] == "ago" else days
        yield DaySpan(hit.start(), hit.end(), today + timedelta(way))


_MONTH_DAY = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?({'|'.join(_MONTHS)})[a-z]*\.?"
    r"(?:\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?)?(?!\d)\b"
)
_NOT_A_DAY = (
    r"(?!\s+(?:floor|time|quarter|line|party|round|year|generation|one|of|place|phase|try|call))"
)
_DAY = re.compile(
    r"\b(?:(?:on |by |for |until )?the |on |by |for |until )"
    rf"(\d{{1,2}})(?:st|nd|rd|th)\b{_NOT_A_DAY}",
    re.ASCII,
)
_OF_MONTH = re.compile(
    r"\b(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th) of (last|this|next) month\b", re.ASCII
)


def _dates(text: str, today: date) -> Iterator[DaySpan | None]:
    for hit in _MONTH_DAY.finditer(text):
        if number := hit[1] or hit[3]:
            place = _MONTHS.index(hit[2]) + 1
            yield month_day(hit.start(), hit.end(), place, int(number), today)
    for hit in _DAY.finditer(text):
        yield numbered(hit.start(), hit.end(), int(hit[1]), today)
    for hit in _OF_MONTH.finditer(text):
        yield of_month(hit.start(), hit.end(), int(hit[1]), today, _SHIFT[hit[2]])


_MONTH = re.compile(
    rf"\b(?:(last|this|next)\s+month|(?:in|during|since|from|back in|last)\s+"
    rf"({'|'.join(_MONTHS)})[a-z]*)\b(?!\s+\d)"
)
_PART = re.compile(
    r"\b(?:(eom)|(end|beginning|start|middle|early|late|mid)[ -](?:of (?:the )?)?"
    rf"(?:(?:(last|this|next) )?month|({'|'.join(_MONTHS)})[a-z]*))\b",
    re.ASCII,
)
_PARTS = {"end": "end", "eom": "end", "late": "end", "beginning": "start", "start": "start",
          "early": "start", "middle": "middle", "mid": "middle"}  # fmt: skip


def _months(text: str, today: date) -> Iterator[DaySpan | None]:
    """A whole month: last month, in October (the nearest one of that name); or a part of one."""
    for hit in _MONTH.finditer(text):
        if hit[2]:
            yield named_month(hit.start(), hit.end(), _MONTHS.index(hit[2]) + 1, today)
        else:
            yield month(hit.start(), hit.end(), today, _SHIFT[hit[1]])
    for hit in _PART.finditer(text):
        whole: DaySpan | None = month(hit.start(), hit.end(), today, _SHIFT[hit[3] or "this"])
        if hit[4]:
            whole = named_month(hit.start(), hit.end(), _MONTHS.index(hit[4]) + 1, today)
        yield part_of(whole, _PARTS[hit[1] or hit[2]])


FINDERS: tuple[Finder, ...] = (
    _near,
    _misspelt,
    _weekdays,
    _weeks,
    _weeks_of,
    _ranges,
    _dates,
    _months,
)
