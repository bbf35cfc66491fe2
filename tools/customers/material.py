"""All facts of one brief, made once, before it is decided which of them are shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from tools.artifact import Fact
from tools.customers import rules
from tools.customers import schemas as s
from tools.customers.facts import Facts, by_weight
from tools.customers.records import Records

_MONEY_SOON = 30  # days until a payment is due
_NEWS = 180  # days after which a signal is no news on one screen


@dataclass(slots=True)
class Material:
    """Facts by kind; a kind that was not collected is empty."""

    profile: s.Profile
    people: list[s.PersonFact] = field(default_factory=list)
    states: list[rules.PersonState] = field(default_factory=list)
    touches: list[s.TouchFact] = field(default_factory=list)
    known_touches: int = 0
    notes: list[s.NoteFact] = field(default_factory=list)
    deals: list[s.DealFact] = field(default_factory=list)
    closed_deals: list[s.DealFact] = field(default_factory=list)
    totals: list[s.DealTotal] = field(default_factory=list)
    promises: list[s.PromiseFact] = field(default_factory=list)
    tickets: list[s.TicketFact] = field(default_factory=list)
    last_complaint: s.TicketFact | None = None
    rivals: list[s.RivalFact] = field(default_factory=list)
    contracts: list[s.ContractFact] = field(default_factory=list)
    unpaid: list[s.DueFact] = field(default_factory=list)
    debts: list[s.Debt] = field(default_factory=list)
    orders: list[s.OrderFact] = field(default_factory=list)
    signals: list[s.SignalFact] = field(default_factory=list)
    meetings: list[s.MeetingFact] = field(default_factory=list)

    def by_id(self) -> dict[str, Fact]:
        """Facts that a finding can be about, by the id of their record."""
        return {fact.id: fact for fact in self._subjects()}

    def _subjects(self) -> Iterator[s.Recorded]:
        yield self.profile
        yield from self.people
        yield from self.deals
        yield from self.promises
        yield from self.tickets
        yield from self.rivals
        yield from self.contracts
        yield from self.unpaid


def pressing_only(material: Material, today: date) -> Material:
    """What of the material belongs on one screen: open tickets and the last closed one, money
    that is due about now, news that is news.
    """
    still_open = [t for t in material.tickets if t.status != "closed"]
    closed = [t for t in material.tickets if t.status == "closed"]
    last = sorted(closed, key=lambda t: t.date or date.min, reverse=True)[:1]
    return replace(
        material,
        tickets=[*still_open, *last],
        unpaid=[d for d in material.unpaid if (d.due_on - today).days <= _MONEY_SOON],
        signals=[g for g in material.signals if g.date and (today - g.date).days <= _NEWS],
    )


def make(records: Records, facts: Facts, touches: int) -> Material:
    """Turn the collected rows into facts; of the interactions, the last ``touches``."""
    profile = facts.profile(
        records.card,
        facts.called(*records.duplicate_of) if records.duplicate_of else None,
        facts.called(*records.parent) if records.parent else None,
    )
    made = Material(profile)
    made.states = [facts.person_state(row) for row in records.people]
    made.people = by_weight(list(map(facts.person, records.people, made.states)))
    names = {person.id: person.text for person in made.people}
    words = records.words or {}
    made.touches = [facts.touch(row, names, words) for row in records.touches[:touches]]
    made.known_touches = len(records.touches)
    made.notes = [facts.note(n.note.id, n.note.text, n.note.written_at) for n in records.notes]
    made.meetings = [facts.meeting(row, names) for row in records.events]
    made.promises = [facts.promise(row) for row in records.promises]
    made.tickets = [facts.ticket(row) for row in records.tickets]
    if records.last_complaint is not None:
        made.last_complaint = facts.ticket(records.last_complaint)
    made.rivals = [facts.rival(row) for row in records.rivals]
    made.signals = [facts.signal(row) for row in records.signals]
    _deals(made, records, facts)
    _money(made, records, facts)
    return made


def _deals(made: Material, records: Records, facts: Facts) -> None:
    # The quotes come last version first; reversed, the last one wins.
    offers = {q.opportunity_id: q for q in reversed(records.quotes) if q.opportunity_id}
    made.deals = [facts.deal(row, records.stays, offers) for row in records.deals]
    made.closed_deals = [facts.deal(row) for row in records.closed_deals]
    made.totals = [
        s.DealTotal(currency=t.currency, count=t.count, known=t.known, amount_minor=t.amount_minor)
        for t in records.deal_totals
    ]


def _money(made: Material, records: Records, facts: Facts) -> None:
    numbers = {row.id: row.number for row in records.contracts}
    made.contracts = [facts.contract(row) for row in records.contracts]
    made.unpaid = [facts.due(row, numbers) for row in records.unpaid]
    made.debts = [facts.debt(row) for row in records.owed]
    made.orders = [facts.order(row) for row in records.orders]
