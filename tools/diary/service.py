"""The use case: a person's diary with what is due, what presses and what comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from storage.database import Database
from storage.identity import Reach, Visibility
from storage.repositories import activity, customers, deals, diary
from storage.repositories.customers import ContactView
from storage.repositories.diary import EventView
from storage.repositories.masks import ContactMask, contact_mask
from storage.session import PrincipalSession
from storage.tables import ServiceTicket
from storage.vocabulary import Grade
from tools.artifact import Artifact, Citation, Entity, Problem, Refusal
from tools.context import TurnContext
from tools.customers.masking import hidden_everywhere, sensitive_words
from tools.customers.rules import THRESHOLDS as STAGE_THRESHOLDS
from tools.customers.schemas import Recorded
from tools.diary import rules
from tools.diary.facts import DayFacts
from tools.diary.schemas import (
    Advice,
    Day,
    DueFact,
    EventFact,
    Gap,
    Pair,
    PressingFact,
    Scope,
)

ItemT = TypeVar("ItemT")
_MOST_EVENTS = 100
_MOST_TEAM_EVENTS = 300
_MOST_ROWS = 50
_MOST_PEOPLE = 300
_LONGEST = 31  # days
_SHOWN = {"promises": 6, "deals": 5, "tickets": 5, "team": 10}
_MOST_CITATIONS = 12
_URGENCIES = ("close_overdue", "closing", "stuck")


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
    def last(self) -> date:
        return self.first + timedelta(self.days - 1)


async def fetch_day(
    context: TurnContext,
    *,
    database: Database,
    day: str | None = None,
    days: int = 1,
    scope: Scope = "mine",
) -> Artifact:
    """The caller's day, or what is wrong with the question."""
    window = asked_window(context, day, days)
    if isinstance(window, Problem):
        return window

    def work(session: PrincipalSession) -> Artifact:
        return day_of(session, context, window, scope, database=database)

    return await database.run(context.caller, "my_day", work)


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


def day_of(
    session: PrincipalSession,
    context: TurnContext,
    window: Window,
    scope: Scope,
    *,
    database: Database,
) -> Artifact:
    """The day as far as the caller's rows go."""
    caller = context.caller
    if scope == "team" and caller.reach(Visibility.DIARY) not in (Reach.TEAM, Reach.ALL):
        return Refusal(reason="team_diary", ask=diary.manager_of(session, caller.person_id))
    events = diary.events_of(session, caller.person_id, window.start, window.end, _MOST_EVENTS)
    result = Day(
        day=window.first,
        days=window.days,
        today=window.today,
        timezone=caller.timezone,
        scope=scope,
        past=window.past,
    )
    gathered = _gather(session, context, window, events, scope, database)
    _fill(result, gathered, window, context)
    if not events and not window.past:
        result.next_event = _next_event(session, gathered.facts, context, window)
    result.focus = _focus(result, context.now)
    result.citations = _citations(result)
    return _guarded(result, gathered)


@dataclass(slots=True)
class _Gathered:
    """Everything read for a day."""

    events: Sequence[EventView]
    team: Sequence[EventView]
    promises: Sequence[activity.DuePromise]
    deals: Sequence[deals.DealView]
    tickets: Sequence[ServiceTicket]
    people: Sequence[ContactView]
    mask: ContactMask | None
    facts: DayFacts


def _gather(
    session: PrincipalSession,
    context: TurnContext,
    window: Window,
    events: Sequence[EventView],
    scope: Scope,
    database: Database,
) -> _Gathered:
    me = context.caller.person_id
    team: Sequence[EventView] = ()
    if scope == "team":
        team = diary.events_of_others(session, me, window.start, window.end, _MOST_TEAM_EVENTS)
    promises: Sequence[activity.DuePromise] = ()
    pressing: Sequence[deals.DealView] = ()
    tickets: Sequence[ServiceTicket] = ()
    if not window.past:
        promises = activity.due_promises(session, me, window.last, _MOST_ROWS)
        shortest = min(STAGE_THRESHOLDS.stage.values())
        pressing = deals.pressing_deals(
            session,
            me,
            closing_until=window.today + timedelta(rules.THRESHOLDS.closing_within),
            entered_before=context.now - timedelta(shortest),
            limit=_MOST_ROWS,
        )
        met = {e.event.customer_id for e in (*events, *team) if e.event.customer_id}
        tickets = activity.open_tickets(session, sorted(met), 2 * _MOST_ROWS)
    near = {
        *(e.event.customer_id for e in (*events, *team)),
        *(p.commitment.customer_id for p in promises),
        *(d.customer_id for d in pressing),
    }
    keys = sorted(filter(None, near))
    people = customers.contacts_of(session, keys, _MOST_PEOPLE)
    mask: ContactMask | None = None
    names = {p.id: p.name or p.title or "" for p in people}
    if Grade.L1 not in context.caller.grades:
        mask = contact_mask(database, context.caller, keys, _MOST_PEOPLE)
        masked = ((p, mask.contact(p.id)) for p in people)
        names = {p.id: (m.name if m else None) or p.title or "" for p, m in masked}
    facts = DayFacts(window.today, context.zone, context.language, names)
    return _Gathered(events, team, promises, pressing, tickets, people, mask, facts)


def _fill(result: Day, gathered: _Gathered, window: Window, context: TurnContext) -> None:
    facts, now = gathered.facts, context.now
    result.events = [facts.event(row) for row in gathered.events]
    slots = [_slot(row) for row in gathered.events if row.event.status != "cancelled"]
    ahead = [slot for slot in slots if slot.ends_at > now]
    names = {event.id: event for event in result.events}
    overlaps = rules.clashes(ahead)
    result.clashes = [_pair(overlap, names) for overlap in overlaps]
    result.tight = [_pair(overlap, names) for overlap in rules.tight(ahead)]
    if window.days == 1 and not window.past and result.events:
        free = rules.gaps(window.first, context.zone, slots, now)
        result.gaps = [Gap(starts_at=a, ends_at=b, minutes=minutes) for a, b, minutes in free]
    promises = [facts.promise(row) for row in gathered.promises]
    pressing = sorted(
        filter(None, map(facts.deal, gathered.deals)),
        key=lambda d: (_URGENCIES.index(d.urgency), -(d.amount_minor or 0), d.id),
    )
    known = {e.event.customer_id: e.customer for e in gathered.events if e.event.customer_id}
    tickets = [facts.ticket(t, known) for t in gathered.tickets if t.customer_id in known]
    result.promises = _cut(result, "promises", promises)
    result.deals = _cut(result, "deals", pressing)
    result.tickets = _cut(result, "tickets", tickets)
    result.team = _cut(result, "team", _key_meetings(gathered))
    if not window.past:
        result.first = _advice(result, ahead, overlaps, promises, pressing)


def _key_meetings(gathered: _Gathered) -> list[EventFact]:
    complaints = {t.customer_id for t in gathered.tickets if t.kind == "complaint"}
    found: list[EventFact] = []
    for row in gathered.team:
        why = rules.why_key(row.tier, row.amount_minor, row.event.customer_id in complaints)
        if why is not None:
            found.append(gathered.facts.event(row, why=why))
    return found


def _advice(
    result: Day,
    ahead: Sequence[rules.Slot],
    overlaps: Sequence[rules.Overlap],
    promises: Sequence[DueFact],
    pressing: Sequence[PressingFact],
) -> Advice | None:
    complaints = {t.customer_id: t.id for t in reversed(result.tickets) if t.type == "complaint"}
    agenda = rules.Agenda(
        slots=ahead,
        clashes=overlaps,
        promises=[
            rules.Promise(p.id, p.customer_id, p.days) for p in result.promises if p.by == "us"
        ],
        complaints=complaints,
        deals=[rules.Pressing(d.id, d.urgency, d.days) for d in pressing],
    )
    choice = rules.first_thing(agenda)
    if choice is None:
        return None
    known = {fact.id: fact for fact in (*result.events, *promises, *pressing, *result.tickets)}
    subject = known[choice.about]
    return Advice(
        code=choice.code,
        about=choice.about,
        text=subject.text,
        customer=getattr(subject, "customer", None),
        at=choice.at.astimezone(ZoneInfo(result.timezone)) if choice.at else None,
        days=choice.days,
    )


def _slot(row: EventView) -> rules.Slot:
    event = row.event
    return rules.Slot(
        event.id, event.starts_at, event.ends_at, event.location, row.city, event.customer_id
    )


def _pair(overlap: rules.Overlap, events: dict[str, EventFact]) -> Pair:
    first, second = events[overlap.first.id], events[overlap.second.id]
    return Pair(
        first=first.customer or first.text,
        second=second.customer or second.text,
        first_at=first.starts_at,
        second_at=second.starts_at,
        minutes=overlap.minutes,
        needed=overlap.needed,
    )


def _next_event(
    session: PrincipalSession, facts: DayFacts, context: TurnContext, window: Window
) -> EventFact | None:
    after = max(context.now, window.end)
    event = diary.next_event_of(session, context.caller.person_id, after)
    if event is None:
        return None
    key = event.customer_id
    names = customers.customer_names(session, [key] if key else [])
    return facts.bare_event(event, names.get(key or ""))


def _cut(result: Day, part: str, items: Sequence[ItemT]) -> list[ItemT]:
    limit = _SHOWN[part]
    if len(items) > limit:
        result.more[part] = len(items) - limit if len(items) < _MOST_ROWS else -1
    return list(items[:limit])


def _focus(result: Day, now: datetime) -> list[Entity]:
    """Customers in the diary, those still to be met first: "the customer I see tomorrow"."""
    events = [e for e in result.events if e.status != "cancelled"]
    ordered = sorted(events, key=lambda e: (e.ends_at <= now, e.starts_at))
    found: dict[str, Entity] = {}
    for event in ordered:
        if event.customer_id and event.customer:
            entity = Entity(kind="customer", id=event.customer_id, name=event.customer)
            found.setdefault(event.customer_id, entity)
    return list(found.values())


def _citations(result: Day) -> list[Citation]:
    parts: Iterable[Recorded] = (
        *result.events,
        *result.promises,
        *result.deals,
        *result.tickets,
        *result.team,
    )
    return [
        Citation(
            id=fact.id,
            title=fact.source,
            locator=fact.date.isoformat() if fact.date else "",
            quote=fact.text[:80],
        )
        for fact in list(parts)[:_MOST_CITATIONS]
    ]


def _guarded(result: Day, gathered: _Gathered) -> Day:
    """Masks by grade, and the list of what may not leave the machine."""
    shown = result.model_dump(mode="json", exclude={"sensitive"})
    mask = gathered.mask
    if mask is not None:
        shown = hidden_everywhere(shown, mask.hide)
        result = Day.model_validate(shown)
    people = () if mask else [(p.name, p.phone, p.email, p.wechat) for p in gathered.people]
    result.sensitive = sensitive_words(shown, people, ())
    return result
