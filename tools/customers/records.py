"""Collects the rows that the asked parts of a brief need: at most one query for each kind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from types import MappingProxyType

from storage.identity import Reach, Visibility
from storage.repositories import activity, customers, deals, diary, notes
from storage.repositories.activity import PromiseView, TicketView, TouchView
from storage.repositories.customers import ContactView, CustomerCard, RivalView, SignalView
from storage.repositories.deals import (
    ContractView,
    DealView,
    OrderView,
    OwedTotal,
    PaymentView,
    QuoteView,
    StayView,
    Total,
)
from storage.repositories.diary import DiaryEntry
from storage.repositories.notes import NoteView
from storage.session import PrincipalSession
from tools.customers.schemas import Section

# Rows of one kind; one more is read, to know that there are more.
MOST_PEOPLE = 60
MOST = 20
ENDED = 5  # deals that have ended
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
    duplicate_of: tuple[str, str | None] | None = None  # name and English name
    parent: tuple[str, str | None] | None = None
    people: Sequence[ContactView] = ()
    touches: Sequence[TouchView] = ()
    words: dict[str, str] | None = None
    notes: Sequence[NoteView] = ()
    deals: Sequence[DealView] = ()
    deal_totals: Sequence[Total] = ()
    closed_deals: Sequence[DealView] = ()
    stays: Sequence[StayView] = ()
    quotes: Sequence[QuoteView] = ()
    promises: Sequence[PromiseView] = ()
    tickets: Sequence[TicketView] = ()
    last_complaint: TicketView | None = None
    rivals: Sequence[RivalView] = ()
    contracts: Sequence[ContractView] = ()
    unpaid: Sequence[PaymentView] = ()
    owed: Sequence[OwedTotal] = ()
    has_payments: bool = False
    orders: Sequence[OrderView] = ()
    signals: Sequence[SignalView] = ()
    events: Sequence[DiaryEntry] = ()


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
    zone: tzinfo,
) -> Records:
    """All rows for the asked parts; every read is bounded. ``zone`` is the caller's."""
    records = Records(card)
    kinds = {kind for section in sections for kind in _NEEDS[section]}
    key = card.customer.id
    if "overview" in sections:
        _collect_relatives(session, records)
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
    _collect_deals(session, records, kinds, "deals" in sections)
    _collect_money(session, records, kinds)
    if detail:
        _collect_detail(session, records, sections, now.astimezone(zone).date())
    return records


def _collect_relatives(session: PrincipalSession, records: Records) -> None:
    """The customer that this record duplicates and the one above it, where they may be seen."""
    customer = records.card.customer
    ids = [key for key in (customer.duplicate_of, customer.parent_id) if key]
    names = customers.customer_names(session, ids)
    records.duplicate_of = names.get(customer.duplicate_of or "")
    records.parent = names.get(customer.parent_id or "")


def _collect_deals(
    session: PrincipalSession, records: Records, kinds: Collection[str], shown: bool
) -> None:
    if "deals" not in kinds:
        return
    key = records.card.customer.id
    found = deals.open_deals(session, key, MOST + 1)
    records.deals = found[:MOST]
    if len(found) > MOST:
        records.deal_totals = deals.open_totals(session, key)
    else:
        records.deal_totals = _totals(found)
    if shown and not found:
        # Then how it went before is all that can be told of deals.
        records.closed_deals = deals.closed_deals(session, key, ENDED)


def _collect_money(session: PrincipalSession, records: Records, kinds: Collection[str]) -> None:
    if "contracts" not in kinds or session.caller.reach(Visibility.MONEY) is Reach.NONE:
        return
    key = records.card.customer.id
    records.contracts = deals.contracts(session, key, MOST + 1)
    records.unpaid = deals.unpaid(session, key, MOST + 1)


def _collect_detail(
    session: PrincipalSession, records: Records, sections: Collection[Section], today: date
) -> None:
    key = records.card.customer.id
    if "deals" in sections and records.deals:
        ids = [deal.id for deal in records.deals]
        records.stays = deals.stage_history(session, ids, 5 * MOST)
        records.quotes = deals.quotes(session, ids, 2 * MOST)
        records.closed_deals = deals.closed_deals(session, key, ENDED)
    if "history" in sections:
        ids = [touch.id for touch in records.touches[:_WORDS]]
        records.words = activity.own_words(session, ids, 5 * _WORDS)
        records.notes = notes.own_notes(session, customer_id=key, limit=5)
    if "tickets" in sections:
        records.last_complaint = activity.last_complaint(session, key)
    if "contracts" in sections:
        records.orders = deals.orders(session, key, 5)
        if records.unpaid:
            records.owed = deals.owed_totals(session, key, today)
        records.has_payments = bool(records.unpaid) or deals.has_payments(session, key)


def _totals(found: Sequence[DealView]) -> list[Total]:
    totals: dict[str, Total] = {}
    for deal in found:
        old = totals.get(deal.currency, Total(deal.currency, 0, 0, 0))
        known = old.known + (deal.amount_minor is not None)
        amount = old.amount_minor + (deal.amount_minor or 0)
        totals[deal.currency] = Total(deal.currency, old.count + 1, known, amount)
    return [totals[currency] for currency in sorted(totals)]
