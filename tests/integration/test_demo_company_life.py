"""What happens in the demo company: deals, diaries, talks, promises and money agree."""

import itertools
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from storage import tables as t
from storage.demo.writing import table_of
from storage.vocabulary import OPEN_STAGES, Grade, InteractionKind, Role, Stage
from tests.integration.demo_kit import NOW, REP, TODAY, Company


def test_stage_history_has_no_gap_and_agrees_with_the_deal(farsail: Company) -> None:
    stays: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in farsail.rows(t.StageChange):
        stays[row.opportunity_id].append(row)
    open_stages = Counter()
    for deal in farsail.rows(t.Opportunity):
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


def test_some_deals_are_stuck_and_have_no_next_step(farsail: Company) -> None:
    old = NOW - timedelta(days=45)
    open_deals = [deal for deal in farsail.rows(t.Opportunity) if deal.stage in OPEN_STAGES]
    stuck = [deal for deal in open_deals if deal.stage_entered_at < old]
    assert len(stuck) > 60
    assert any(deal.next_step is None for deal in stuck)


def test_every_rep_has_a_visit_tomorrow_and_something_on_each_day(farsail: Company) -> None:
    start = NOW.replace(hour=16, minute=0)  # midnight in Shanghai
    seen: dict[str, Counter[int]] = defaultdict(Counter)
    visits, past = set(), Counter()
    for event in farsail.rows(t.CalendarEvent):
        ahead = (event.starts_at - start) // timedelta(days=1)
        seen[event.owner_id][ahead] += 1
        if ahead == 1 and event.kind == "visit":
            visits.add(event.owner_id)
        if ahead >= 0:
            assert event.status == "planned"
        else:
            past[event.status] += 1
        assert -60 <= ahead <= 21
        assert event.starts_at < event.ends_at
    assert past.keys() == {"done", "cancelled"}
    assert past["done"] > 5 * past["cancelled"]
    reps = [p.id for p in farsail.rows(t.Person) if p.role == Role.REP and p.active]
    assert set(reps) <= visits
    for rep in reps:
        assert all(seen[rep][day] for day in range(22)), rep
    assert seen[REP][0] >= 3
    assert seen[REP][1] >= 3


def test_nobody_is_in_two_places_at_once_in_a_planned_day(farsail: Company) -> None:
    plans: dict[str, list[Row[Any]]] = defaultdict(list)
    for event in farsail.rows(t.CalendarEvent):
        if event.status == "planned":
            plans[event.owner_id].append(event)
    for mine in plans.values():
        mine.sort(key=lambda event: event.starts_at)
        for event, after in itertools.pairwise(mine):
            assert event.ends_at <= after.starts_at, (event.id, after.id)


def test_past_visits_in_the_diary_really_took_place(farsail: Company) -> None:
    happened = {
        (talk.person_ids[0], talk.customer_id, talk.occurred_at)
        for talk in farsail.rows(t.Interaction)
        if talk.kind in (InteractionKind.VISIT, InteractionKind.CALL, InteractionKind.MEETING)
    }
    past = [e for e in farsail.rows(t.CalendarEvent) if e.status == "done" and e.customer_id]
    assert len(past) > 500
    assert all((e.owner_id, e.customer_id, e.starts_at) in happened for e in past)


def test_summaries_are_varied_and_bilingual(farsail: Company) -> None:
    talks = [talk for talk in farsail.rows(t.Interaction) if talk.summary]
    assert len({talk.summary for talk in talks}) / len(talks) > 0.95
    words = farsail.rows(t.InteractionText)
    assert len({row.text for row in words}) / len(words) > 0.98
    english = [talk for talk in talks if talk.language == "en"]
    assert 0.08 < len(english) / len(talks) < 0.3
    assert all(sum("一" <= sign <= "鿿" for sign in talk.summary) == 0 for talk in english[:500])
    starts = Counter(talk.summary[:4] for talk in talks)
    assert max(starts.values()) / len(talks) < 0.06


def test_people_worry_about_price_delivery_competitors_and_budget(farsail: Company) -> None:
    text = "\n".join(talk.summary or "" for talk in farsail.rows(t.Interaction))
    for word in ("价", "交期", "预算", "法务", "付款", "样机", "budget", "price"):
        assert text.count(word) > 100, word
    rivals = {row.competitor for row in farsail.rows(t.CompetitorPresence)}
    assert len(rivals) >= 12
    named = {rival: text.count(rival) for rival in rivals}
    assert min(named.values()) >= 3, named
    assert sum(named.values()) > 2000


def test_promises_come_from_a_talk_and_end_one_way_or_another(farsail: Company) -> None:
    talks = farsail.by_id(t.Interaction)
    rows = farsail.rows(t.Commitment)
    assert len(rows) > 3000
    for row in rows:
        assert row.made_at == talks[row.interaction_id].occurred_at
        assert row.due_on is None or row.due_on > row.made_at.date() - timedelta(days=1)
    assert {row.status for row in rows} == {"open", "kept", "broken", "withdrawn"}
    assert {row.by for row in rows} == {"us", "customer"}
    coming = [r for r in rows if r.status == "open" and r.due_on and r.due_on >= TODAY]
    assert len(coming) > 50


def test_money_adds_up(farsail: Company) -> None:
    paid: dict[str, int] = defaultdict(int)
    for payment in farsail.rows(t.Payment):
        paid[payment.contract_id] += payment.amount_minor
        assert (payment.paid_on is not None) == (payment.status == "paid")
    contracts = farsail.rows(t.Contract)
    deals = farsail.by_id(t.Opportunity)
    for contract in contracts:
        assert paid[contract.id] == contract.amount_minor
        assert deals[contract.opportunity_id].stage == Stage.WON
        assert contract.starts_on < contract.ends_on
    soon = [c for c in contracts if TODAY + timedelta(30) <= c.ends_on <= TODAY + timedelta(180)]
    assert len(soon) > 50
    numbers = [contract.number for contract in contracts]
    assert len(numbers) == len(set(numbers))


def test_a_signed_deal_was_quoted_at_its_price_and_made_a_customer(farsail: Company) -> None:
    quotes: dict[str, list[Row[Any]]] = defaultdict(list)
    for quote in farsail.rows(t.Quote):
        quotes[quote.opportunity_id].append(quote)
        assert 0.0 <= quote.discount < 0.3
    customers = farsail.by_id(t.Customer)
    for contract in farsail.rows(t.Contract):
        versions = sorted(quotes[contract.opportunity_id], key=lambda quote: quote.version)
        assert [quote.status for quote in versions[:-1]] == ["rejected"] * (len(versions) - 1)
        assert versions[-1].status == "accepted"
        assert versions[-1].amount_minor == contract.amount_minor
        assert customers[contract.customer_id].customer_since <= contract.signed_on


def test_what_a_ticket_tells_of_a_talk_is_graded_as_the_talk_is(farsail: Company) -> None:
    graded: dict[str, list[str]] = defaultdict(list)
    for talk in farsail.rows(t.Interaction):
        graded[talk.customer_id].append(talk.summary or "")
    for words in farsail.rows(t.InteractionText):
        graded[words.customer_id].append(words.text)
    table = table_of(t.ServiceTicket)
    copied = Counter()
    for ticket in farsail.rows(t.ServiceTicket):
        for column in ("title", "description"):
            told = getattr(ticket, column).rstrip("。.")
            copied[column] += any(told in text for text in graded[ticket.customer_id])
    assert copied["description"] > 10
    assert table.c.description.info["grade"] is Grade.L2
    assert copied["title"] == 0
