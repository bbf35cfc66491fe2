"""The whole demo company, built once: counts, references, history, words, and nothing to come."""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Date, Row, select
from sqlmodel import SQLModel

from storage import demo, tables
from storage.clock import FixedClock
from storage.columns import UtcDateTime
from storage.database import Database
from storage.demo.writing import table_of
from storage.tables import (
    CalendarEvent,
    Certificate,
    Commitment,
    CompetitorPresence,
    Contact,
    Contract,
    Customer,
    Factor,
    FactorReading,
    Interaction,
    InteractionText,
    Note,
    Opportunity,
    Order,
    Organisation,
    OutsideSignal,
    Payment,
    Person,
    Product,
    Project,
    ProjectMember,
    Quote,
    Region,
    ServiceTicket,
    Skill,
    StageChange,
    Store,
    StoreDay,
    StoreEvent,
    Target,
    Workload,
)
from storage.vocabulary import OPEN_STAGES, InteractionKind, Role, Stage

# Half past midnight in Shanghai: the day has hardly begun, so "today" is nearly all in the future.
NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)
REP = "p-chen-siyuan"

# Plans, terms and bookings may lie ahead; nothing else may.
AHEAD = {
    (CalendarEvent, "starts_at"),
    (CalendarEvent, "ends_at"),
    (Certificate, "valid_until"),
    (Commitment, "due_on"),
    (CompetitorPresence, "contract_ends_on"),
    (Contract, "ends_on"),
    (Opportunity, "expected_close_on"),
    (Payment, "due_on"),
    (Quote, "valid_until"),
    (StoreEvent, "ends_on"),
    (Target, "month"),
    (Workload, "week"),
}


class Company:
    """Reads tables of the built company as plain rows."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._rows: dict[type[SQLModel], list[Row[Any]]] = {}

    def rows(self, model: type[SQLModel]) -> list[Row[Any]]:
        """All rows of a table, by id."""
        if model not in self._rows:
            with self.database.system("test", write=False) as session:
                statement = select(table_of(model)).order_by(table_of(model).c.id)
                self._rows[model] = list(session.connection().execute(statement))
        return self._rows[model]

    def by_id(self, model: type[SQLModel]) -> dict[str, Row[Any]]:
        return {row.id: row for row in self.rows(model)}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    path: Path = tmp_path_factory.mktemp("demo") / "full.db"
    database = Database(f"sqlite:///{path}")
    with database.system("create") as session:
        SQLModel.metadata.create_all(session.connection())
    heard: list[tuple[str, int, int]] = []
    demo.build(
        database,
        FixedClock(NOW),
        progress=lambda label, done, total: heard.append((label, done, total)),
    )
    assert heard
    assert all(0 < done <= total for _, done, total in heard)
    yield Company(database)
    database.close()


def test_there_is_as_much_as_promised(company: Company) -> None:
    count = {model: len(company.rows(model)) for model in (Customer, Opportunity, Interaction)}
    assert count[Customer] >= 600
    assert count[Opportunity] >= 3000
    assert count[Interaction] >= 20_000
    assert len(company.rows(Region)) == 8
    assert len(company.rows(Store)) == 120
    assert len(company.rows(StoreDay)) == 120 * 730
    assert len(company.rows(Factor)) == 17
    roles = Counter(p.role for p in company.rows(Person) if p.active)
    assert (roles[Role.REP], roles[Role.REGIONAL_MANAGER], roles[Role.CONSULTANT]) == (40, 8, 237)
    for model in (
        CompetitorPresence,
        FactorReading,
        Note,
        Order,
        OutsideSignal,
        Payment,
        Project,
        Quote,
        Skill,
    ):
        assert len(company.rows(model)) > 250, model.__name__


def test_the_organisation_knows_its_day_and_its_default_rep(company: Company) -> None:
    organisation = company.rows(Organisation)[0]
    assert (organisation.id, organisation.kind) == ("farsail", "demo")
    assert organisation.demo_day == TODAY
    assert organisation.default_person_id == REP


def test_everything_says_that_it_is_demo(company: Company) -> None:
    for name in tables.__all__:
        model = getattr(tables, name)
        if "source" in getattr(model, "model_fields", {}) and hasattr(model, "__table__"):
            assert {row.source for row in company.rows(model)} <= {"demo"}, name


def test_every_reference_leads_somewhere(company: Company) -> None:
    known = {
        "manager_id": Person,
        "region_id": Region,
        "owner_id": Person,
        "customer_id": Customer,
        "opportunity_id": Opportunity,
        "product_id": Product,
        "contract_id": Contract,
        "interaction_id": Interaction,
        "store_id": Store,
        "person_id": Person,
        "project_id": Project,
        "factor_id": Factor,
    }
    ids = {model: set(company.by_id(model)) for model in set(known.values())}
    for name in tables.__all__:
        model = getattr(tables, name)
        for column in known.keys() & set(getattr(model, "model_fields", {})):
            if getattr(model, "__table__", None) is None:
                continue
            used = {getattr(row, column) for row in company.rows(model)} - {None}
            assert used <= ids[known[column]], (name, column)
    contacts = company.by_id(Contact)
    for model in (Interaction, CalendarEvent):
        for row in company.rows(model):
            assert {contacts[key].customer_id for key in row.contact_ids} <= {row.customer_id}
    for row in company.rows(Interaction):
        assert set(row.person_ids) <= ids[Person]


def test_owner_and_region_are_those_of_the_customer(company: Company) -> None:
    customers = company.by_id(Customer)
    own_diary_or_words = {CalendarEvent, InteractionText, Note, Store}
    for name in tables.__all__:
        model = getattr(tables, name)
        fields = getattr(model, "model_fields", {})
        if model in own_diary_or_words or not {"customer_id", "owner_id"} <= set(fields):
            continue
        for row in company.rows(model):
            customer = customers[row.customer_id]
            assert (row.owner_id, row.region_id) == (customer.owner_id, customer.region_id), row.id
    deals = company.by_id(Opportunity)
    for row in company.rows(StageChange):
        deal = deals[row.opportunity_id]
        assert (row.owner_id, row.region_id) == (deal.owner_id, deal.region_id)


def test_words_and_notes_belong_to_their_author(company: Company) -> None:
    talks, customers = company.by_id(Interaction), company.by_id(Customer)
    foreign = set()
    for row in company.rows(InteractionText):
        talk = talks[row.interaction_id]
        assert talk.person_ids == [row.owner_id]
        assert (row.customer_id, row.occurred_at) == (talk.customer_id, talk.occurred_at)
        if row.owner_id != customers[row.customer_id].owner_id:
            foreign.add(row.owner_id)
    # After a hand-over the words stay with those who left.
    people = company.by_id(Person)
    assert foreign
    assert all(people[key].left_on is not None for key in foreign)
    share = len(company.rows(InteractionText)) / len(talks)
    assert 0.4 < share < 0.65


def test_stage_history_has_no_gap_and_agrees_with_the_deal(company: Company) -> None:
    stays: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in company.rows(StageChange):
        stays[row.opportunity_id].append(row)
    open_stages = Counter()
    for deal in company.rows(Opportunity):
        history = sorted(stays[deal.id], key=lambda stay: stay.entered_at)
        assert history[0].entered_at == deal.opened_at
        for stay, after in itertools.pairwise(history):
            assert stay.entered_at < stay.left_at == after.entered_at, deal.id
            assert stay.stage != after.stage
        last = history[-1]
        assert last.left_at is None
        assert (last.stage, last.entered_at) == (deal.stage, deal.stage_entered_at)
        closed = deal.stage in (Stage.WON, Stage.LOST)
        assert (deal.closed_at == last.entered_at) if closed else deal.closed_at is None
        assert (deal.loss_reason is not None) == (deal.stage == Stage.LOST)
        if not closed:
            open_stages[deal.stage] += 1
    assert set(open_stages) == set(OPEN_STAGES)
    assert min(open_stages.values()) >= 50


def test_some_deals_are_stuck_and_have_no_next_step(company: Company) -> None:
    old = NOW - timedelta(days=45)
    open_deals = [deal for deal in company.rows(Opportunity) if deal.stage in OPEN_STAGES]
    stuck = [deal for deal in open_deals if deal.stage_entered_at < old]
    assert len(stuck) > 60
    assert any(deal.next_step is None for deal in stuck)


def test_nothing_happens_in_the_future(company: Company) -> None:
    early = []
    for name in tables.__all__:
        model = getattr(tables, name)
        if "org_id" not in getattr(model, "model_fields", {}) or not hasattr(model, "__table__"):
            continue
        for column in table_of(model).columns:
            if (model, column.name) in AHEAD:
                continue
            limit: Any = None
            if isinstance(column.type, Date):
                # A disturbance of today has begun; every other day is over.
                limit = TODAY if model is StoreEvent else TODAY - timedelta(days=1)
            elif isinstance(column.type, UtcDateTime):
                limit = NOW
            if limit is None:
                continue
            values = [getattr(row, column.name) for row in company.rows(model)]
            newest = max((value for value in values if value is not None), default=limit)
            if newest > limit:
                early.append((name, column.name, newest))
    assert early == []


def test_every_rep_has_a_visit_tomorrow_and_something_on_each_day(company: Company) -> None:
    start = NOW.replace(hour=16, minute=0)  # midnight in Shanghai
    seen: dict[str, Counter[int]] = defaultdict(Counter)
    visits = set()
    for event in company.rows(CalendarEvent):
        ahead = (event.starts_at - start) // timedelta(days=1)
        seen[event.owner_id][ahead] += 1
        if ahead == 1 and event.kind == "visit":
            visits.add(event.owner_id)
        assert event.status == ("planned" if ahead >= 0 else event.status)
        assert -60 <= ahead <= 21
        assert event.starts_at < event.ends_at
    reps = [p.id for p in company.rows(Person) if p.role == Role.REP and p.active]
    assert set(reps) <= visits
    for rep in reps:
        assert all(seen[rep][day] for day in range(22)), rep
    assert seen[REP][0] >= 3
    assert seen[REP][1] >= 3


def test_nobody_is_in_two_places_at_once_in_a_planned_day(company: Company) -> None:
    plans: dict[str, list[Row[Any]]] = defaultdict(list)
    for event in company.rows(CalendarEvent):
        if event.status == "planned":
            plans[event.owner_id].append(event)
    for mine in plans.values():
        mine.sort(key=lambda event: event.starts_at)
        for event, after in itertools.pairwise(mine):
            assert event.ends_at <= after.starts_at, (event.id, after.id)


def test_past_visits_in_the_diary_really_took_place(company: Company) -> None:
    happened = {
        (talk.person_ids[0], talk.customer_id, talk.occurred_at)
        for talk in company.rows(Interaction)
        if talk.kind in (InteractionKind.VISIT, InteractionKind.CALL, InteractionKind.MEETING)
    }
    past = [e for e in company.rows(CalendarEvent) if e.status == "done" and e.customer_id]
    assert len(past) > 500
    assert all((e.owner_id, e.customer_id, e.starts_at) in happened for e in past)


def test_summaries_are_varied_and_bilingual(company: Company) -> None:
    talks = [talk for talk in company.rows(Interaction) if talk.summary]
    assert len({talk.summary for talk in talks}) / len(talks) > 0.95
    words = company.rows(InteractionText)
    assert len({row.text for row in words}) / len(words) > 0.98
    english = [talk for talk in talks if talk.language == "en"]
    assert 0.08 < len(english) / len(talks) < 0.3
    assert all(sum("一" <= sign <= "鿿" for sign in talk.summary) == 0 for talk in english[:500])
    starts = Counter(talk.summary[:4] for talk in talks)
    assert max(starts.values()) / len(talks) < 0.06


def test_people_worry_about_price_delivery_competitors_and_budget(company: Company) -> None:
    text = "\n".join(talk.summary or "" for talk in company.rows(Interaction))
    for word in ("价", "交期", "预算", "法务", "付款", "样机", "budget", "price"):
        assert text.count(word) > 100, word
    rivals = {row.competitor for row in company.rows(CompetitorPresence)}
    assert len(rivals) >= 12
    named = {rival: text.count(rival) for rival in rivals}
    assert min(named.values()) >= 3, named
    assert sum(named.values()) > 2000


def test_promises_come_from_a_talk_and_end_one_way_or_another(company: Company) -> None:
    talks = company.by_id(Interaction)
    rows = company.rows(Commitment)
    assert len(rows) > 3000
    for row in rows:
        assert row.made_at == talks[row.interaction_id].occurred_at
        assert row.due_on is None or row.due_on > row.made_at.date() - timedelta(days=1)
    assert {row.status for row in rows} == {"open", "kept", "broken", "withdrawn"}
    assert {row.by for row in rows} == {"us", "customer"}
    coming = [r for r in rows if r.status == "open" and r.due_on and r.due_on >= TODAY]
    assert len(coming) > 50


def test_the_dirt_of_real_data_is_there(company: Company) -> None:
    customers, contacts = company.rows(Customer), company.rows(Contact)
    half_a_year = NOW - timedelta(days=180)
    assert any(p.left_on for p in company.rows(Person))
    assert all(customer.duplicate_of is None for customer in customers)
    assert any(c.verified_at and c.verified_at < half_a_year for c in contacts)
    assert any(c.verified_at is None for c in contacts)
    assert any(c.status == "left" and c.left_on for c in contacts)
    assert any(c.phone is None and c.email is None for c in contacts)
    posts = Counter((c.customer_id, c.title) for c in contacts if c.status == "active")
    assert any(count > 1 for count in posts.values()), "two people claim the same post"
    assert any(c.annual_revenue_minor is None for c in customers)
    assert any(c.country == "CN" and c.currency != "CNY" for c in customers)
    deals = company.rows(Opportunity)
    home = {c.id: c.currency for c in customers if c.country == "CN"}
    assert any(home.get(d.customer_id) and d.currency != "CNY" for d in deals)
    assert any(d.amount_minor is None for d in deals)
    late = [d for d in deals if d.stage in OPEN_STAGES and d.expected_close_on < TODAY]
    assert late
    assert any(talk.summary is None for talk in company.rows(Interaction))
    assert any(p.status == "overdue" and p.due_on < TODAY for p in company.rows(Payment))
    assert any(c.valid_until < TODAY for c in company.rows(Certificate))
    places: dict[str, set[str]] = defaultdict(set)
    for event in company.rows(CalendarEvent):
        if event.kind == "visit":
            places[event.customer_id].add(event.location)
    assert any(len(found) > 1 for found in places.values()), "an address that is disputed"


def test_nobody_can_be_called_or_written_to(company: Company) -> None:
    for contact in company.rows(Contact):
        assert contact.email is None or contact.email.endswith(".example")
        assert contact.phone is None or contact.phone.startswith(("161", "+"))
    for person in company.rows(Person):
        assert person.email.endswith("@farsail.example")
        assert person.phone.startswith("154")
        assert len(person.phone) == 11


def test_money_adds_up(company: Company) -> None:
    paid: dict[str, int] = defaultdict(int)
    for payment in company.rows(Payment):
        paid[payment.contract_id] += payment.amount_minor
        assert (payment.paid_on is not None) == (payment.status == "paid")
    contracts = company.rows(Contract)
    deals = company.by_id(Opportunity)
    for contract in contracts:
        assert paid[contract.id] == contract.amount_minor
        assert deals[contract.opportunity_id].stage == Stage.WON
        assert contract.starts_on < contract.ends_on
    soon = [c for c in contracts if TODAY + timedelta(30) <= c.ends_on <= TODAY + timedelta(180)]
    assert len(soon) > 50
    numbers = [contract.number for contract in contracts]
    assert len(numbers) == len(set(numbers))


def test_a_signed_deal_was_quoted_at_its_price_and_made_a_customer(company: Company) -> None:
    quotes: dict[str, list[Row[Any]]] = defaultdict(list)
    for quote in company.rows(Quote):
        quotes[quote.opportunity_id].append(quote)
        assert 0.0 <= quote.discount < 0.3
    customers = company.by_id(Customer)
    for contract in company.rows(Contract):
        versions = sorted(quotes[contract.opportunity_id], key=lambda quote: quote.version)
        assert [quote.status for quote in versions[:-1]] == ["rejected"] * (len(versions) - 1)
        assert versions[-1].status == "accepted"
        assert versions[-1].amount_minor == contract.amount_minor
        assert customers[contract.customer_id].customer_since <= contract.signed_on


def test_the_pool_speaks_languages_and_worked_together(company: Company) -> None:
    skills = Counter((row.kind, row.name) for row in company.rows(Skill))
    assert skills["language", "越南语"] >= 4
    assert {kind for kind, _ in skills} == {"skill", "language", "vertical", "regulation"}
    teams: dict[str, set[str]] = defaultdict(set)
    for row in company.rows(ProjectMember):
        assert row.person_id not in teams[row.project_id]
        teams[row.project_id].add(row.person_id)
    assert all(2 <= len(team) <= 7 for team in teams.values())
    pairs = Counter((a, b) for team in teams.values() for a in team for b in team if a < b)
    assert max(pairs.values()) >= 3, "some people met more than once"
    outcomes = {row.outcome for row in company.rows(Project)}
    assert outcomes == {None, "success", "partial", "failure"}


def test_the_default_rep_has_something_of_everything(company: Company) -> None:
    def mine(model: type[SQLModel]) -> list[Row[Any]]:
        return [row for row in company.rows(model) if row.owner_id == REP]

    assert sum(row.short_name is not None for row in mine(Customer)) == 18
    open_deals = [deal for deal in mine(Opportunity) if deal.stage in OPEN_STAGES]
    assert {deal.stage for deal in open_deals} == set(OPEN_STAGES)
    assert any(d.stage_entered_at < NOW - timedelta(days=30) for d in open_deals)
    assert any(ticket.status != "closed" for ticket in mine(ServiceTicket))
    assert any(payment.status == "overdue" for payment in mine(Payment))
    assert any(TODAY <= c.ends_on <= TODAY + timedelta(120) for c in mine(Contract))
    assert any(c.status == "left" for c in mine(Contact))
    promises = [c for c in mine(Commitment) if c.status == "open" and c.due_on]
    assert any(TODAY <= c.due_on <= TODAY + timedelta(14) for c in promises)
    assert any(c.due_on < TODAY for c in promises)
    assert len(mine(Note)) > 20
    assert {"zh", "en"} == {talk.language for talk in mine(Interaction)}


def test_json_lists_are_lists(company: Company) -> None:
    for person in company.rows(Person):
        assert isinstance(person.aliases, list)
        assert isinstance(person.verticals, list)
    assert json.dumps(company.rows(OutsideSignal)[0].keywords)
