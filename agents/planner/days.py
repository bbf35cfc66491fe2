"""Day phrases in Chinese and English: 明天, 下周三, 11月25日, next Tuesday, this week.

Pure: today comes in. Weeks start on Monday. A month and day without a year mean the nearest
such day that is not more than half a year away.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_WEEKDAY_ZH = (
    {c: i for i, c in enumerate("一二三四五六")}
    | {"日": 6, "天": 6, "七": 6}
    | {str(i + 1): i for i in range(7)}
)
_WEEKDAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS_EN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A phrase at ``start:end`` of the text that means ``days`` days from ``first`` on."""

    start: int
    end: int
    first: date
    days: int = 1


_NEAR: dict[str, int] = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今儿": 0,
    "今晚": 0, "今早": 0, "当天": 0, "明天": 1, "明日": 1, "明儿": 1, "明早": 1, "明晚": 1,
    "后天": 2, "大后天": 3,
    "day before yesterday": -2, "day after tomorrow": 2, "yesterday": -1, "today": 0,
    "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "tomorrow": 1,
    "tmrw": 1, "tmr": 1, "tmw": 1, "2moro": 1, "tommorow": 1, "tommorrow": 1,
    "tomorow": 1, "this arvo": 0, "this aft": 0,
    "zuotian": -1, "jintian": 0, "mingtian": 1, "houtian": 2, "听日": 1, "聽日": 1, "寻日": -1,
}  # fmt: skip
_NEAR_PATTERN = re.compile(
    "|".join(
        rf"\b{re.escape(k)}(?='?s?\b)" if k.isascii() else re.escape(k)
        for k in sorted(_NEAR, key=len, reverse=True)
    ),
    re.ASCII,  # so that a Chinese character beside a Latin word is a word bound
)
_WEEK_ZH = re.compile(
    r"(上上|上|这|本|下下|下)(?:个)?(?:周|星期|礼拜)([一二三四五六日天1-7])?(?![一-龥]?末)"
)
_BARE_WEEKDAY_ZH = re.compile(
    r"(?<![一-龥])(?:周|星期|礼拜)([一二三四五六日天1-6])|(?:周|星期|礼拜)([一二三四五六日天])"
)
_WEEKEND_ZH = re.compile(r"(上|这|本|下)?(?:个)?周末")
_NEXT_DAYS_ZH = re.compile(
    r"(?:接下来|未来|往后|最近|近|后面|这)(?:的)?([一二两三四五六七八九十\d]{1,2})天"
)
_DATE = re.compile(r"(?<!\d)(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")
_MONTH_DAY_ZH = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})[日号]?")
_DAY_ZH = re.compile(
    r"(?<![\d月.])(\d{1,2})[号日]"
    r"(?!线|楼|机|院|店|门|库|会议|厅|馆|车间|厂|仓|柜|位|座|桌|标|站|窗)"  # these have numbers too
)
_WEEKDAY_EN = re.compile(
    r"\b(?:(last|this|next|on|coming)\s+)?(mon|tue|wed|thu|fri|sat|sun)"
    r"(?:day|sday|nesday|rsday|urday|s|rs|r)?(\s+week)?\b",
    re.ASCII,
)
_WEEK_EN = re.compile(r"\b(last|this|next)\s+week(end)?\b|\bweek ahead\b", re.ASCII)
_NEXT_DAYS_EN = re.compile(r"\b(?:next|coming|following)\s+(\w+)\s+days\b", re.ASCII)
_MONTH_EN = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?({'|'.join(_MONTHS_EN)})[a-z]*\.?"
    r"(?:\s+(\d{1,2})(?:st|nd|rd|th)?)?\b"
)
_DAY_EN = re.compile(
    r"\b(?:on |by )?the (\d{1,2})(?:st|nd|rd|th)\b"
    r"(?!\s+(?:floor|time|quarter|line|party|round|year|"
    r"generation|one|of))",
    re.ASCII,
)
_NUMBERS_EN = {w: i for i, w in enumerate(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
)}  # fmt: skip


def find_days(text: str, today: date, anchor: date | None = None) -> list[DaySpan]:
    """Day phrases of a folded text in reading order, longest first where they overlap.

    ``anchor`` is the day that was talked about before: ``the day after``, 那天 count from it.
    """
    found = [span for finder in _FINDERS for span in finder(text, today)]
    found += _misspelt(text, today)
    found += _anchored(text, anchor) if anchor else ()
    chosen: list[DaySpan] = []
    for span in sorted(found, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= c.start or c.end <= span.start for c in chosen):
            chosen.append(span)
    return _joined(text, sorted(chosen, key=lambda s: s.start))


_BETWEEN = re.compile(r"\s*(?:到|至|~|～|–|-|—|to|through|thru|until|till)\s*")
_LONGEST_RANGE = 31  # the longest that a diary answer covers


def _joined(text: str, spans: list[DaySpan]) -> list[DaySpan]:
    """``周一到周三``, ``Monday to Wednesday``: two days and a range word become one span."""
    joined: list[DaySpan] = []
    for span in spans:
        first = joined[-1] if joined else None
        if first is not None and _BETWEEN.fullmatch(text[first.end : span.start]):
            last = span.first + timedelta(span.days - 1)
            while last < first.first:
                last += timedelta(7)
            days = (last - first.first).days + 1
            if days <= _LONGEST_RANGE:
                joined[-1] = DaySpan(first.start, span.end, first.first, days)
                continue
        joined.append(span)
    return joined


def _near(text: str, today: date) -> Iterator[DaySpan]:
    for hit in _NEAR_PATTERN.finditer(text):
        yield DaySpan(hit.start(), hit.end(), today + timedelta(_NEAR[hit.group()]))


_LONG_WORD = re.compile(r"(?<![a-z])[a-z]{6,}(?![a-z])")
_SPELT = ("yesterday", "tomorrow", *(w for w in _WEEKDAYS_EN if len(w) > 6))


def _misspelt(text: str, today: date) -> Iterator[DaySpan]:
    """``wendesday``, ``yesturday``: one letter wrong, missing, or two turned round."""
    from rapidfuzz.distance import DamerauLevenshtein

    for hit in _LONG_WORD.finditer(text):
        close = (
            w
            for w in _SPELT
            if hit[0] != f"{w}s" and 0 < DamerauLevenshtein.distance(hit[0], w) <= 1
        )
        meant = next(close, None)
        for day in () if meant is None else (*_near(meant, today), *_weeks_en(meant, today)):
            yield DaySpan(hit.start(), hit.end(), day.first)


_FROM_ANCHOR: dict[str, int] = {
    "那天": 0, "那一天": 0, "当天": 0, "第二天": 1, "后一天": 1, "再后一天": 1, "转天": 1,
    "次日": 1,
    "前一天": -1, "that day": 0, "same day": 0, "the day after": 1, "the next day": 1,
    "the following day": 1, "the day before": -1, "the previous day": -1,
}  # fmt: skip
_ANCHOR_PATTERN = re.compile("|".join(sorted(_FROM_ANCHOR, key=len, reverse=True)))


def _anchored(text: str, anchor: date) -> Iterator[DaySpan]:
    for hit in _ANCHOR_PATTERN.finditer(text):
        yield DaySpan(hit.start(), hit.end(), anchor + timedelta(_FROM_ANCHOR[hit[0]]))


def _monday(today: date) -> date:
    return today - timedelta(today.weekday())


_WEEK_SHIFT = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}


def _weeks_zh(text: str, today: date) -> Iterator[DaySpan]:
    for hit in _WEEK_ZH.finditer(text):
        monday = _monday(today) + timedelta(7 * _WEEK_SHIFT[hit[1]])
        if hit[2] is None:
            yield DaySpan(hit.start(), hit.end(), monday, 7)
        else:
            yield DaySpan(hit.start(), hit.end(), monday + timedelta(_WEEKDAY_ZH[hit[2]]))
    for hit in _WEEKEND_ZH.finditer(text):
        saturday = _monday(today) + timedelta(7 * _WEEK_SHIFT.get(hit[1] or "这", 0) + 5)
        yield DaySpan(hit.start(), hit.end(), saturday, 2)
    for hit in _BARE_WEEKDAY_ZH.finditer(text):
        day = _monday(today) + timedelta(_WEEKDAY_ZH[hit[1] or hit[2]])
        yield DaySpan(hit.start(), hit.end(), day if day >= today else day + timedelta(7))


def _number_zh(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text.startswith("十"):
        return 10 + _ZH_DIGITS.get(text[1:], 0)
    tens, _, units = text.partition("十")
    if "十" in text:
        return _ZH_DIGITS.get(tens, 0) * 10 + _ZH_DIGITS.get(units, 0)
    return _ZH_DIGITS.get(text, 0)


def _ranges(text: str, today: date) -> Iterator[DaySpan]:
    for hit in _NEXT_DAYS_ZH.finditer(text):
        if 0 < (count := _number_zh(hit[1])) <= 31:
            yield DaySpan(hit.start(), hit.end(), today, count)
    for hit in _NEXT_DAYS_EN.finditer(text):
        word = hit[1]
        count = int(word) if word.isdigit() else _NUMBERS_EN.get(word, 0)
        if 0 < count <= 31:
            yield DaySpan(hit.start(), hit.end(), today, count)


def _weeks_en(text: str, today: date) -> Iterator[DaySpan]:
    shift = {"last": -1, "this": 0, "next": 1}
    for hit in _WEEK_EN.finditer(text):
        if hit[1] is None:
            yield DaySpan(hit.start(), hit.end(), today, 7)
            continue
        monday = _monday(today) + timedelta(7 * shift[hit[1]])
        first, days = (monday + timedelta(5), 2) if hit[2] else (monday, 7)
        yield DaySpan(hit.start(), hit.end(), first, days)
    for hit in _WEEKDAY_EN.finditer(text):
        if not _is_weekday_word(hit):
            continue
        weekday = next(i for i, d in enumerate(_WEEKDAYS_EN) if d.startswith(hit[2]))
        day = _weekday_en(hit[1], weekday, today)
        yield DaySpan(hit.start(), hit.end(), day + timedelta(7) if hit[3] else day)


def _is_weekday_word(hit: re.Match[str]) -> bool:
    """``sun``, ``sat`` and ``wed`` are words of their own unless something says weekday."""
    word = hit.group().removesuffix(hit[3] or "").split()[-1]
    return (
        word.endswith("day") or hit[1] is not None or word in ("mon", "tue", "tues", "thu", "fri")
    )


def _weekday_en(which: str | None, weekday: int, today: date) -> date:
    day = _monday(today) + timedelta(weekday)
    if which == "last":
        return day - timedelta(7)
    if which == "next":
        return day + timedelta(7)
    return day if day >= today else day + timedelta(7)


def _dates(text: str, today: date) -> Iterator[DaySpan]:
    for hit in _DATE.finditer(text):
        if day := _day(int(hit[1]), int(hit[2]), int(hit[3])):
            yield DaySpan(hit.start(), hit.end(), day)
    for hit in _MONTH_DAY_ZH.finditer(text):
        if day := _nearest(int(hit[1]), int(hit[2]), today):
            yield DaySpan(hit.start(), hit.end(), day)
    for hit in _MONTH_EN.finditer(text):
        number = hit[1] or hit[3]
        if number and (day := _nearest(_MONTHS_EN.index(hit[2]) + 1, int(number), today)):
            yield DaySpan(hit.start(), hit.end(), day)
    for hit in (*_DAY_ZH.finditer(text), *_DAY_EN.finditer(text)):
        if day := _next_numbered(int(hit[1]), today):
            yield DaySpan(hit.start(), hit.end(), day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, today: date) -> date | None:
    candidates = (_day(today.year + shift, month, day) for shift in (-1, 0, 1))
    real = [c for c in candidates if c is not None]
    return min(real, key=lambda c: abs((c - today).days), default=None)


def _next_numbered(day: int, today: date) -> date | None:
    for months in range(3):
        month = today.month + months
        found = _day(today.year + (month - 1) // 12, (month - 1) % 12 + 1, day)
        if found is not None and found >= today:
            return found
    return None


_MONTH_ZH = re.compile(
    r"(?<!\d)(上|这|本|下)个?月(?![\d一二三四五六七八九十末初中底])|"
    # A small number without 份 may count months: 三月没联系.
    r"(?<![\d个])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|里|中)|"
    r"(?<![\d个])(1[0-2]|十[一二]?)月(?![\d一二三四五六七八九十末初底])"
)
_MONTH_WORD_EN = re.compile(
    rf"\b(?:(last|this|next)\s+month|(?:in|during|since|from|back in|last)\s+"
    rf"({'|'.join(_MONTHS_EN)})[a-z]*)\b(?!\s+\d)"
)
_SHIFT_EN = {"last": -1, "this": 0, "next": 1}


def _months(text: str, today: date) -> Iterator[DaySpan]:
    """A whole month: 上个月, 十月份, last month, in October (the nearest one of that name)."""
    for hit in _MONTH_ZH.finditer(text):
        number = None if hit[1] else _number_zh(hit[2] or hit[3])
        yield _month(hit, _WEEK_SHIFT.get(hit[1] or "", 0), number, today)
    for hit in _MONTH_WORD_EN.finditer(text):
        number = _MONTHS_EN.index(hit[2]) + 1 if hit[2] else None
        yield _month(hit, _SHIFT_EN.get(hit[1] or "", 0), number, today)


def _month(hit: re.Match[str], shift: int, number: int | None, today: date) -> DaySpan:
    first = _nearest(number, 1, today) if number else None
    if first is None:
        months = today.year * 12 + today.month - 1 + shift
        first = date(months // 12, months % 12 + 1, 1)
    days = calendar.monthrange(first.year, first.month)[1]
    return DaySpan(hit.start(), hit.end(), first, days)


_FINDERS: tuple[Callable[[str, date], Iterator[DaySpan]], ...] = (
    _near,
    _weeks_zh,
    _ranges,
    _weeks_en,
    _dates,
    _months,
)
