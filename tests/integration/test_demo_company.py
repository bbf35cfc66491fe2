"""The whole demo company: how much there is, whose it is, that it is demo and dirty."""

import json
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Date, Row
from sqlmodel import SQLModel

from storage import tables as t
from storage.columns import UtcDateTime
from storage.demo.writing import table_of
from storage.vocabulary import OPEN_STAGES, Role
from tests.integration.demo_kit import NOW, REP, TODAY, Company

# Plans, terms and bookings may lie ahead; nothing else may.
AHEAD = {
    (t.CalendarEvent, "starts_at"),
    (t.CalendarEvent, "ends_at"),
    (t.Certificate, "valid_until"),
    (t.Commitment, "due_on"),
    (t.CompetitorPresence, "contract_ends_on"),
    (t.Contract, "ends_on"),
    (t.Opportunity, "expected_close_on"),
    (t.Payment, "due_on"),
    (t.Quote, "valid_until"),
    (t.StoreEvent, "ends_on"),
    (t.Target, "month"),
    (t.Workload, "week"),
}


def test_there_is_as_much_as_promised(farsail: Company) -> None:
    count = {
        model: len(farsail.rows(model)) for model in (t.Customer, t.Opportunity, t.Interaction)
    }
    assert count[t.Customer] >= 600
    assert count[t.Opportunity] >= 3000
    assert count[t.Interaction] >= 20_000
    assert len(farsail.rows(t.Region)) == 8
    assert len(farsail.rows(t.Store)) == 120
    assert len(farsail.rows(t.StoreDay)) == 120 * 730
    assert len(farsail.rows(t.Factor)) == 17
    roles = Counter(p.role for p in farsail.rows(t.Person) if p.active)
    assert (roles[Role.REP], roles[Role.REGIONAL_MANAGER], roles[Role.CONSULTANT]) == (40, 8, 237)
    for model in (
        t.CompetitorPresence,
        t.FactorReading,
        t.Note,
        t.Order,
        t.OutsideSignal,
        t.Payment,
        t.Project,
        t.Quote,
        t.Skill,
    ):
        assert len(farsail.rows(model)) > 250, model.__name__


def test_the_organisation_knows_its_day_and_its_default_rep(farsail: Company) -> None:
    organisation = farsail.rows(t.Organisation)[0]
    assert (organisation.id, organisation.kind) == ("farsail", "demo")
    assert organisation.demo_day == TODAY
    assert organisation.default_person_id == REP


def test_everything_says_that_it_is_demo(farsail: Company) -> None:
    for name in t.__all__:
        model = getattr(t, name)
        if "source" in getattr(model, "model_fields", {}) and hasattr(model, "__table__"):
            assert {row.source for row in farsail.rows(model)} <= {"demo"}, name


def test_every_reference_leads_somewhere(farsail: Company) -> None:
    known = {
        "manager_id": t.Person,
        "region_id": t.Region,
        "owner_id": t.Person,
        "customer_id": t.Customer,
        "opportunity_id": t.Opportunity,
        "product_id": t.Product,
        "contract_id": t.Contract,
        "interaction_id": t.Interaction,
        "store_id": t.Store,
        "person_id": t.Person,
        "project_id": t.Project,
        "factor_id": t.Factor,
    }
    ids = {model: set(farsail.by_id(model)) for model in set(known.values())}
    for name in t.__all__:
        model = getattr(t, name)
        for column in known.keys() & set(getattr(model, "model_fields", {})):
            if getattr(model, "__table__", None) is None:
                continue
            used = {getattr(row, column) for row in farsail.rows(model)} - {None}
            assert used <= ids[known[column]], (name, column)
    contacts = farsail.by_id(t.Contact)
    for model in (t.Interaction, t.CalendarEvent):
        for row in farsail.rows(model):
            assert {contacts[key].customer_id for key in row.contact_ids} <= {row.customer_id}
    for row in farsail.rows(t.Interaction):
        assert set(row.person_ids) <= ids[t.Person]


def test_owner_and_region_are_those_of_the_customer(farsail: Company) -> None:
    customers = farsail.by_id(t.Customer)
    own_diary_or_words = {t.CalendarEvent, t.InteractionText, t.Note, t.Store}
    for name in t.__all__:
        model = getattr(t, name)
        fields = getattr(model, "model_fields", {})
        if model in own_diary_or_words or not {"customer_id", "owner_id"} <= set(fields):
            continue
        for row in farsail.rows(model):
            customer = customers[row.customer_id]
            assert (row.owner_id, row.region_id) == (customer.owner_id, customer.region_id), row.id
    deals = farsail.by_id(t.Opportunity)
    for row in farsail.rows(t.StageChange):
        deal = deals[row.opportunity_id]
        assert (row.owner_id, row.region_id) == (deal.owner_id, deal.region_id)


def test_words_and_notes_belong_to_their_author(farsail: Company) -> None:
    talks, customers = farsail.by_id(t.Interaction), farsail.by_id(t.Customer)
    foreign = set()
    for row in farsail.rows(t.InteractionText):
        talk = talks[row.interaction_id]
        assert talk.person_ids == [row.owner_id]
        assert (row.customer_id, row.occurred_at) == (talk.customer_id, talk.occurred_at)
        if row.owner_id != customers[row.customer_id].owner_id:
            foreign.add(row.owner_id)
    # After a hand-over the words stay with those who left.
    people = farsail.by_id(t.Person)
    assert foreign
    assert all(people[key].left_on is not None for key in foreign)
    share = len(farsail.rows(t.InteractionText)) / len(talks)
    assert 0.4 < share < 0.65


def test_nothing_happens_in_the_future(farsail: Company) -> None:
    early = []
    for name in t.__all__:
        model = getattr(t, name)
        if "org_id" not in getattr(model, "model_fields", {}) or not hasattr(model, "__table__"):
            continue
        for column in table_of(model).columns:
            if (model, column.name) in AHEAD:
                continue
            limit: Any = None
            if isinstance(column.type, Date):
                # A disturbance of today has begun; every other day is over.
                limit = TODAY if model is t.StoreEvent else TODAY - timedelta(days=1)
            elif isinstance(column.type, UtcDateTime):
                limit = NOW
            if limit is None:
                continue
            values = [getattr(row, column.name) for row in farsail.rows(model)]
            newest = max((value for value in values if value is not None), default=limit)
            if newest > limit:
                early.append((name, column.name, newest))
    assert early == []


def test_the_dirt_of_real_data_is_there(farsail: Company) -> None:
    customers, contacts = farsail.rows(t.Customer), farsail.rows(t.Contact)
    half_a_year = NOW - timedelta(days=180)
    assert any(p.left_on for p in farsail.rows(t.Person))
    assert all(customer.duplicate_of is None for customer in customers)
    assert any(c.verified_at and c.verified_at < half_a_year for c in contacts)
    assert any(c.verified_at is None for c in contacts)
    assert any(c.status == "left" and c.left_on for c in contacts)
    assert any(c.phone is None and c.email is None for c in contacts)
    posts = Counter((c.customer_id, c.title) for c in contacts if c.status == "active")
    assert any(count > 1 for count in posts.values()), "two people claim the same post"
    assert any(c.annual_revenue_minor is None for c in customers)
    assert any(c.country == "CN" and c.currency != "CNY" for c in customers)
    deals = farsail.rows(t.Opportunity)
    home = {c.id: c.currency for c in customers if c.country == "CN"}
    assert any(home.get(d.customer_id) and d.currency != "CNY" for d in deals)
    assert any(d.amount_minor is None for d in deals)
    late = [d for d in deals if d.stage in OPEN_STAGES and d.expected_close_on < TODAY]
    assert late
    assert any(talk.summary is None for talk in farsail.rows(t.Interaction))
    assert any(p.status == "overdue" and p.due_on < TODAY for p in farsail.rows(t.Payment))
    assert any(c.valid_until < TODAY for c in farsail.rows(t.Certificate))
    places: dict[str, set[str]] = defaultdict(set)
    for event in farsail.rows(t.CalendarEvent):
        if event.kind == "visit":
            places[event.customer_id].add(event.location)
    assert any(len(found) > 1 for found in places.values()), "an address that is disputed"


def test_nobody_can_be_called_or_written_to(farsail: Company) -> None:
    for contact in farsail.rows(t.Contact):
        assert contact.email is None or contact.email.endswith(".example")
        assert contact.phone is None or contact.phone.startswith(("161", "+"))
    for person in farsail.rows(t.Person):
        assert person.email.endswith("@farsail.example")
        assert person.phone.startswith("154")
        assert len(person.phone) == 11


def test_the_pool_speaks_languages_and_worked_together(farsail: Company) -> None:
    skills = Counter((row.kind, row.name) for row in farsail.rows(t.Skill))
    assert skills["language", "越南语"] >= 4
    assert {kind for kind, _ in skills} == {"skill", "language", "vertical", "regulation"}
    teams: dict[str, set[str]] = defaultdict(set)
    for row in farsail.rows(t.ProjectMember):
        assert row.person_id not in teams[row.project_id]
        teams[row.project_id].add(row.person_id)
    assert all(2 <= len(team) <= 7 for team in teams.values())
    pairs = Counter((a, b) for team in teams.values() for a in team for b in team if a < b)
    assert max(pairs.values()) >= 3, "some people met more than once"
    outcomes = {row.outcome for row in farsail.rows(t.Project)}
    assert outcomes == {None, "success", "partial", "failure"}


def test_the_default_rep_has_something_of_everything(farsail: Company) -> None:
    def mine(model: type[SQLModel]) -> list[Row[Any]]:
        return [row for row in farsail.rows(model) if row.owner_id == REP]

    assert sum(row.short_name is not None for row in mine(t.Customer)) == 18
    open_deals = [deal for deal in mine(t.Opportunity) if deal.stage in OPEN_STAGES]
    assert {deal.stage for deal in open_deals} == set(OPEN_STAGES)
    assert any(d.stage_entered_at < NOW - timedelta(days=30) for d in open_deals)
    assert any(ticket.status != "closed" for ticket in mine(t.ServiceTicket))
    assert any(payment.status == "overdue" for payment in mine(t.Payment))
    assert any(TODAY <= c.ends_on <= TODAY + timedelta(120) for c in mine(t.Contract))
    assert any(c.status == "left" for c in mine(t.Contact))
    promises = [c for c in mine(t.Commitment) if c.status == "open" and c.due_on]
    assert any(TODAY <= c.due_on <= TODAY + timedelta(14) for c in promises)
    assert any(c.due_on < TODAY for c in promises)
    assert len(mine(t.Note)) > 20
    assert {"zh", "en"} == {talk.language for talk in mine(t.Interaction)}


def test_json_lists_are_lists(farsail: Company) -> None:
    for person in farsail.rows(t.Person):
        assert isinstance(person.aliases, list)
        assert isinstance(person.verticals, list)
    assert json.dumps(farsail.rows(t.OutsideSignal)[0].keywords)
