"""Turns diary rows into facts with source and date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from prompts.filters import label
from storage.repositories.activity import DueCount, DuePromise, TicketView
from storage.repositories.deals import DealView
from storage.repositories.diary import EventView
from tools.customers.facts import shortened, titled
from tools.customers.naming import name_in
from tools.customers.rules import days_since, stage_limit
from tools.diary import rules
from tools.diary import schemas as s


@dataclass(frozen=True, slots=True)
class DayFacts:
    """Makes facts for one reader of ``person_id``'s day; ``names`` are contacts by id."""

    today: date
    zone: ZoneInfo
    language: str
    person_id: str
    names: Mapping[str, str] = field(default_factory=dict)

    def event(self, row: EventView, *, why: rules.Why | None = None) -> s.EventFact:
        """A diary entry; with ``why`` it is somebody else's."""
        event = row.event
        return s.EventFact(
            id=event.id,
            text=titled(event.title, event.kind),
            source=self._source("event"),
            date=self._day(event.starts_at),
            type=event.kind,
            status=event.status,
            starts_at=event.starts_at.astimezone(self.zone),
            ends_at=event.ends_at.astimezone(self.zone),
            location=event.location,
            customer_id=event.customer_id,
            customer=self._called(row.customer, row.customer_english),
            tier=row.tier,
            people=[self.names[key] for key in event.contact_ids if key in self.names],
            owner=self._called(row.owner, row.owner_english) if why else None,
            why=why,
        )

    def promise(self, row: DuePromise) -> s.DueFact:
        commitment = row.commitment
        due = commitment.due_on or self.today
        return s.DueFact(
            id=commitment.id,
            text=shortened(commitment.text),
            source=self._source("commitment"),
            date=self._day(commitment.made_at),
            owner=self._other(row.owner_id, row.owner, row.owner_english),
            by=commitment.by,
            customer_id=commitment.customer_id,
            customer=self._called(row.customer, row.customer_english),
            due_on=due,
            days=(due - self.today).days,
        )

    def due(self, row: DueCount) -> s.DueTally:
        return s.DueTally(
            owner=self._called(row.owner, row.owner_english) or label(None, "", self.language),
            due=row.due,
            overdue=row.overdue,
        )

    def deal(self, row: DealView) -> s.PressingFact | None:
        """The deal if it presses."""
        close_in = (row.expected_close_on - self.today).days if row.expected_close_on else None
        entered = self._day(row.stage_entered_at) if row.stage_entered_at else None
        limit = stage_limit(row.stage)
        found = rules.pressing(close_in, days_since(entered, self.today), limit)
        if found is None:
            return None
        urgency, days = found
        return s.PressingFact(
            id=row.id,
            text=row.name,
            source=self._source("opportunity"),
            date=self._day(row.updated_at) if row.updated_at else entered,
            owner=self._other(row.owner_id, row.owner, row.owner_english),
            customer_id=row.customer_id,
            customer=self._called(row.customer, row.customer_english),
            urgency=urgency,
            days=days,
            limit=limit if urgency == "stuck" else None,
            stage=row.stage,
            amount_minor=row.amount_minor,
            currency=row.currency,
            next_step=row.next_step,
        )

    def ticket(self, row: TicketView, customers: Mapping[str, str | None]) -> s.OpenTicketFact:
        opened = self._day(row.opened_at)
        return s.OpenTicketFact(
            id=row.id,
            text=shortened(row.title),
            source=f"{self._source('ticket')} {row.number}",
            date=opened,
            customer_id=row.customer_id,
            customer=customers.get(row.customer_id),
            type=row.kind,
            severity=row.severity,
            open_days=max(0, (self.today - opened).days),
        )

    def customer(self, row: EventView) -> str | None:
        """The name of an entry's customer."""
        return self._called(row.customer, row.customer_english)

    def _called(self, name: str | None, english: str | None) -> str | None:
        return name_in(self.language, name, english) if name else None

    def _other(self, owner_id: str | None, name: str | None, english: str | None) -> str | None:
        return None if owner_id == self.person_id else self._called(name, english)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _source(self, record: str) -> str:
        return label(record, "record", self.language)
