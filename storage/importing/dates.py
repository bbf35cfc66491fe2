"""Reads dates and moments. Pure. Which of two numbers is the day is never guessed."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.importing.troubles import CellError

# A day without a time of day is kept as its noon: so it is the same date for every colleague
# whose zone is less than twelve hours away.
NOON = time(12)
EARLIEST, LATEST = 1900, 2199
US, EUROPEAN = "%m{0}%d{0}{1}", "%d{0}%m{0}{1}"
EXCEL_SERIAL = "excel"
_HOURS = ("%H", "%I", "%c", "%X")
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial number has no zone

_YEAR_FIRST = re.compile(
    r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?)?"
)
_DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}([-/.])\d{1,2}\1(\d{4}|\d{2})(?:[T ].*)?")


class UnclearDayError(CellError):
    """``3/4/2017`` in a column whose mapping names no format: somebody has to say."""

    def __init__(self, text: str) -> None:
        super().__init__("ambiguous_date", value=text)
        self.text = text


def read_moment(raw: object, formats: Sequence[str], zone: ZoneInfo) -> datetime:
    """A moment in UTC from a cell; a bare day becomes its noon in ``zone``."""
    found = _read(raw, formats)
    if not isinstance(found, datetime):
        found = datetime.combine(found, NOON)
    local = found if found.tzinfo is not None else found.replace(tzinfo=zone)
    return local.astimezone(UTC)


def read_date(raw: object, formats: Sequence[str], zone: ZoneInfo) -> date:
    """A calendar day from a cell; a moment with a zone of its own becomes its day in ``zone``."""
    found = _read(raw, formats)
    if not isinstance(found, datetime):
        return found
    return (found.astimezone(zone) if found.tzinfo is not None else found).date()


def fitting_formats(examples: Sequence[str]) -> list[str]:
    """Which of month-first and day-first read every example; a hint, never a decision."""
    match = _DAY_OR_MONTH_FIRST.fullmatch(examples[0]) if examples else None
    if match is None:
        return []
    year = "%Y" if len(match[2]) == 4 else "%y"
    candidates = [pattern.format(match[1], year) for pattern in (US, EUROPEAN)]
    return [f for f in candidates if all(_parse(text.split()[0], f) for text in examples)]


def _read(raw: object, formats: Sequence[str]) -> date | datetime:
    if isinstance(raw, datetime) and raw.tzinfo is None and raw.time() == time():
        raw = raw.date()  # that is how spreadsheets and databases give a bare day
    if isinstance(raw, datetime | date):
        return _plausible(raw, str(raw))
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _read(_serial(raw, formats), ())
    text = str(raw).strip()
    found = _by_formats(text, formats) or _year_first(text)
    if found is None:
        if not formats and _DAY_OR_MONTH_FIRST.fullmatch(text):
            raise UnclearDayError(text)
        raise CellError("bad_date", value=text)
    return _plausible(found, text)


def _by_formats(text: str, formats: Sequence[str]) -> date | None:
    """The one reading of ``text``; formats that read it as different days are a trouble."""
    readings = {found for f in formats if (found := _parse(text, f)) is not None}
    if len(readings) > 1:
        raise CellError("ambiguous_date", value=text)
    return readings.pop() if readings else None


def _parse(text: str, pattern: str) -> date | None:
    """A day, or a moment where the pattern has hours."""
    try:
        found = datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller adds the zone
    except ValueError:
        return None
    return found if any(hours in pattern for hours in _HOURS) else found.date()


def _year_first(text: str) -> date | datetime | None:
    match = _YEAR_FIRST.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    try:
        if hour is None:
            return date(int(year), int(month), int(day))
        stamp = f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}:{second or '00'}{offset or ''}"
        return datetime.fromisoformat(stamp)
    except ValueError as error:
        raise CellError("bad_date", value=text) from error


def _serial(raw: float, formats: Sequence[str]) -> datetime:
    """Excel's day number, only where the mapping says that the column holds such numbers."""
    if EXCEL_SERIAL not in formats or not 1 <= raw < 200_000:
        raise CellError("bad_date", value=str(raw))
    return _EXCEL_ZERO + timedelta(days=raw)


def _plausible(found: date, text: str) -> date:
    if not EARLIEST <= found.year <= LATEST:
        raise CellError("bad_year", value=text, first=EARLIEST, last=LATEST)
    return found
