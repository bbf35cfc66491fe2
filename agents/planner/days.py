"""Day phrases in Chinese and English: 明天, 下周三, 11月25日, next Tuesday, this week.

Pure: today comes in. Weeks start on Monday. A month and day without a year mean the nearest
such day that is not more than half a year away.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from agents.planner import days_en, days_zh
from agents.planner.dayspans import LONGEST, WEEK, DaySpan, day_of

__all__ = ["DaySpan", "find_days"]

_DATE = re.compile(r"(?<!\d)(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?!\d)")
_FINDERS = (*days_zh.FINDERS, *days_en.FINDERS)


def find_days(text: str, today: date, anchor: date | None = None) -> list[DaySpan]:
    """Day phrases of a folded text in reading order, longest first where they overlap.

    ``anchor`` is the day that was talked about before: ``the day after``, 那天 count from it.
    """
    found = [span for finder in _FINDERS for span in finder(text, today) if span is not None]
    found += _dates(text)
    found += _anchored(text, anchor) if anchor else ()
    chosen: list[DaySpan] = []
    for span in sorted(found, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= c.start or c.end <= span.start for c in chosen):
            chosen.append(span)
    spans = _joined(text, sorted(chosen, key=lambda s: s.start))
    return [_bounded(text, _lengthened(text, span), today) for span in spans]


_FROM_ZH = re.compile(
    rf"(?:算起|起|开始|往后|以后)(?:的|连着|连续|这)?({days_zh.NUMBER})(天|个?周|个?星期)"
)
_FROM_EN = re.compile(
    r"\s+(?:for|plus|and)\s+(?:the )?(?:next |following )?(two|three|four|five|six) (days)\b"
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


_SINCE = re.compile(r"\bsince\s+(?:last\s+)?$")
_SINCE_ZH = re.compile(r"以来|至今|到现在")
_BY = re.compile(r"\b(?:before|by|until|till|up to)\s+(?:the\s+)?$")
_BY_WITHIN = re.compile(r"^(?:by|until)\b")  # days_en takes these for a part of the day
_BY_ZH = re.compile(r"(?:之|以)?前(?!一?天)")


def _bounded(text: str, span: DaySpan, today: date) -> DaySpan:
    """``since Monday`` goes on to today, ``by Friday`` begins with it."""
    start, end = span.start, span.end
    if _SINCE.search(text[:start]) or _SINCE_ZH.match(text, end):
        first = span.past.first if span.past else span.first
        return _between_days(span, first, today)
    within = text[start:end]
    if _BY.search(text[:start]) or _BY_WITHIN.match(within) or _BY_ZH.match(text, end):
        return _between_days(span, today, span.last)
    return span


def _between_days(span: DaySpan, first: date, last: date) -> DaySpan:
    days = (last - first).days + 1
    return DaySpan(span.start, span.end, first, days) if 1 < days <= LONGEST else span


def _lengthened(text: str, span: DaySpan) -> DaySpan:
    """``周一起三天``, ``from Monday for three days``: the day begins a number of days."""
    hit = _FROM_ZH.match(text, span.end) or _FROM_EN.match(text, span.end)
    if hit is None or span.days > 1:
        return span
    count = _COUNTS.get(hit[1]) or days_zh.number(hit[1])
    days = count * (1 if hit[2] in ("天", "days") else WEEK)
    return DaySpan(span.start, hit.end(), span.first, days) if 1 < days <= LONGEST else span


# Days that the calendar of this program does not know: the person is asked for the date.
_NAMED = re.compile(
    r"元旦|春节|过年|年前|年后|除夕|年三十|大年|正月|元宵|清明|五一|劳动节|端午|六一|七夕|中元|中秋|国庆|重阳|"
    r"双十一|双十二|双11|双12|圣诞|平安夜|感恩节|情人节|腊月|初[一二三四五六七八九十](?!次|步|中|期)|"
    r"\b(?:christmas|xmas|boxing day|easter|good friday|new year'?s?(?: eve| day)?|cny|golden week|"
    r"thanksgiving|eid|ramadan|diwali|deepavali|songkran|tet|bank holiday|labou?r day|"
    r"national day|valentine'?s?(?: day)?|mid-autumn|spring festival)\b"
)


def named_days(text: str) -> list[tuple[int, int]]:
    """Stretches that name a day whose date is not known here: 清明, Easter."""
    return [hit.span() for hit in _NAMED.finditer(text)]


def day_stretches(text: str, today: date) -> list[tuple[int, int]]:
    """Where a text speaks of days, known or not, in reading order."""
    known = [(span.start, span.end) for span in find_days(text, today)]
    named = [
        (start, end)
        for start, end in named_days(text)
        if all(end <= first or last <= start for first, last in known)
    ]
    return sorted([*known, *named])


def _dates(text: str) -> Iterator[DaySpan]:
    for hit in _DATE.finditer(text):
        if day := day_of(int(hit[1]), int(hit[2]), int(hit[3])):
            yield DaySpan(hit.start(), hit.end(), day)


_TO = re.compile(
    r"\s*(?:起|开始|上午|下午|早上|晚上|morning|afternoon)?(?:一直)?\s*"
    r"(?:到|至|~|～|–|-|—|to|up to|through|thru|until|till)\s*"
)
_BETWEEN = re.compile(r"\bbetween\s*$")
_AND = re.compile(r"\s*(?:和|跟|与|、|,|，|&|\+|/|and)\s*")


def _joined(text: str, spans: list[DaySpan]) -> list[DaySpan]:
    """``周一到周三``, ``Monday and Tuesday``: two days that belong together become one span."""
    joined: list[DaySpan] = []
    for span in spans:
        both = _both(text, joined[-1], span) if joined else None
        if both is not None:
            joined[-1] = both
        else:
            joined.append(span)
    return joined


_OF_WEEK = re.compile(r"\s*(?:on|of|'s|的)?\s*")


def _of_week(between: str, first: DaySpan, second: DaySpan) -> DaySpan | None:
    """``next week on Tuesday``, ``Tuesday of next week``: a weekday of that very week."""
    week, day = (first, second) if first.days == WEEK else (second, first)
    whole = week.days == WEEK and week.first.weekday() == 0 and week.past is None
    if not (_OF_WEEK.fullmatch(between) and whole and day.days == 1 and _is_weekday(day)):
        return None
    return DaySpan(first.start, second.end, week.first + timedelta(day.first.weekday()))


def _both(text: str, first: DaySpan, second: DaySpan) -> DaySpan | None:
    between = text[first.end : second.start]
    if (of_week := _of_week(between, first, second)) is not None:
        return of_week
    last = second.last
    ranged = _AND.fullmatch(between) and _BETWEEN.search(text[: first.start])
    if ranged or _TO.fullmatch(between):
        if _is_weekday(second):
            # "本周二至周四": a weekday without a week of its own is the next one after the first.
            ahead = (second.first - first.first).days % WEEK
            last = first.first + timedelta(ahead or WEEK)
    elif not (_AND.fullmatch(between) and second.first == first.last + timedelta(1)):
        return None
    days = (last - first.first).days + 1
    if not 1 <= days <= LONGEST:
        return None
    whole = DaySpan(first.start, second.end, first.first, days)
    return whole if first.past is None else whole.or_past(first.past.first)


def _is_weekday(span: DaySpan) -> bool:
    """Whether what it means comes again every week."""
    return span.past is not None and (span.first - span.past.first).days % WEEK == 0


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
