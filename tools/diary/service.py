"""The use case: a person's diary with what is due, what presses and what comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from prompts.filters import clipped
from storage.database import Database
from storage.repositories import diary
from storage.repositories.diary import EventView
from storage.session import PrincipalSession
from tools.artifact import Artifact, Citation, Entity, Problem, Refusal
from tools.context import TurnContext
from tools.customers.masking import hidden_everywhere, sensitive_words
from tools.customers.naming import Linking, name_in
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
from tools.diary.whose import Whose, leads, may_see, whose
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
    linker: Linking,
    day: str | None = None,
    days: int = 1,
    scope: Scope = "mine",
    person: str | None = None,
) -> Artifact:
    """The caller's day or that of the named person, or what is wrong with the question.

    Who names a person asks for that person alone, whatever the ``scope``.
    """
    window = asked_window(context, day, days)
    if isinstance(window, Problem):
        return window
    found = await whose(linker, context.caller, person)
    if not isinstance(found, Whose):
        return found
    alone: Scope = "mine" if found.named else scope

    def work(session: PrincipalSession) -> Artifact:
        return day_of(session, context, window, alone, found, database=database)

    return await database.run(context.caller, "my_day", work)


def day_of(
    session: PrincipalSession,
    context: TurnContext,
    window: Window,
    scope: Scope,
    person: Whose,
    *,
    database: Database,
) -> Artifact:
    """The day as far as the caller's rows go."""
    caller = context.caller
    if scope == "team" and not leads(caller):
        ask = _name(diary.manager_of(session, caller.person_id), context)
        return Refusal(reason="team_diary", ask=ask)
    other: str | None = None
    if person.person_id != caller.person_id:
        other = _name(diary.person_name(session, person.person_id), context)
        if not may_see(caller, person.person_id):
            return Refusal(reason="diary", subject=other or "", ask=other)
    rows = read(session, context, window, scope, person.person_id)
    result = Day(
        person=other,
        heard=person.heard,
        leads=leads(caller),
        day=window.first,
        last=window.last,
        days=window.days,
        today=window.today,
        timezone=caller.timezone,
        scope=scope,
        past=window.past,
    )
    facts = DayFacts(window.today, context.zone, context.language, person.person_id)
    promises, pressing = _debts(result, rows, facts)
    people = people_of(session, context, database, _customers(result, rows))
    _diary(result, rows, replace(facts, names=people.names))
    _times(result, rows, window, context)
    if not window.past:
        result.first = _advice(result, _ahead(rows, context.now), promises, pressing)
    result.focus = _focus(rows.events, context.now)
    result.citations = _citations(result)
    return _guarded(result, people)


def _name(name: diary.Name | None, context: TurnContext) -> str | None:
    return name_in(context.language, name.name, name.english) if name else None


def _debts(result: Day, rows: Rows, facts: DayFacts) -> tuple[list[DueFact], list[PressingFact]]:
    """Promises and deals in the order in which they press."""
    # What is due now comes first; a promise that is a year late can wait for another hour.
    promises = sorted(
        map(facts.promise, rows.promises),
        key=lambda p: (p.by != "us", abs(p.days), p.days, p.id),
    )
    pressing = sorted(
        filter(None, map(facts.deal, rows.deals)),
        key=lambda d: (
            _URGENCIES.index(d.urgency),
            -rules.weight(d.amount_minor, d.currency),
            d.id,
        ),
    )
    result.promises = _cut(result, "promises", promises, read=len(rows.promises))
    result.team_due = [facts.due(row) for row in rows.due]
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
    known = {
        row.event.customer_id: facts.customer(row)
        for row in (*rows.events, *rows.team)
        if row.event.customer_id
    }
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
        complains = row.event.customer_id in complaints
        why = rules.why_key(row.tier, row.amount_minor, row.currency, complains)
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
        owner=getattr(subject, "owner", None),
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


def _focus(rows: Sequence[EventView], now: datetime) -> list[Entity]:
    """Customers in the diary, those still to be met first: "the customer I see tomorrow"."""
    kept = [row for row in rows if row.event.status != "cancelled"]
    ordered = sorted(kept, key=lambda row: (row.event.ends_at <= now, row.event.starts_at))
    found: dict[str, Entity] = {}
    for row in ordered:
        key = row.event.customer_id
        if key and row.customer:
            found.setdefault(key, Entity(kind="customer", id=key, name=row.customer))
    return list(found.values())


def _citations(result: Day) -> list[Citation]:
    parts: Iterable[Recorded] = (
        # Of days that are over, only their number is told as long as others are left.
        *(e for e in result.events if result.past or e.ends_at.date() >= result.today),
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
            quote=clipped(fact.text, 80),
        )
        for fact in list(parts)[:_MOST_CITATIONS]
    ]


def _guarded(result: Day, people: People) -> Day:
    """Masks by grade, and the list of what may not leave the machine."""
    shown: Any = None
    if people.mask is not None:
        shown = hidden_everywhere(result.model_dump(mode="json"), people.mask.hide)
        result = Day.model_validate(shown)
    known = [(p.name, p.phone, p.email, p.wechat) for p in people.contacts]
    result.sensitive = sensitive_words(shown or result.model_dump_json(), known, ())
    return result
