"""Turns rows into facts: each with its source, its date and what the rules say of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from prompts.filters import bare, clipped, label
from storage.repositories.activity import PromiseView, TicketView, TouchView
from storage.repositories.customers import (
    ContactView,
    CustomerCard,
    CustomerView,
    RivalView,
    SignalView,
)
from storage.repositories.deals import (
    ContractView,
    DealView,
    OrderView,
    OwedTotal,
    PaymentView,
    QuoteView,
    StayView,
)
from storage.repositories.diary import DiaryEntry
from storage.repositories.masks import ContactMask, MaskedContact
from storage.vocabulary import ContactRole, Grade
from tools.customers import rules
from tools.customers import schemas as s
from tools.customers.naming import name_in

_ROLES = {role.value: place for place, role in enumerate(ContactRole)}
_OWN_HAND = frozenset({"manual", "demo"})  # origins that go without saying
LONGEST = 160  # characters of one quoted text in a brief


def shortened(text: str | None, longest: int = LONGEST) -> str:
    """A text on one line, cut at a bound."""
    return clipped(" ".join((text or "").split()), longest)


def titled(title: str, kind: str) -> str:
    """The title of a diary entry, which stands behind the word for its kind."""
    for language in ("zh", "en"):
        title = bare(title, label(kind, "event_kind", language))
    return shortened(title)


@dataclass(frozen=True, slots=True)
class Facts:
    """Makes facts for one reader: ``today`` in the reader's zone, sources in the language."""

    today: date
    zone: ZoneInfo
    language: str
    mask: ContactMask | None = None  # set where the reader may not see names (L1)

    def day(self, moment: datetime | None) -> date | None:
        """The calendar day of a moment for the reader."""
        return None if moment is None else moment.astimezone(self.zone).date()

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def source(self, record: str, key: object = None, origin: str | None = None) -> str:
        """``合同 HT-2025-031``, ``拜访记录 2026-11-03``, ``联系人档案（CRM）``."""
        words = label(record, "record", self.language)
        if key is not None:
            return f"{words} {key}"
        if origin is None or origin in _OWN_HAND:
            return words
        place = label(origin.partition(":")[0], "source", self.language)
        return f"{words}（{place}）" if self.language == "zh" else f"{words} ({place})"

    def called(self, name: str, english: str | None) -> str:
        """The name by which the reader knows something."""
        return name_in(self.language, name, english)

    def profile(
        self, card: CustomerCard, duplicate_of: str | None, parent: str | None = None
    ) -> s.Profile:
        """Who the customer is, and what nobody knows of it."""
        c = card.customer
        name = self.called(c.name, c.english_name)
        known = {
            "industry": c.industry,
            "tier": c.tier,
            "city": c.city,
            "employees": c.employees,
            "annual_revenue": c.annual_revenue_minor,
            "customer_since": c.customer_since,
            "technical_maturity": c.technical_maturity,
            "buying_cycle_days": c.buying_cycle_days,
            "owner": card.owner,
        }
        return s.Profile(
            id=c.id,
            text=name,
            source=self.source("customer", origin=c.source),
            date=self.day(c.updated_at or c.recorded_at),
            short_name=_short_name(c, name),
            industry=c.industry,
            tier=c.tier,
            type=c.kind,
            city=c.city,
            country=c.country,
            founded_year=c.founded_year,
            parent=parent,
            employees=c.employees,
            annual_revenue_minor=c.annual_revenue_minor,
            currency=c.currency,
            customer_since=c.customer_since,
            technical_maturity=c.technical_maturity,
            buying_cycle_days=c.buying_cycle_days,
            owner=self.owner(card),
            region=self.called(card.region, card.region_english) if card.region else None,
            duplicate_of=duplicate_of,
            unknown=[name for name, value in known.items() if value is None],
        )

    def owner(self, card: CustomerCard) -> str | None:
        """The name of whose customer it is."""
        return self.called(card.owner, card.owner_english) if card.owner else None

    def person(self, row: ContactView, state: rules.PersonState) -> s.PersonFact:
        """A contact; whoever has left or was not verified lately is no lead."""
        verified = state.verified_on
        gone = rules.is_gone(row.status, row.left_on, self.today)
        stale = not gone and rules.is_stale(verified, self.today)
        shown = self._contact_data(row)
        return s.PersonFact(
            id=row.id,
            text=shown.name or row.title or label("contact", "record", self.language),
            source=self.source("contact", origin=row.source),
            date=verified,
            grade=Grade.L1 if row.named else None,
            mark="stale" if stale else None,
            name=shown.name,
            title=row.title,
            department=row.department,
            role=row.buying_role,
            phone=shown.phone,
            mail=shown.mail,
            wechat=shown.wechat,
            attitude=row.attitude,
            status="left" if gone else row.status,
            verified_on=verified,
            left_on=row.left_on,
            lead=rules.is_lead(state, self.today),
            masked=not row.named,
        )

    def _contact_data(self, row: ContactView) -> MaskedContact:
        """The values where the reader has the grade, otherwise their masked forms."""
        if row.named:
            return MaskedContact(row.name, row.phone, row.email, row.wechat)
        known = self.mask.contact(row.id) if self.mask else None
        return known or MaskedContact(None, None, None, None)

    def person_state(self, row: ContactView) -> rules.PersonState:
        return rules.PersonState(
            id=row.id,
            role=row.buying_role,
            status=row.status,
            verified_on=self.day(row.verified_at),
            left_on=row.left_on,
            key=row.name,
            title=row.title,
            phone=row.phone,
        )

    def deal(
        self,
        row: DealView,
        stays: Iterable[StayView] = (),
        offers: Mapping[str, QuoteView] | None = None,
    ) -> s.DealFact:
        """An opportunity with its age in the stage, unknown if the source keeps no history."""
        state = self.deal_state(row)
        offer = (offers or {}).get(row.id)
        return s.DealFact(
            id=row.id,
            text=row.name,
            source=self.source("opportunity", origin=row.source),
            date=self.day(row.updated_at or row.stage_entered_at or row.opened_at),
            mark="missing" if state.stage_days is None or row.amount_minor is None else None,
            stage=row.stage,
            stage_days=state.stage_days,
            stage_limit=rules.stage_limit(row.stage),
            amount_minor=row.amount_minor,
            currency=row.currency,
            expected_close_on=row.expected_close_on,
            overdue_days=state.overdue_days,
            closed_on=self.day(row.closed_at),
            loss_reason=row.loss_reason,
            competitor=row.main_competitor,
            next_step=row.next_step,
            intent=row.buying_intent,
            stays=[self._stay(stay) for stay in stays if stay.opportunity_id == row.id],
            offer=_offer(offer) if offer else None,
        )

    def _stay(self, row: StayView) -> s.Stay:
        return s.Stay(
            stage=row.stage, entered_on=self._day(row.entered_at), left_on=self.day(row.left_at)
        )

    def deal_state(self, row: DealView) -> rules.DealState:
        return rules.DealState(
            id=row.id,
            stage=row.stage,
            stage_days=rules.days_since(self.day(row.stage_entered_at), self.today),
            overdue_days=rules.overdue(row.expected_close_on, self.today),
            has_next_step=bool(row.next_step),
            currency=row.currency,
        )

    def promise(self, row: PromiseView) -> s.PromiseFact:
        late = rules.overdue(row.due_on, self.today) if row.status == "open" else None
        return s.PromiseFact(
            id=row.id,
            text=shortened(row.text),
            source=self.source("commitment"),
            date=self._day(row.made_at),
            by=row.by,
            status=row.status,
            due_on=row.due_on,
            overdue_days=late,
        )

    def ticket(self, row: TicketView) -> s.TicketFact:
        opened, closed = self._day(row.opened_at), self.day(row.closed_at)
        return s.TicketFact(
            id=row.id,
            text=shortened(row.title),
            source=self.source("ticket", row.number),
            date=opened,
            number=row.number,
            type=row.kind,
            severity=row.severity,
            status=row.status,
            description=shortened(row.description) if row.description else None,
            closed_on=closed,
            open_days=max(0, ((closed or self.today) - opened).days),
        )

    def rival(self, row: RivalView) -> s.RivalFact:
        return s.RivalFact(
            id=row.id,
            text=row.competitor,
            source=self.source("competitor", origin=row.source),
            date=self._day(row.seen_at),
            product=row.product,
            share=row.share,
            strength=row.strength,
            gap=row.gap,
            ends_on=row.contract_ends_on,
            days_left=self._left(row.contract_ends_on),
        )

    def contract(self, row: ContractView) -> s.ContractFact:
        return s.ContractFact(
            id=row.id,
            text=row.number,
            source=self.source("contract", row.number),
            date=row.signed_on or row.starts_on,
            terms=shortened(row.terms),
            amount_minor=row.amount_minor,
            currency=row.currency,
            status=row.status,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            days_left=self._left(row.ends_on),
            payment_terms=row.payment_terms,
        )

    def _left(self, day: date | None) -> int | None:
        return None if day is None else (day - self.today).days

    def due(self, row: PaymentView, numbers: Mapping[str, str]) -> s.DueFact:
        number = numbers.get(row.contract_id or "")
        return s.DueFact(
            id=row.id,
            text=number or row.id,
            source=self.source("contract", number) if number else self.source("payment", row.id),
            date=row.due_on,
            amount_minor=row.amount_minor,
            currency=row.currency,
            due_on=row.due_on,
            overdue_days=rules.overdue(row.due_on, self.today),
        )

    def debt(self, row: OwedTotal) -> s.Debt:
        return s.Debt(
            currency=row.currency,
            count=row.count,
            amount_minor=row.amount_minor,
            overdue=row.overdue,
            overdue_minor=row.overdue_minor,
            longest_days=rules.overdue(row.oldest_due_on, self.today) or 0,
        )

    def order(self, row: OrderView) -> s.OrderFact:
        return s.OrderFact(
            id=row.id,
            text=row.id,
            source=self.source("order", row.external_id or row.id),
            date=row.ordered_on,
            amount_minor=row.amount_minor,
            currency=row.currency,
            quantity=row.quantity,
            status=row.status,
            delivered_on=row.delivered_on,
        )

    def touch(
        self, row: TouchView, names: Mapping[str, str], words: Mapping[str, str]
    ) -> s.TouchFact:
        """An interaction. Its summary is L2, its verbatim words exist for their author only."""
        on = self._day(row.occurred_at)
        verbatim = words.get(row.id)
        return s.TouchFact(
            id=row.id,
            text=shortened(row.summary),
            source=self.source(row.kind, on),
            date=on,
            grade=Grade.L2 if row.summary else None,
            mark="missing" if row.readable and not row.summary else None,
            type=row.kind,
            direction=row.direction,
            people=[names[key] for key in row.contact_ids if key in names],
            action_item=row.action_item,
            hidden=not row.readable,
            words=shortened(verbatim) if verbatim else None,
        )

    def note(self, key: str, text: str, written_at: datetime) -> s.NoteFact:
        on = self._day(written_at)
        return s.NoteFact(
            id=key, text=shortened(text), source=self.source("note", on), date=on, grade=Grade.L3
        )

    def signal(self, row: SignalView) -> s.SignalFact:
        on = self._day(row.published_at)
        return s.SignalFact(
            id=row.id,
            text=shortened(row.title),
            source=row.publisher or self.source("signal", origin=row.source),
            date=on,
            type=row.kind,
            keywords=list(row.keywords),
        )

    def meeting(self, row: DiaryEntry, names: Mapping[str, str]) -> s.MeetingFact:
        on = self._day(row.starts_at)
        return s.MeetingFact(
            id=row.id,
            text=titled(row.title, row.kind),
            source=self.source("event", on),
            date=on,
            type=row.kind,
            starts_at=row.starts_at.astimezone(self.zone),
            ends_at=row.ends_at.astimezone(self.zone),
            location=row.location,
            people=[names[key] for key in row.contact_ids if key in names],
        )


def _short_name(customer: CustomerView, shown: str) -> str | None:
    """A short name that says something beside the name that is shown."""
    short = customer.short_name
    if not short or shown != customer.name or short.casefold() in shown.casefold():
        return None
    return short


def _offer(row: QuoteView) -> s.Offer:
    return s.Offer(
        version=row.version,
        amount_minor=row.amount_minor,
        currency=row.currency,
        discount=row.discount,
        status=row.status,
        valid_until=row.valid_until,
    )


def by_weight(people: Sequence[s.PersonFact]) -> list[s.PersonFact]:
    """Leads first, in the order of their part in a purchase; who has left comes last."""
    return sorted(
        people,
        key=lambda p: (p.status == "left", not p.lead, _ROLES.get(p.role or "", len(_ROLES))),
    )
