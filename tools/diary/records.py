"""Reads the rows of a day; every read is bounded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from storage.database import Database
from storage.repositories import activity, customers, deals, diary
from storage.repositories.activity import DueCount, DuePromise, TicketView
from storage.repositories.customers import KnownContact
from storage.repositories.deals import DealView
from storage.repositories.diary import EventView
from storage.repositories.masks import ContactMask, contact_mask
from storage.session import PrincipalSession
from storage.vocabulary import Grade
from tools.context import TurnContext
from tools.customers.rules import THRESHOLDS as STAGE_THRESHOLDS
from tools.diary import rules
from tools.diary.schemas import Scope
from tools.diary.window import Window

MOST = 50
_MOST_EVENTS = 100
_MOST_TEAM_EVENTS = 300
_MOST_PEOPLE = 300


@dataclass(frozen=True, slots=True)
class Rows:
    """What a day is made of; ``following`` is the next entry after an empty stretch."""

    events: Sequence[EventView]
    team: Sequence[EventView] = ()
    promises: Sequence[DuePromise] = ()
    due: Sequence[DueCount] = ()
    deals: Sequence[DealView] = ()
    tickets: Sequence[TicketView] = ()
    following: EventView | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Contacts of the customers in view: as far as the caller may read them, or masked."""

    contacts: Sequence[KnownContact] = ()
    mask: ContactMask | None = None
    names: dict[str, str] = field(default_factory=dict)


def read(
    session: PrincipalSession, context: TurnContext, window: Window, scope: Scope, person_id: str
) -> Rows:
    """All rows of a person's days, or of the caller's and the team's; of past days the diary
    alone.
    """
    events = diary.events_of(session, person_id, window.start, window.end, _MOST_EVENTS)
    team: Sequence[EventView] = ()
    if scope == "team":
        start, end = window.start, window.end
        team = diary.events_of_others(session, person_id, start, end, _MOST_TEAM_EVENTS)
    if window.past:
        return Rows(events, team)
    met = {row.event.customer_id for row in (*events, *team) if row.event.customer_id}
    after = max(context.now, window.end)
    # A team's debts are those of everybody in reach: who leads them reaches nothing else.
    owner = None if scope == "team" else person_id
    return Rows(
        events,
        team,
        promises=activity.due_promises(session, owner, window.last, MOST),
        due=activity.due_counts(session, window.last, window.today, MOST) if owner is None else (),
        deals=deals.pressing_deals(
            session,
            owner,
            closing_until=window.today + timedelta(rules.THRESHOLDS.closing_within),
            entered_before=context.now - timedelta(min(STAGE_THRESHOLDS.stage.values())),
            limit=MOST,
        ),
        tickets=activity.open_tickets(session, sorted(met), 2 * MOST),
        following=None if events else diary.next_event_of(session, person_id, after),
    )


def people_of(
    session: PrincipalSession,
    context: TurnContext,
    database: Database,
    customer_ids: Collection[str],
) -> People:
    """Who may be named in what is shown of those customers."""
    keys = sorted(customer_ids)
    contacts = customers.contacts_of(session, keys, _MOST_PEOPLE)
    if Grade.L1 in context.caller.grades:
        return People(contacts, None, {p.id: p.name or p.title or "" for p in contacts})
    mask = contact_mask(database, context.caller, keys, _MOST_PEOPLE)
    masked = ((p, mask.contact(p.id)) for p in contacts)
    return People((), mask, {p.id: (m.name if m else None) or p.title or "" for p, m in masked})
