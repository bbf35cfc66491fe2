"""Pure decisions of the customer brief: what is stale, what contradicts itself, what is a risk.

Values in, findings with their reasons out. Ages are whole days in the caller's time zone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from types import MappingProxyType
from typing import Literal

Severity = Literal["high", "medium", "chance"]

_STAGE_DAYS = MappingProxyType(
    {"prospecting": 30, "engaging": 30, "solution": 30, "quoting": 14, "negotiating": 21}
)


_ENDING = frozenset({"contract_ending", "rival_ending"})  # their days are left, not over


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All in days. Read by the rules and by the words, so that they cannot drift apart."""

    contact_stale: int = 180
    stage: Mapping[str, int] = field(default_factory=lambda: _STAGE_DAYS)
    quiet_with_deals: int = 30  # no contact although a deal is open
    quiet: int = 90
    contract_ending: int = 90
    rival_ending: int = 120
    promise_soon: int = 3


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class PersonState:
    """What the rules need of a contact. ``key`` tells people apart (name, if it is readable)."""

    id: str
    role: str | None
    status: str
    verified_on: date | None
    left_on: date | None
    key: str | None = None
    title: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class DealState:
    """What the rules need of an open deal."""

    id: str
    stage: str
    stage_days: int | None
    overdue_days: int | None
    has_next_step: bool
    currency: str


@dataclass(frozen=True, slots=True)
class PromiseState:
    """An open promise."""

    id: str
    by: str
    overdue_days: int | None


@dataclass(frozen=True, slots=True)
class TicketState:
    """A ticket that is not closed."""

    id: str
    kind: str
    severity: str
    open_days: int


@dataclass(frozen=True, slots=True)
class TermState:
    """A contract, ours or a competitor's, with the days until it ends."""

    id: str
    days_left: int | None
    active: bool = True
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that the risk rules look at. ``quiet_days`` is None without any contact."""

    customer_id: str
    currency: str
    today: date
    quiet_days: int | None = None
    people: Sequence[PersonState] = ()
    deals: Sequence[DealState] = ()
    promises: Sequence[PromiseState] = ()
    tickets: Sequence[TicketState] = ()
    rivals: Sequence[TermState] = ()
    contracts: Sequence[TermState] = ()
    overdue_payments: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """A finding about the record ``about``; ``limit`` is the threshold that was passed."""

    code: str
    severity: Severity
    about: str
    days: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """Records that cannot all be right."""

    code: str
    ids: tuple[str, ...]


def days_since(moment: date | None, today: date) -> int | None:
    """Whole days from ``moment`` to ``today``; never negative, None if unknown."""
    return None if moment is None else max(0, (today - moment).days)


def overdue(due: date | None, today: date) -> int | None:
    """Days past ``due``, or None while it is not past (or unknown)."""
    return (today - due).days if due is not None and due < today else None


def is_gone(status: str, left_on: date | None, today: date) -> bool:
    """Whether a contact has left."""
    return status == "left" or (left_on is not None and left_on <= today)


def is_stale(verified_on: date | None, today: date, limits: Thresholds = THRESHOLDS) -> bool:
    """Whether nobody has verified a contact within the limit."""
    age = days_since(verified_on, today)
    return age is None or age > limits.contact_stale


def is_lead(person: PersonState, today: date, limits: Thresholds = THRESHOLDS) -> bool:
    """Whether a contact is worth approaching: in service and verified lately."""
    return (
        person.status == "active"
        and not is_gone(person.status, person.left_on, today)
        and not is_stale(person.verified_on, today, limits)
    )


def stage_limit(stage: str, limits: Thresholds = THRESHOLDS) -> int | None:
    """How long a deal may stand in a stage; None for stages that end it."""
    return limits.stage.get(stage)


def is_stuck(stage: str, stage_days: int | None, limits: Thresholds = THRESHOLDS) -> bool:
    """Whether a deal stands too long in its stage; never claimed of an unknown age."""
    limit = stage_limit(stage, limits)
    return limit is not None and stage_days is not None and stage_days > limit


def risks(situation: Situation, limits: Thresholds = THRESHOLDS) -> list[Risk]:
    """All findings, the gravest first, then the longest overdue, then the soonest to end."""
    found = chain(
        _people(situation, limits),
        _deals(situation, limits),
        _promises(situation),
        _tickets(situation),
        _terms(situation, limits),
        _silence(situation, limits),
    )
    order = {"high": 0, "medium": 1, "chance": 2}
    return sorted(found, key=lambda r: (order[r.severity], _pressure(r), r.code, r.about))


def _pressure(risk: Risk) -> int:
    """Days over count backwards, days left forwards: the smaller, the more it presses."""
    days = risk.days or 0
    return days if risk.code in _ENDING else -days


def _people(situation: Situation, limits: Thresholds) -> Iterator[Risk]:
    deciders = [p for p in situation.people if p.role == "decision_maker"]
    today = situation.today
    present = [p for p in deciders if not is_gone(p.status, p.left_on, today)]
    if len(_distinct(present)) > 1:
        yield Risk("decision_maker_contradicted", "medium", present[0].id)
    for person in present:
        if is_stale(person.verified_on, today, limits):
            age = days_since(person.verified_on, today)
            yield Risk("decision_maker_stale", "medium", person.id, age, limits.contact_stale)
    if present or not situation.deals:
        return
    if deciders:
        yield Risk("decision_maker_left", "high", deciders[0].id)
    else:
        yield Risk("decision_maker_unknown", "medium", situation.customer_id)


def _distinct(people: Iterable[PersonState]) -> set[str]:
    # Two records of one person are a contradiction of their own, not two people.
    return {person.key or person.id for person in people}


def _deals(situation: Situation, limits: Thresholds) -> Iterator[Risk]:
    for deal in situation.deals:
        if is_stuck(deal.stage, deal.stage_days, limits):
            limit = stage_limit(deal.stage, limits)
            yield Risk("stage_stale", "medium", deal.id, deal.stage_days, limit)
        if deal.overdue_days is not None:
            yield Risk("close_overdue", "medium", deal.id, deal.overdue_days)
        late_stage = deal.stage in ("quoting", "negotiating")
        if late_stage and not deal.has_next_step:
            yield Risk("no_next_step", "medium", deal.id)


def _promises(situation: Situation) -> Iterator[Risk]:
    for promise in situation.promises:
        if promise.overdue_days is not None:
            ours = promise.by == "us"
            code = "commitment_overdue" if ours else "customer_commitment_overdue"
            yield Risk(code, "high" if ours else "medium", promise.id, promise.overdue_days)


def _tickets(situation: Situation) -> Iterator[Risk]:
    for ticket in situation.tickets:
        if ticket.kind == "complaint":
            yield Risk("open_complaint", "high", ticket.id, ticket.open_days)
        elif ticket.severity == "high":
            yield Risk("open_fault", "high", ticket.id, ticket.open_days)


def _terms(situation: Situation, limits: Thresholds) -> Iterator[Risk]:
    for contract in situation.contracts:
        left = contract.days_left
        if not contract.active or left is None:
            continue
        if left < 0:
            yield Risk("contract_lapsed", "high", contract.id, -left)
        elif left <= limits.contract_ending:
            yield Risk("contract_ending", "medium", contract.id, left, limits.contract_ending)
    for payment, days in situation.overdue_payments:
        yield Risk("payment_overdue", "high", payment, days)
    for rival in situation.rivals:
        if rival.days_left is not None and 0 <= rival.days_left <= limits.rival_ending:
            yield Risk("rival_ending", "chance", rival.id, rival.days_left, limits.rival_ending)


def _silence(situation: Situation, limits: Thresholds) -> Iterator[Risk]:
    quiet, customer = situation.quiet_days, situation.customer_id
    limit = limits.quiet_with_deals if situation.deals else limits.quiet
    if quiet is None:
        if situation.deals:
            yield Risk("never_contacted", "medium", customer)
    elif quiet > limit:
        yield Risk("no_contact", "medium", customer, quiet, limit)


def clashes(situation: Situation) -> list[Clash]:
    """Contradictions among the records of one customer."""
    return [
        *_deciders(situation),
        *_same_people(situation.people),
        *_left_but_active(situation),
        *_currencies(situation),
        *_shares(situation.rivals),
        *_lapsed(situation.contracts),
    ]


def _deciders(situation: Situation) -> Iterator[Clash]:
    present = [
        p
        for p in situation.people
        if p.role == "decision_maker" and not is_gone(p.status, p.left_on, situation.today)
    ]
    if len(_distinct(present)) > 1:
        yield Clash("decision_makers", tuple(p.id for p in present))


def _same_people(people: Iterable[PersonState]) -> Iterator[Clash]:
    by_name: dict[str, list[PersonState]] = defaultdict(list)
    for person in people:
        if person.key:
            by_name[person.key].append(person)
    for same in by_name.values():
        values = {(p.title, p.phone, p.role, p.status) for p in same}
        if len(same) > 1 and len(values) > 1:
            yield Clash("same_person", tuple(p.id for p in same))


def _left_but_active(situation: Situation) -> Iterator[Clash]:
    for person in situation.people:
        gone = person.left_on is not None and person.left_on <= situation.today
        if gone and person.status == "active":
            yield Clash("left_but_active", (person.id,))


def _currencies(situation: Situation) -> Iterator[Clash]:
    for deal in situation.deals:
        if deal.currency != situation.currency:
            yield Clash("currency", (situation.customer_id, deal.id))


def _shares(rivals: Sequence[TermState]) -> Iterator[Clash]:
    known = [r for r in rivals if r.share is not None]
    # Half a point of slack: shares are typed in as rounded percentages.
    if sum(r.share or 0.0 for r in known) > 1.005:
        yield Clash("shares", tuple(r.id for r in known))


def _lapsed(contracts: Iterable[TermState]) -> Iterator[Clash]:
    for contract in contracts:
        if contract.active and contract.days_left is not None and contract.days_left < 0:
            yield Clash("contract_dates", (contract.id,))
