"""Collects the rows that the asked parts of a brief need: at most one query for each kind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from storage.identity import Reach, Visibility
from storage.repositories import activity, customers, deals, diary, notes
from storage.repositories.activity import TouchView
from storage.repositories.customers import ContactView, CustomerCard
from storage.repositories.deals import DealView, Total
from storage.repositories.notes import NoteView
from storage.session import PrincipalSession
from storage.tables import (
    CalendarEvent,
    Commitment,
    CompetitorPresence,
    Contract,
    Order,
    OutsideSignal,
    Payment,
    Quote,
    ServiceTicket,
    StageChange,
)
from tools.customers.schemas import Section

# Rows of one kind; one more is read, to know that there are more.
MOST_PEOPLE = 60
MOST = 20
_WORDS = 10

# Which kinds of rows a part reads.
_NEEDS: MappingProxyType[Section, tuple[str, ...]] = MappingProxyType(
    {
        "overview": (),
        "people": ("people",),
        "history": ("people", "touches"),
        "deals": ("deals",),
        "commitments": ("promises",),
        "tickets": ("tickets",),
        "competitors": ("rivals",),
        "contracts": ("contracts",),
        "signals": ("signals",),
        "next_meeting": ("people", "events"),
        "risks": ("people", "touches", "deals", "promises", "tickets", "rivals", "contracts"),
    }
)


@dataclass(slots=True)
class Records:
    """Rows of one customer; a kind that was not asked for is empty."""

    card: CustomerCard
    duplicate_of: str | None = None
    people: Sequence[ContactView] = ()
    touches: Sequence[TouchView] = ()
    words: dict[str, str] | None = None
    notes: Sequence[NoteView] = ()
    deals: Sequence[DealView] = ()
    deal_totals: Sequence[Total] = ()
    closed_deals: Sequence[DealView] = ()
    stays: Sequence[StageChange] = ()
    quotes: Sequence[Quote] = ()
    promises: Sequence[Commitment] = ()
    tickets: Sequence[ServiceTicket] = ()
    last_complaint: ServiceTicket | None = None
    rivals: Sequence[CompetitorPresence] = ()
    contracts: Sequence[Contract] = ()
    unpaid: Sequence[Payment] = ()
    orders: Sequence[Order] = ()
    signals: Sequence[OutsideSignal] = ()
    events: Sequence[CalendarEvent] = ()


def closed_sections(session: PrincipalSession, card: CustomerCard) -> set[Section]:
    """Parts that stand in tables which this caller's role does not reach for this customer."""
    caller = session.caller
    closed: set[Section] = set()
    if caller.reach(Visibility.MONEY) is Reach.NONE:
        closed.add("contracts")
    if caller.reach(Visibility.DIARY) is Reach.OWN and card.customer.owner_id != caller.person_id:
        closed.add("next_meeting")
    return closed


def collect(
    session: PrincipalSession,
    card: CustomerCard,
    sections: Collection[Section],
    *,
    detail: bool,
    now: datetime,
) -> Records:
    """All rows for the asked parts; every read is bounded."""
    records = Records(card)
    kinds = {kind for section in sections for kind in _NEEDS[section]}
    key = card.customer.id
    if card.customer.duplicate_of and "overview" in sections:
        original = card.customer.duplicate_of
        records.duplicate_of = customers.customer_names(session, [original]).get(original)
    if "people" in kinds:
        records.people = customers.contacts(session, key, MOST_PEOPLE + 1)
    if "touches" in kinds:
        records.touches = activity.interactions(session, key, now, MOST + 1)
    if "promises" in kinds:
        keep = detail and "commitments" in sections
        records.promises = activity.commitments(session, key, MOST + 1, open_only=not keep)
    if "tickets" in kinds:
        records.tickets = activity.tickets(session, key, MOST + 1)
    if "rivals" in kinds:
        records.rivals = customers.competitors(session, key, MOST + 1)
    if "signals" in kinds:
        records.signals = customers.signals(session, key, now, MOST + 1)
    if "events" in kinds:
        records.events = diary.next_events(session, key, now, 4)
    _collect_deals(session, records, kinds)
    _collect_money(session, records, kinds)
    if detail:
        _collect_detail(session, records, sections)
    return records


def _collect_deals(session: PrincipalSession, records: Records, kinds: Collection[str]) -> None:
    if "deals" not in kinds:
        return
    key = records.card.customer.id
    found = deals.open_deals(session, key, MOST + 1)
    records.deals = found[:MOST]
    if len(found) > MOST:
        records.deal_totals = deals.open_totals(session, key)
    else:
        records.deal_totals = _totals(found)


def _collect_money(session: PrincipalSession, records: Records, kinds: Collection[str]) -> None:
    if "contracts" not in kinds or session.caller.reach(Visibility.MONEY) is Reach.NONE:
        return
    key = records.card.customer.id
    records.contracts = deals.contracts(session, key, MOST + 1)
    records.unpaid = deals.unpaid(session, key, MOST + 1)


def _collect_detail(
    session: PrincipalSession, records: Records, sections: Collection[Section]
) -> None:
    key = records.card.customer.id
    if "deals" in sections:
        ids = [deal.id for deal in records.deals]
        records.stays = deals.stage_history(session, ids, 5 * MOST)
        records.quotes = deals.quotes(session, ids, 2 * MOST)
        records.closed_deals = deals.closed_deals(session, key, 5)
    if "history" in sections:
        ids = [touch.id for touch in records.touches[:_WORDS]]
        records.words = activity.own_words(session, ids, 5 * _WORDS)
        records.notes = notes.own_notes(session, customer_id=key, limit=5)
    if "tickets" in sections:
        records.last_complaint = activity.last_complaint(session, key)
    if "contracts" in sections:
        records.orders = deals.orders(session, key, 5)


def _totals(found: Sequence[DealView]) -> list[Total]:
    totals: dict[str, Total] = {}
    for deal in found:
        old = totals.get(deal.currency, Total(deal.currency, 0, 0))
        amount = old.amount_minor + (deal.amount_minor or 0)
        totals[deal.currency] = Total(deal.currency, old.count + 1, amount)
    return [totals[currency] for currency in sorted(totals)]
