"""Pure decisions about a day: clashes, travel, gaps, what presses and what comes first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

Urgency = Literal["close_overdue", "closing", "stuck"]
Why = Literal["key_account", "large_deal", "complaint"]
Code = Literal[
    "clash",
    "promise_before_meeting",
    "complaint_before_meeting",
    "promise_due",
    "deal_closing",
    "deal_stuck",
    "prepare_meeting",
]

# From which amount on a deal is large, in minor units of its own currency. Each is a round amount
# set by hand: nothing is converted, because no rate is known here. In a currency that is not
# listed no deal is large: its size cannot be judged, and a wrong judgement would be worse.
_LARGE_DEALS: Mapping[str, int] = MappingProxyType(
    {
        "CNY": 1_000_000_00,
        "EUR": 150_000_00,
        "GBP": 120_000_00,
        "HKD": 1_000_000_00,
        "JPY": 20_000_000,
        "MYR": 600_000_00,
        "SGD": 200_000_00,
        "USD": 150_000_00,
    }
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Minutes, hours of the local clock, days and minor units by currency; data, not code."""

    work_starts: int = 9
    work_ends: int = 18
    weekend: tuple[int, ...] = (5, 6)  # Saturday and Sunday
    shortest_gap: int = 45
    across_town: int = 30
    other_city: int = 120
    closing_within: int = 7
    large_deal_minor: Mapping[str, int] = field(default_factory=lambda: _LARGE_DEALS)


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class Slot:
    """An entry that takes place: not cancelled."""

    id: str
    starts_at: datetime
    ends_at: datetime
    location: str | None = None
    city: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two entries that overlap, or leave too little time between them."""

    first: Slot
    second: Slot
    minutes: int
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """An open promise of ours; ``days`` until it is due, negative when overdue."""

    id: str
    customer_id: str
    days: int


@dataclass(frozen=True, slots=True)
class Pressing:
    """A deal that presses."""

    id: str
    urgency: Urgency
    days: int


@dataclass(frozen=True, slots=True)
class Agenda:
    """What the first thing is chosen from. ``complaints`` maps customers to open complaints."""

    slots: Sequence[Slot]
    clashes: Sequence[Overlap]
    promises: Sequence[Promise]
    complaints: dict[str, str]
    deals: Sequence[Pressing]


@dataclass(frozen=True, slots=True)
class First:
    """The choice: a reason and the record that it is about, with the meeting it serves."""

    code: Code
    about: str
    at: datetime | None = None
    days: int | None = None


def clashes(slots: Sequence[Slot]) -> list[Overlap]:
    """Pairs of entries that overlap, in time order."""
    ordered = sorted(slots, key=lambda s: (s.starts_at, s.ends_at, s.id))
    found: list[Overlap] = []
    for place, first in enumerate(ordered):
        for second in ordered[place + 1 :]:
            if second.starts_at >= first.ends_at:
                break
            end = min(first.ends_at, second.ends_at)
            found.append(Overlap(first, second, _minutes(second.starts_at, end)))
    return found


def tight(slots: Sequence[Slot], limits: Thresholds = THRESHOLDS) -> list[Overlap]:
    """Neighbouring entries at different places with too little time to travel between them."""
    ordered = sorted(slots, key=lambda s: (s.starts_at, s.ends_at, s.id))
    found: list[Overlap] = []
    for first, second in pairwise(ordered):
        needed = travel_minutes(first, second, limits)
        left = _minutes(first.ends_at, second.starts_at)
        if 0 <= left < needed:
            found.append(Overlap(first, second, left, needed))
    return found


def travel_minutes(first: Slot, second: Slot, limits: Thresholds = THRESHOLDS) -> int:
    """Time to allow between two places; nothing where the places are unknown or the same."""
    if not first.location or not second.location or first.location == second.location:
        return 0
    if first.city and second.city and first.city != second.city:
        return limits.other_city
    return limits.across_town


def gaps(
    day: date,
    zone: ZoneInfo,
    slots: Iterable[Slot],
    now: datetime,
    limits: Thresholds = THRESHOLDS,
) -> list[tuple[datetime, datetime, int]]:
    """Free stretches (start, end, minutes) of a working day that are not over yet."""
    if day.weekday() in limits.weekend:
        return []
    opens = datetime.combine(day, time(limits.work_starts), zone)
    closes = datetime.combine(day, time(limits.work_ends), zone)
    place = max(opens, now.astimezone(zone).replace(second=0, microsecond=0))
    free: list[tuple[datetime, datetime, int]] = []
    for slot in sorted(slots, key=lambda s: s.starts_at):
        start = min(slot.starts_at.astimezone(zone), closes)
        if _minutes(place, start) >= limits.shortest_gap:
            free.append((place, start, _minutes(place, start)))
        place = max(place, slot.ends_at.astimezone(zone))
    if _minutes(place, closes) >= limits.shortest_gap:
        free.append((place, closes, _minutes(place, closes)))
    return free


def pressing(
    close_in: int | None,
    stage_days: int | None,
    stage_limit: int | None,
    limits: Thresholds = THRESHOLDS,
) -> tuple[Urgency, int] | None:
    """Why a deal needs something now and the days behind it, or None.

    ``close_in``: days until the expected close. An unknown date or age never presses.
    """
    if close_in is not None and close_in < 0:
        return "close_overdue", -close_in
    if close_in is not None and close_in <= limits.closing_within:
        return "closing", close_in
    if stage_days is not None and stage_limit is not None and stage_days > stage_limit:
        return "stuck", stage_days
    return None


def why_key(
    tier: str | None,
    amount_minor: int | None,
    currency: str | None,
    has_complaint: bool,
    limits: Thresholds = THRESHOLDS,
) -> Why | None:
    """Why a manager should know of a meeting in the team, or None.

    ``currency`` is that of the amount; without a threshold of its own, size is no reason.
    """
    if has_complaint:
        return "complaint"
    if tier == "key":
        return "key_account"
    if weight(amount_minor, currency, limits) >= 1:
        return "large_deal"
    return None


def weight(
    amount_minor: int | None, currency: str | None, limits: Thresholds = THRESHOLDS
) -> float:
    """How much an amount is of what is large in its currency, to order deals of several ones.

    Nothing for an unknown amount, or for a currency without a threshold.
    """
    large = limits.large_deal_minor.get(currency or "")
    return amount_minor / large if amount_minor is not None and large is not None else 0.0


def first_thing(agenda: Agenda) -> First | None:
    """What to do first: conflicts, then debts to whom we meet, then other debts, then deals."""
    if agenda.clashes:
        overlap = agenda.clashes[0]
        return First("clash", overlap.second.id, overlap.second.starts_at)
    met = {slot.customer_id: slot for slot in reversed(agenda.slots) if slot.customer_id}
    for promise in agenda.promises:
        if promise.days <= 0 and (slot := met.get(promise.customer_id)):
            return First("promise_before_meeting", promise.id, slot.starts_at, promise.days)
    for slot in agenda.slots:
        ticket = agenda.complaints.get(slot.customer_id or "")
        if ticket is not None:
            return First("complaint_before_meeting", ticket, slot.starts_at)
    due = next((promise for promise in agenda.promises if promise.days <= 0), None)
    if due is not None:
        return First("promise_due", due.id, None, due.days)
    for deal in agenda.deals:
        code: Code = "deal_stuck" if deal.urgency == "stuck" else "deal_closing"
        return First(code, deal.id, None, deal.days)
    meeting = next((slot for slot in agenda.slots if slot.customer_id), None)
    return First("prepare_meeting", meeting.id, meeting.starts_at) if meeting else None


def _minutes(start: datetime, end: datetime) -> int:
    return int((end - start) / timedelta(minutes=1))
