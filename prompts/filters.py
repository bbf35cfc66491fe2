"""Template filters: money, days, ages and vocabulary labels as people read them.

Artifacts reach the templates as JSON, so dates come as ISO text or as date objects alike.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from storage.currencies import minor_digits, whole_units
from storage.yaml_text import read_yaml

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Direction overrides, isolates and marks: they make a text read other than it is stored.
_HIDING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ITEM = re.compile(r"\s*(?:[-*>]|\d+\.)\s")
_INSIDE = re.compile(r"[A-Za-z0-9'’-]{2}")
_LAST_WORD = re.compile(r"[A-Za-z0-9'’-]+$")
_UNKNOWN = {"zh": "未知", "en": "unknown"}


def money(minor: int | None, currency: str = "CNY", language: str = "zh") -> str:
    """Minor units as people read them: ``¥128.5万`` or ``CNY 1,285,000``; a dash if unknown.

    Each currency has its own decimals: 1000 are ``JPY 1,000``, ``USD 10`` and ``KWD 1``.
    """
    if minor is None:
        return "—"
    units, digits = whole_units(minor, currency), minor_digits(currency)
    if language == "zh" and currency == "CNY":
        for size, name in ((10**8, "亿"), (10**4, "万")):
            if abs(units) >= size:
                return f"¥{units / size:,.2f}".rstrip("0").rstrip(".") + name
        return f"¥{units:,.2f}".removesuffix(".00")
    shown = f"{currency} {units:,.{digits}f}"
    return shown.removesuffix(f".{'0' * digits}")


def joined(items: Iterable[Any], separator: str = "、") -> str:
    """The items as one phrase."""
    return separator.join(str(item) for item in items)


def day(value: date | str | None, today: date | str | None = None, language: str = "zh") -> str:
    """A date without the year it can do without: ``11月3日``, ``2025年3月2日``; ``3 Nov 2025``."""
    moment = _date(value)
    if moment is None:
        return _UNKNOWN[language]
    present = _date(today)
    same_year = present is not None and present.year == moment.year
    if language == "zh":
        return f"{'' if same_year else f'{moment.year}年'}{moment.month}月{moment.day}日"
    return f"{moment.day} {_MONTHS[moment.month - 1]}{'' if same_year else f' {moment.year}'}"


def weekday(value: date | str, language: str = "zh") -> str:
    """``周三`` or ``Wed``."""
    moment = _date(value)
    if moment is None:
        return ""
    number = moment.weekday()
    return f"周{_WEEKDAYS_ZH[number]}" if language == "zh" else _WEEKDAYS_EN[number]


def ago(value: date | str | None, today: date | str, language: str = "zh") -> str:
    """How far a date is from ``today``: ``3 天前``, ``明天``, ``2 个月后``; ``in 5 days``."""
    moment, present = _date(value), _date(today)
    if moment is None or present is None:
        return _UNKNOWN[language]
    days = (moment - present).days
    near = _NEAR[language].get(days)
    if near is not None:
        return near
    size = duration(abs(days), language)
    if language == "zh":
        return f"{size}{'前' if days < 0 else '后'}"
    return f"{size} ago" if days < 0 else f"in {size}"


_NEAR = {
    "zh": {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}


def duration(days: int | None, language: str = "zh") -> str:
    """A length in days, in months from 60 days on, in years from two years on.

    Years have a decimal until there are five of them.
    """
    if days is None:
        return _UNKNOWN[language]
    if days < 60:
        return _days(days, language)
    months = round(days / 30.44)
    if months < 24:
        return f"{months} 个月" if language == "zh" else _count(months, "month")
    years = days / 365.25
    shown = f"{years:.1f}".removesuffix(".0") if years < 5 else f"{years:.0f}"
    return f"{shown} 年" if language == "zh" else f"{shown} years"


def lasting(days: int | None, language: str = "zh") -> str:
    """How long something has lasted or is late: to the day within a year, then as a length."""
    if days is None or days > 365:
        return duration(days, language)
    return _days(days, language)


def when(value: date | str | None, today: date | str, language: str = "zh") -> str:
    """Absolute and relative in one: ``11月3日（18 天前）``; ``3 Nov (18 days ago)``."""
    if value is None:
        return _UNKNOWN[language]
    absolute, relative = day(value, today, language), ago(value, today, language)
    return f"{absolute}（{relative}）" if language == "zh" else f"{absolute} ({relative})"


def clock(value: datetime | str | None, zone: str = "UTC", language: str = "zh") -> str:
    """The time of day in the reader's zone: ``09:30``."""
    if value is None:
        return _UNKNOWN[language]
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def moment(
    value: datetime | str, today: date | str | None, zone: str = "UTC", language: str = "zh"
) -> str:
    """Day and time in the reader's zone: ``11月22日 10:00``; ``22 Nov 10:00``."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = at.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), today, language)} {local:%H:%M}"


def visible(text: str) -> str:
    """A text on one line in which characters that hide or turn others are shown as ``\ufffd``."""
    return " ".join(_shown(line) for line in text.splitlines() if line.strip())


def quoted(text: str) -> str:
    """The same as a Markdown quotation, line by line."""
    return "\n".join(f"> {_shown(line)}".rstrip() for line in text.splitlines())


def _shown(line: str) -> str:
    return "".join("\ufffd" if c in _HIDING or _is_control(c) else c for c in line)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character != "\t"


def clipped(text: str, longest: int) -> str:
    """A text of at most ``longest`` characters: cut between words where they are set apart."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    if _INSIDE.match(text, longest - 2):
        # Half a word misleads; a word that fills the whole text is cut all the same.
        kept = _LAST_WORD.sub("", kept) or kept
    return f"{kept.rstrip()}…"


def bare(text: str, word: str) -> str:
    """A title without a first word that is said already: ``电话：王总`` after ``电话``."""
    rest = text[len(word) :].lstrip() if text.casefold().startswith(word.casefold()) else ""
    return rest[1:].lstrip() if rest[:1] in {":", "："} and rest[1:].strip() else text


def percent(share: float | None, language: str = "zh") -> str:
    """A share 0..1 as a percentage: ``35%``."""
    return _UNKNOWN[language] if share is None else f"{share:.0%}"


def label(code: str | None, group: str, language: str = "zh") -> str:
    """The word for a vocabulary code; a value outside the vocabulary stands for itself."""
    if code is None or code == "":
        return _UNKNOWN[language]
    return labels(language).get(group, {}).get(str(code), str(code))


def tidy(text: str) -> str:
    """Markdown with at most one blank line in a row and none before a list item or quotation.

    Lets templates put one statement on one line each without counting the newlines of tags.
    """
    kept: list[str] = []
    for line in (raw.rstrip() for raw in text.splitlines()):
        if kept and not kept[-1] and (not line or _ITEM.match(line)):
            kept.pop()
        kept.append(line)
    return "\n".join(kept).strip()


@lru_cache(maxsize=4)
def labels(language: str) -> dict[str, dict[str, str]]:
    """All labels of a language, group by group, from ``labels.<language>.yaml``."""
    text = (resources.files("prompts") / f"labels.{language}.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = read_yaml(text)
    return found


def _days(number: int, language: str) -> str:
    return f"{number} 天" if language == "zh" else _count(number, "day")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _date(value: date | str | None) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value.date() if isinstance(value, datetime) else value


FILTERS: dict[str, Callable[..., str]] = {
    "money": money,
    "joined": joined,
    "day": day,
    "weekday": weekday,
    "ago": ago,
    "duration": duration,
    "lasting": lasting,
    "clipped": clipped,
    "bare": bare,
    "when": when,
    "clock": clock,
    "moment": moment,
    "visible": visible,
    "quoted": quoted,
    "percent": percent,
    "label": label,
    "tidy": tidy,
}
