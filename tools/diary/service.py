"""The use case: a person's diary with what is due, what presses and what comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from storage.database import Database
from storage.identity import Reach, Visibility
from storage.repositories import diary
from storage.repositories.diary import EventView
from storage.session import PrincipalSession
from tools.artifact import Artifact, Citation, Entity, Problem, Refusal
from tools.context import TurnContext
from tools.customers.masking import hidden_everywhere, sensitive_words
from tools.customers.schemas import Recorded
from tools.diary import rules
from tools.diary.facts import DayFacts
from tools.diary.records import MOST, People, Rows, people_of, read
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
from tools.diary.window import Window, asked_window

ItemT = TypeVar("ItemT")
# How many are shown of one day, and of several days.
_SHOWN = {"promises": (6, 4), "deals": (5, 3), "tickets": (5, 3), "team": (10, 10)}
_MOST_CITATIONS = 12
_URGENCIES = ("close_overdue", "closing", "stuck")


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
    rows = read(session, context, window, scope)
    result = Day(
        day=window.first,
        days=window.days,
        today=window.today,
        timezone=caller.timezone,
        scope=scope,
        past=window.past,
    )
    facts = DayFacts(window.today, context.zone, context.language)
    promises, pressing = _debts(result, rows, facts)
    people = people_of(session, context, database, _customers(result, rows))
    _diary(result, rows, replace(facts, names=people.names))
    _times(result, rows, window, context)
    if not window.past:
        result.first = _advice(result, _ahead(rows, context.now), promises, pressing)
    result.focus = _focus(result, context.now)
    result.citations = _citations(result)
    return _guarded(result, people)


def _debts(result: Day, rows: Rows, facts: DayFacts) -> tuple[list[DueFact], list[PressingFact]]:
    """Promises and deals in the order in which they press."""
    # What is due now comes first; a promise that is a year late can wait for another hour.
    promises = sorted(map(facts.promise, rows.promises), key=lambda p: (abs(p.days), p.days, p.id))
    pressing = sorted(
        filter(None, map(facts.deal, rows.deals)),
        key=lambda d: (_URGENCIES.index(d.urgency), -(d.amount_minor or 0), d.id),
    )
    result.promises = _cut(result, "promises", promises, read=len(rows.promises))
    result.deals = _cut(result, "deals", pressing, read=len(rows.deals))
    return promises, pressing


def _customers(result: Day, rows: Rows) -> set[str]:
    following = [rows.following] if rows.following else []
    keys = {
        *(row.event.customer_id for row in (*rows.events, *rows.team, *following)),
        *(promise.customer_id for promise in result.promises),
        *(deal.customer_id for deal in result.deals),
    }
    return {key for key in keys if key}


def _diary(result: Day, rows: Rows, facts: DayFacts) -> None:
    result.events = [facts.event(row) for row in rows.events]
    if rows.following is not None:
        result.next_event = facts.event(rows.following)
    known = {row.event.customer_id: row.customer for row in rows.events if row.event.customer_id}
    tickets = [facts.ticket(t, known) for t in rows.tickets if t.customer_id in known]
    result.tickets = _cut(result, "tickets", tickets)
    result.team = _cut(result, "team", _key_meetings(rows, facts))


def _times(result: Day, rows: Rows, window: Window, context: TurnContext) -> None:
    events = {event.id: event for event in result.events}
    ahead = _ahead(rows, context.now)
    result.clashes = [_pair(overlap, events) for overlap in rules.clashes(ahead)]
    result.tight = [_pair(overlap, events) for overlap in rules.tight(ahead)]
    if window.days == 1 and not window.past and result.events:
        free = rules.gaps(window.first, context.zone, _taking_place(rows), context.now)
        result.gaps = [Gap(starts_at=a, ends_at=b, minutes=minutes) for a, b, minutes in free]


def _taking_place(rows: Rows) -> list[rules.Slot]:
    return [_slot(row) for row in rows.events if row.event.status != "cancelled"]


def _ahead(rows: Rows, now: datetime) -> list[rules.Slot]:
    return [slot for slot in _taking_place(rows) if slot.ends_at > now]


def _key_meetings(rows: Rows, facts: DayFacts) -> list[EventFact]:
    complaints = {t.customer_id for t in rows.tickets if t.kind == "complaint"}
    found: list[EventFact] = []
    for row in rows.team:
        why = rules.why_key(row.tier, row.amount_minor, row.event.customer_id in complaints)
        if why is not None:
            found.append(facts.event(row, why=why))
    return found


def _advice(
    result: Day,
    ahead: Sequence[rules.Slot],
    promises: Sequence[DueFact],
    pressing: Sequence[PressingFact],
) -> Advice | None:
    complaints = {t.customer_id: t.id for t in reversed(result.tickets) if t.type == "complaint"}
    agenda = rules.Agenda(
        slots=ahead,
        clashes=rules.clashes(ahead),
        promises=[rules.Promise(p.id, p.customer_id, p.days) for p in promises if p.by == "us"],
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


def _cut(result: Day, part: str, items: Sequence[ItemT], *, read: int = 0) -> list[ItemT]:
    """The first items; ``more`` counts the others, or says -1 where not all rows were read."""
    limit = _SHOWN[part][result.days > 1]
    if len(items) > limit:
        result.more[part] = len(items) - limit if read < MOST else -1
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


def _guarded(result: Day, people: People) -> Day:
    """Masks by grade, and the list of what may not leave the machine."""
    shown = result.model_dump(mode="json", exclude={"sensitive"})
    if people.mask is not None:
        shown = hidden_everywhere(shown, people.mask.hide)
        result = Day.model_validate(shown)
    known = [(p.name, p.phone, p.email, p.wechat) for p in people.contacts]
    result.sensitive = sensitive_words(shown, known, ())
    return result
