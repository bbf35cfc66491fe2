"""Day phrases in Chinese: 明天, 下周三, 十一月二十五号, 三天后, 月底, 明后两天. Pure."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from agents.planner.dayspans import (
    LONGEST,
    WEEK,
    DaySpan,
    day_of,
    half_of,
    monday,
    month,
    month_day,
    named_month,
    numbered,
    of_month,
    part_of,
    recent,
    rest_of_month,
    weekday,
    weekend,
)

Finder = Callable[[str, date], Iterator[DaySpan | None]]

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
NUMBER = r"(?:\d{1,2}|[一二三四五六七八九两]?十[一二三四五六七八九]?|[一二三四五六七八九两])"
_WEEKDAY = {c: i for i, c in enumerate("一二三四五六")} | {"日": 6, "天": 6, "七": 6}
_WEEKDAY |= {str(i + 1): i for i in range(WEEK)}
_SHIFT = {"上上": -2, "上": -1, "这": 0, "本": 0, "呢": 0, "当": 0, "下": 1, "下下": 2, "再下": 2}
# 看一下下周四 has one 下 of its own.
_WHICH = r"(上上|上|这|本|呢|再下|(?<![一看查问说])下下|下)"
_WEEK = r"(?:一)?(?:个)?(?:周|星期|礼拜)"

_NEAR: dict[str, tuple[int, int]] = {
    "大前天": (-3, 1), "前天": (-2, 1), "昨天": (-1, 1), "昨日": (-1, 1), "昨儿": (-1, 1),
    "昨晚": (-1, 1), "今天": (0, 1), "今日": (0, 1), "今儿": (0, 1), "今晚": (0, 1),
    "今早": (0, 1), "当天": (0, 1), "明天": (1, 1), "明日": (1, 1), "明儿": (1, 1),
    "明早": (1, 1), "明晚": (1, 1), "明晨": (1, 1), "后天": (2, 1), "后日": (2, 1), "后儿": (2, 1),
    "大后天": (3, 1), "大后日": (3, 1), "大后儿": (3, 1), "今个": (0, 1), "明个": (1, 1),
    "后个": (2, 1), "昨个": (-1, 1), "明朝": (1, 1), "后朝": (2, 1), "听日": (1, 1),
    "寻日": (-1, 1), "琴日": (-1, 1), "今朝": (0, 1),
    "zuotian": (-1, 1), "jintian": (0, 1), "mingtian": (1, 1), "houtian": (2, 1),
    "明后天": (1, 2), "明后两天": (1, 2), "明后": (1, 2), "今明": (0, 2), "今明两天": (0, 2),
    "昨今两天": (-1, 2), "后两天": (1, 2), "今明后三天": (0, 3),
}  # fmt: skip
_NEAR_PATTERN = re.compile(
    "|".join(
        rf"\b{k}\b" if k.isascii() else re.escape(k) for k in sorted(_NEAR, key=len, reverse=True)
    ),
    re.ASCII,
)


def number(text: str) -> int:
    """A Chinese or Arabic number up to 99; 0 where it is none."""
    if text.isdigit():
        return int(text)
    tens, ten, units = text.partition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return (_DIGITS.get(tens, 0) or 1) * 10 + _DIGITS.get(units, 0)


def _near(text: str, today: date) -> Iterator[DaySpan]:
    for hit in _NEAR_PATTERN.finditer(text):
        shift, days = _NEAR[hit.group()]
        yield DaySpan(hit.start(), hit.end(), today + timedelta(shift), days)


# 这周日历, 本周日程 speak of the whole week.
_NOT_SUNDAY = r"(?!(?<=日)[历程志子常报期])"
_WEEKDAY_OF = re.compile(rf"{_WHICH}{_WEEK}的?([一二三四五六日天1-7])(?![一-龥]?末){_NOT_SUNDAY}")
_WHOLE_WEEK = re.compile(rf"{_WHICH}{_WEEK}(?!末)")
_HALF_WEEK = re.compile(rf"(?:{_WHICH}{_WEEK}的?)?(前|上|后|下)半(?:周|个?星期|个?礼拜)")
_PAIR = re.compile(
    rf"(?:{_WHICH}(?:个)?)?(?:周|星期|礼拜)([一二三四五六])([二三四五六日天])(?![一-龥]?[号月点个])"
)
_BARE_WEEKDAY = re.compile(
    rf"(?:(?<![一-龥])(?:周|星期|礼拜)([一二三四五六日天1-6])|(?:周|星期|礼拜)([一二三四五六日天]))"
    rf"{_NOT_SUNDAY}"
)
_REST = re.compile(
    r"(?:这|本)(?:个)?(?:周|星期|礼拜)(?:还)?(?:剩下|剩余|余下|剩)(?:的)?(?:这)?几?(?:天|日子)?"
)
_WEEKEND = re.compile(r"(上上|上|这|本|下)?(?:个)?周末|(上上|上|这|本|下)(?:个)?(?:星期|礼拜)末")


def _weeks(text: str, today: date) -> Iterator[DaySpan | None]:
    for hit in _WHOLE_WEEK.finditer(text):
        yield DaySpan(hit.start(), hit.end(), monday(today, _SHIFT[hit[1]]), WEEK)
    for hit in _WEEKDAY_OF.finditer(text):
        day = monday(today, _SHIFT[hit[1]]) + timedelta(_WEEKDAY[hit[2]])
        yield DaySpan(hit.start(), hit.end(), day)
    for hit in _HALF_WEEK.finditer(text):
        begin, days = (0, 3) if hit[2] in "前上" else (3, 4)
        first = monday(today, _SHIFT[hit[1] or "这"]) + timedelta(begin)
        yield DaySpan(hit.start(), hit.end(), first, days)
    for hit in _REST.finditer(text):
        yield DaySpan(hit.start(), hit.end(), today, WEEK - today.weekday())
    for hit in _WEEKEND.finditer(text):
        which = hit[1] or hit[2]
        yield weekend(hit.start(), hit.end(), today, _SHIFT[which] if which else None)
    for hit in _BARE_WEEKDAY.finditer(text):
        yield weekday(hit.start(), hit.end(), _WEEKDAY[hit[1] or hit[2]], today)
    for hit in _PAIR.finditer(text):
        yield _pair(hit, today)


def _pair(hit: re.Match[str], today: date) -> DaySpan | None:
    """周一二, 下周三四: two days that follow one another."""
    first, second = _WEEKDAY[hit[2]], _WEEKDAY[hit[3]]
    if second - first != 1:
        return None
    if hit[1]:
        begin = monday(today, _SHIFT[hit[1]]) + timedelta(first)
        return DaySpan(hit.start(), hit.end(), begin, 2)
    span = weekday(hit.start(), hit.end(), first, today)
    return DaySpan(span.start, span.end, span.first, 2, span.past).or_past(
        span.past.first if span.past else span.first
    )


_RECENT = re.compile(rf"(?:最近|近|这)(?:的)?({NUMBER}|几)天")
_COMING = re.compile(rf"(?:接下来|接下去|未来|往后|后[面边]|今后)(?:的)?({NUMBER}|几)天")
_GONE = re.compile(
    rf"(?:过去(?:的|这)?|(?<![底月周天节号日末期年])前面?(?!一)|之前)({NUMBER}|几)天"
)
_COMING_WEEKS = re.compile(
    rf"(?:接下来|接下去|未来|往后|后面|今后)(?:的)?(?:这)?({NUMBER})?(?:个)?(?:周|星期|礼拜)(?![一二三四五六日天末])"
)
_RECENT_WEEKS = re.compile(r"(?:最近|近)(?:的|这)?([一二两三四1-4])(?:个)?(?:周|星期|礼拜)(?!末)")
_GONE_WEEKS = re.compile(r"(?:过去|前)(?:的|这)?([一二两三四1-4])(?:个)?(?:周|星期|礼拜)(?!末)")
_AWAY = re.compile(rf"(半个|{NUMBER}个?)(天|日|周|星期|礼拜|月)(?:以|之)?(后|前)(?![面天])")
_WITHIN = re.compile(rf"({NUMBER})[天日](?:之|以)?内")
_FEW = 3


def _count(text: str) -> int:
    return _FEW if text == "几" else number(text)


def _ranges(text: str, today: date) -> Iterator[DaySpan | None]:
    for hit in _RECENT.finditer(text):
        yield recent(hit.start(), hit.end(), _count(hit[1]), today)
    for pattern, unit in ((_COMING, 1), (_COMING_WEEKS, WEEK), (_WITHIN, 1)):
        for hit in pattern.finditer(text):
            days = _count(hit[1] or "一") * unit
            if 0 < days <= LONGEST:
                yield DaySpan(hit.start(), hit.end(), today, days)
    for hit in _RECENT_WEEKS.finditer(text):
        yield recent(hit.start(), hit.end(), number(hit[1]) * WEEK, today)
    for pattern, unit in ((_GONE, 1), (_GONE_WEEKS, WEEK)):
        for hit in pattern.finditer(text):
            days = _count(hit[1]) * unit
            if 0 < days <= LONGEST:
                yield DaySpan(hit.start(), hit.end(), today - timedelta(days), days)


def _away(text: str, today: date) -> Iterator[DaySpan | None]:
    """三天后, 两周后, 半个月后, 三天前: a day so far from today."""
    unit = {"天": 1, "日": 1, "周": WEEK, "星期": WEEK, "礼拜": WEEK}
    for hit in _AWAY.finditer(text):
        if hit[2] == "月":
            days = 15 if hit[1] == "半个" else 0
        else:
            days = 0 if hit[1] == "半个" else number(hit[1].removesuffix("个")) * unit[hit[2]]
        if days:
            way = days if hit[3] == "后" else -days
            yield DaySpan(hit.start(), hit.end(), today + timedelta(way))


# These have numbers too: 3号线, 2号楼.
_AFTER_NUMBER = r"(?!线|楼|机|院|店|门|库|会议|厅|馆|车间|厂|仓|柜|位|座|桌|标|站|窗|文|令|修改单)"
_MONTH_DAY = re.compile(
    rf"(?<!\d)(\d{{1,2}})月份?(?:的)?(\d{{1,2}})[日号]?|({NUMBER})月份?({NUMBER})[日号]"
)
_OF_MONTH = re.compile(rf"(上上|上|这|本|下下|下)个?月的?({NUMBER})[号日]")
_DAY = re.compile(rf"(?<![\d月.一二三四五六七八九十第])({NUMBER})[号日]{_AFTER_NUMBER}")
_DAYS = re.compile(
    rf"(?<![\d月.])({NUMBER})[号日]?(?:到|至|~|～|-|—)({NUMBER})[号日]{_AFTER_NUMBER}"
)
_TWO_DAYS = re.compile(
    rf"(?<![\d月.])({NUMBER})[号日]?(?:、|和|跟|，|,)({NUMBER})[号日]{_AFTER_NUMBER}"
)
_SLASHED = re.compile(
    r"(?<![\d/.])(1[0-2]|0?[1-9])(?:/(3[01]|[12]\d|0?[1-9])(?![\d/]|的)|"
    # 11.25 is a day where nothing says that it is an amount.
    r"\.(3[01]|[12]\d)(?=号|日|那|有|的安排|的行程|去|见|忙|上午|下午)(?!\d))"
)
_CJK = re.compile(r"[一-龥]")


def _dates(text: str, today: date) -> Iterator[DaySpan | None]:
    for hit in _MONTH_DAY.finditer(text):
        number_of, day = (hit[1], hit[2]) if hit[1] else (hit[3], hit[4])
        yield month_day(hit.start(), hit.end(), number(number_of), number(day), today)
    for hit in _OF_MONTH.finditer(text):
        yield of_month(hit.start(), hit.end(), number(hit[2]), today, _SHIFT[hit[1]])
    for hit in _DAY.finditer(text):
        yield numbered(hit.start(), hit.end(), number(hit[1]), today)
    for hit in (*_DAYS.finditer(text), *_TWO_DAYS.finditer(text)):
        yield _numbered_range(hit, today)
    if _CJK.search(text):  # 12/3 is the third of December only where Chinese is written
        for hit in _SLASHED.finditer(text):
            yield month_day(hit.start(), hit.end(), int(hit[1]), int(hit[2] or hit[3]), today)


def _numbered_range(hit: re.Match[str], today: date) -> DaySpan | None:
    """3到5号: from the next third on."""
    first = numbered(hit.start(), hit.end(), number(hit[1]), today)
    if first is None:
        return None
    last = day_of(first.first.year, first.first.month, number(hit[2]))
    if last is None or last <= first.first:
        return None
    if hit.re is _TWO_DAYS and last != first.first + timedelta(1):
        return None
    days = (last - first.first).days + 1
    return DaySpan(first.start, first.end, first.first, days, first.past).or_past(
        first.past.first if first.past else first.first
    )


_MONTH = re.compile(
    r"(?<!\d)(上上|上|这|本|当|下下|下)个?月(?![\d一二三四五六七八九十末初中底])|"
    # A small number without 份 may count months: 三月没联系.
    r"(?<![\d个])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|里|中(?!旬))|"
    r"(?<![\d个])(1[0-2]|十[一二]?)月(?![\d一二三四五六七八九十末初底上中下])"
)
_PART = re.compile(
    rf"(?:(上|这|本|下)个?|(?<![\d个])({NUMBER}))?月份?(?:(初|中(?!旬)|底|末)|([上中下])旬)|([上中下])旬"
)
_WEEK_OF_MONTH = re.compile(
    rf"(?:(上|这|本|下)个?|(?<![\d个])({NUMBER}))月份?的?(?:第([一二三四])|(头一|最后一))个?(?:周|星期|礼拜)"
)
_HALF_MONTH = re.compile(
    rf"(?:(上|这|本|下)个?|(?<![\d个])({NUMBER}))?月份?的?([上前下后])半(?:个)?月"
)
_REST_OF_MONTH = re.compile(r"(?:这|本)个?月(?:还)?(?:剩下|剩余|余下|剩)(?:的)?(?:日子|几天)?")
_PARTS = {"初": "start", "上": "start", "中": "middle", "底": "end", "末": "end", "下": "end"}


def _months(text: str, today: date) -> Iterator[DaySpan | None]:
    """A whole month: 上个月, 十月份 (the nearest one of that name); or a part of one: 月底."""
    for hit in _MONTH.finditer(text):
        yield _month_of(hit, hit[1], hit[2] or hit[3], today)
    for hit in _REST_OF_MONTH.finditer(text):
        yield DaySpan(hit.start(), hit.end(), today, rest_of_month(today))
    for hit in _HALF_MONTH.finditer(text):
        yield half_of(_month_of(hit, hit[1], hit[2], today), second=hit[3] in "下后")
    for hit in _WEEK_OF_MONTH.finditer(text):
        yield _week_of(_month_of(hit, hit[1], hit[2], today), hit[3], last=hit[4] == "最后一")
    for hit in _PART.finditer(text):
        part = _PARTS[hit[3] or hit[4] or hit[5]]
        yield part_of(_month_of(hit, hit[1], hit[2], today), part)


def _week_of(whole: DaySpan | None, count: str | None, *, last: bool) -> DaySpan | None:
    """下个月第一周: the first seven days of the month, the next seven, or the last."""
    if whole is None:
        return None
    begin = whole.days - WEEK if last else (number(count or "一") - 1) * WEEK
    return DaySpan(whole.start, whole.end, whole.first + timedelta(begin), WEEK)


def _month_of(
    hit: re.Match[str], which: str | None, named: str | None, today: date
) -> DaySpan | None:
    if named:
        return named_month(hit.start(), hit.end(), number(named), today)
    return month(hit.start(), hit.end(), today, _SHIFT[which or "这"])


FINDERS: tuple[Finder, ...] = (_near, _weeks, _ranges, _away, _dates, _months)
