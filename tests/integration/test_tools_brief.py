"""``fetch_customer_brief`` over a real database: what it says, marks, and leaves unknown."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from prompts.library import render
from storage import tables as t
from storage.session import PrincipalSession
from storage.vocabulary import ContactRole, InteractionKind, Stage
from tests.integration.tool_world import (
    EMPTY,
    NOW,
    RENHE,
    TODAY,
    WANG,
    World,
    ago,
    at,
    context,
    make_world,
    owned,
)
from tools.artifact import Artifact, Choice, Fact, NotFound
from tools.context import Language
from tools.customers.schemas import CustomerBrief, Section
from tools.customers.service import brief as read_brief
from tools.customers.service import fetch_brief

SECTIONS: tuple[Section, ...] = get_args(Section)


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    made = make_world(sqlite_url)
    yield made
    made.close()


async def ask(
    world: World, customer: str = "仁和医院", *sections: Section, language: Language = "zh"
) -> Artifact:
    return await fetch_brief(
        context(WANG, language),
        database=world.database,
        linker=world.linker,
        customer=customer,
        sections=sections or None,
    )


async def brief(world: World, customer: str = "仁和医院", *sections: Section) -> CustomerBrief:
    result = await ask(world, customer, *sections)
    assert isinstance(result, CustomerBrief)
    return result


def words(result: Artifact, language: Language = "zh") -> str:
    return render(result.kind, language, result.model_dump(mode="json"))


def facts(result: CustomerBrief) -> list[Fact]:
    lists = (getattr(result, name) for name in type(result).model_fields)
    return [item for value in lists if isinstance(value, list) for item in value if _is(item)]


def _is(item: Any) -> bool:
    return isinstance(item, Fact)


async def test_the_whole_brief_is_on_one_screen_with_the_gravest_first(world: World) -> None:
    result = await brief(world)
    text = words(result)
    assert len(text.splitlines()) <= 45
    assert [risk.code for risk in result.risks or ()] == [
        "open_complaint",
        "commitment_overdue",
        "stage_stale",
        "contract_ending",
    ]
    assert result.more["risks"] == 1
    order = [
        text.index(word) for word in ("仁和医院", "投诉未关闭", "续约谈判", "王建国**，设备科")
    ]
    assert order == sorted(order)


async def test_every_fact_names_its_source_and_what_it_has_of_a_date(world: World) -> None:
    found = facts(await brief(world))
    assert len(found) >= 12
    assert all(fact.source for fact in found)
    assert all(fact.date is not None for fact in found)
    sources = {fact.source for fact in found}
    assert {"拜访记录 2026-11-03", "合同 HT-2025-031", "工单 T-0031", "采购网"} <= sources


async def test_facts_carry_the_values_of_their_records(world: World) -> None:
    result = await brief(world)
    deals = {deal.text: deal for deal in result.deals or ()}
    assert (deals["CT 升级"].stage_days, deals["CT 升级"].stage_limit) == (23, 14)
    assert (deals["CT 升级"].amount_minor, deals["CT 升级"].currency) == (128_500_000, "CNY")
    assert [(c.text, c.days_left) for c in result.contracts or ()] == [("HT-2025-031", 40)]
    assert [(p.overdue_days, p.due_on) for p in result.commitments or ()] == [
        (11, date(2026, 11, 10))
    ]
    assert [(m.text, m.people) for m in result.next_meeting or ()] == [("续约谈判", ["王建国"])]


async def test_unknown_stays_unknown(world: World) -> None:
    result = await brief(world)
    deal = next(d for d in result.deals or () if d.text == "超声采购")
    assert (deal.stage_days, deal.amount_minor, deal.mark) == (None, None, "missing")
    assert result.overview is not None
    assert result.overview.unknown == ["annual_revenue", "buying_cycle_days"]
    assert "停留天数未知，金额未知，预计成交日未知" in words(result)
    assert "stage age unknown, amount unknown, expected close unknown" in words(result, "en")


async def test_an_empty_customer_is_told_in_three_lines_without_invention(world: World) -> None:
    result = await brief(world, "空白科技")
    assert facts(result) == []
    assert result.risks == []
    text = words(result)
    assert "没有记录**：下次见面、联系人、商机、承诺、工单与投诉、竞品、合同与回款、往来" in text
    assert "还不知道**：行业、客户级别、城市" in text
    assert "no decision" not in words(result, "en")


async def test_stale_contacts_are_marked_and_who_left_comes_last_and_is_no_lead(
    world: World,
) -> None:
    people = (await brief(world, "仁和医院", "people")).people or []
    assert [(p.name, p.lead, p.mark, p.status) for p in people] == [
        ("王建国", True, None, "active"),
        ("李敏", False, "stale", "active"),
        ("赵强", False, None, "left"),
    ]
    text = words(await brief(world, "仁和医院", "people"))
    assert "谁拍板：王建国，设备科主任" in text
    assert "李敏**，影像科主任，13800001111 ⚠久未核实（上次在 10 个月前）" in text
    left = next(line for line in text.splitlines() if "赵强" in line)
    assert "已离职（3月1日，9 个月前），不要再找" in left
    assert "13711112222" not in left


async def test_two_decision_makers_stand_side_by_side(world: World) -> None:
    world.add(
        t.Contact(
            **owned("con-2"),
            customer_id=RENHE,
            name="周院长",
            title="副院长",
            buying_role=ContactRole.DECISION_MAKER,
            verified_at=ago(3),
        )
    )
    result = await brief(world, "仁和医院", "people")
    marks = {p.name: p.mark for p in result.people or ()}
    assert marks["周院长"] == marks["王建国"] == "contradicted"
    [clash] = result.contradictions
    assert clash.code == "decision_makers"
    assert [side.text for side in clash.sides] == [
        "周院长 · 副院长",
        "王建国 · 设备科主任 · 13912345678",
    ]
    assert "谁拍板：记录里有 2 位在职决策人，请核实" in words(result)
    assert "Who decides: 2 active decision makers on record" in words(result, "en")


async def test_other_contradictions_are_shown_with_both_values(world: World) -> None:
    world.add(
        t.Opportunity(
            **owned("opp-usd"),
            customer_id=RENHE,
            name="进口备件",
            stage=Stage.ENGAGING,
            currency="USD",
            amount_minor=100,
        )
    )
    world.add(
        t.CompetitorPresence(
            **owned("riv-2"), customer_id=RENHE, competitor="东软", share=0.8, seen_at=ago(2)
        )
    )
    result = await brief(world)
    sides = {c.code: [side.text for side in c.sides] for c in result.contradictions}
    assert sides == {
        "currency": ["仁和医院 · CNY", "进口备件 · USD"],
        "shares": ["东软 · 80%", "联影 · 35%"],
    }
    assert "说法不一，请核实" in words(result)


async def test_who_left_without_a_successor_is_a_risk_not_a_lead(world: World) -> None:
    world.add(
        t.Opportunity(**owned("opp-e"), customer_id=EMPTY, name="新项目", stage=Stage.ENGAGING),
        t.Contact(
            **owned("con-e"),
            customer_id=EMPTY,
            name="钱工",
            buying_role=ContactRole.DECISION_MAKER,
            status="left",
        ),
    )
    result = await brief(world, "空白科技", "people", "risks")
    assert [r.code for r in result.risks or ()] == ["decision_maker_left", "never_contacted"]
    assert "谁拍板：未知（登记的决策人已离职）" in words(result)


@pytest.mark.parametrize("section", SECTIONS)
async def test_one_section_brings_only_itself(world: World, section: Section) -> None:
    result = await brief(world, "仁和医院", section)
    asked = {name for name in SECTIONS if getattr(result, name) is not None}
    assert asked == {section}
    assert result.detail
    assert getattr(result, section)
    for language in get_args(Language):
        assert 3 <= len(words(result, language).splitlines()) <= 15


async def test_the_last_complaint_is_found_behind_many_newer_tickets(world: World) -> None:
    world.add(
        *(
            t.ServiceTicket(
                **owned(f"tic-n{i}"), customer_id=RENHE, number=f"N-{i}", title="小故障",
                opened_at=ago(i / 10),
            )
            for i in range(60)
        )
    )  # fmt: skip
    world.add(
        t.ServiceTicket(
            **owned("tic-old"),
            customer_id=RENHE,
            number="T-0040",
            kind="complaint",
            title="工程师迟到",
            status="closed",
            opened_at=ago(30),
            closed_at=ago(25),
        )
    )
    result = await brief(world, "仁和医院", "tickets")
    assert result.last_complaint is not None
    assert result.last_complaint.number == "T-0040"
    assert "上次投诉：10月22日（30 天前），工程师迟到，已关闭" in words(result)
    assert result.more["tickets"] == -1
    assert "还有更多未列出" in words(result)


async def test_a_customer_without_complaints_is_told_so(world: World) -> None:
    result = await brief(world, "空白科技", "tickets")
    assert "没有投诉记录" in words(result)
    assert "No complaint on record" in words(result, "en")


async def test_own_words_and_notes_come_with_the_history_and_are_listed_as_private(
    world: World,
) -> None:
    result = await brief(world, "仁和医院", "history")
    private = {item.text for item in result.sensitive if item.kind == "words"}
    assert private == {
        "你们这个价格比联影贵太多了,院长那边我没法交代",
        "王主任私下更看好我们的售后",
    }
    assert all(text in words(result) for text in private)


async def test_everything_personal_that_is_shown_is_listed_for_egress(world: World) -> None:
    result = await brief(world)
    listed = {item.text for item in result.sensitive}
    assert {"王建国", "李敏", "赵强", "13912345678", "13800001111"} <= listed
    dumped = result.model_dump_json(exclude={"sensitive"})
    assert all(item.text in dumped for item in result.sensitive)


async def test_deals_come_as_a_table_with_units(world: World) -> None:
    [table] = (await brief(world)).tables
    assert [(c.key, c.unit) for c in table.columns][:4] == [
        ("opportunity", None),
        ("stage", None),
        ("stage_days", "天"),
        ("amount", "CNY"),
    ]
    assert table.rows[0][:4] == ["CT 升级", "报价", 23, 1_285_000.0]
    assert table.rows[1][2:4] == [None, None]


async def test_citations_point_at_records(world: World) -> None:
    result = await brief(world)
    ids = [citation.id for citation in result.citations]
    assert len(ids) == len(set(ids)) <= 12
    first = result.citations[0]
    assert (first.id, first.title, first.quote) == ("tic-1", "工单 T-0031", "设备频繁报警")


async def test_the_customer_becomes_the_focus(world: World) -> None:
    [focus] = (await brief(world)).focus
    assert (focus.kind, focus.id, focus.name) == ("customer", RENHE, "仁和医院")


async def test_a_guessed_name_is_echoed_first(world: World) -> None:
    result = await brief(world, "人和医院")
    assert result.heard is not None
    assert (result.heard.said, result.heard.meant, result.heard.how) == (
        "人和医院",
        "仁和医院",
        "homophone",
    )
    assert words(result).startswith("按「仁和医院」理解")
    assert words(result, "en").startswith("Taken as “仁和医院”")
    assert (await brief(world, "仁和")).heard is None


async def test_two_customers_of_one_name_are_asked_about(world: World) -> None:
    world.add(t.Customer(**owned("cus-twin"), name="仁和医院", city="杭州"))
    world.add(t.Customer(**owned("cus-x"), name="新客户"))
    organisation = t.Organisation(id="other", name="x")
    world.add(organisation)
    fresh = World(world.database, type(world.linker)(world.database))
    result = await ask(fresh, "仁和医院")
    assert isinstance(result, Choice)
    assert {option.say for option in result.options} == {RENHE, "cus-twin"}
    chosen = await brief(fresh, "cus-twin")
    assert chosen.customer_id == "cus-twin"


@pytest.mark.parametrize("said", ["不存在的公司", "", "   ", "\u202e\u0000", "阿" * 100_000])
async def test_an_unknown_name_is_not_found(world: World, said: str) -> None:
    result = await ask(world, said)
    assert isinstance(result, NotFound)
    assert len(result.name) <= 80


async def test_a_huge_customer_is_read_in_bounded_pieces(world: World) -> None:
    world.add(
        *(
            t.Interaction(
                **owned(f"int-x{i}"),
                customer_id=RENHE,
                kind=InteractionKind.CALL,
                occurred_at=NOW - timedelta(hours=i),
                summary=f"第 {i} 次",
            )
            for i in range(3000)
        )
    )
    world.add(
        *(
            t.Opportunity(
                **owned(f"opp-x{i}"),
                customer_id=RENHE,
                name=f"商机 {i}",
                stage=Stage.ENGAGING,
                amount_minor=100_00,
            )
            for i in range(500)
        )
    )
    world.add(
        *(
            t.Contact(**owned(f"con-x{i}"), customer_id=RENHE, name=f"联系人{i:03}")
            for i in range(200)
        )
    )
    [match] = await world.linker.resolve(WANG, "仁和医院", "customer")
    with world.database.principal(WANG, "customer_brief") as session:
        counting = Counting(session)
        result = read_brief(counting, context(), match, database=world.database)
    read = counting.read
    assert isinstance(result, CustomerBrief)
    assert len(read) <= 12
    assert sum(read) <= 250
    assert len(words(result).splitlines()) <= 50
    assert result.more["deals"] == 499
    assert [(x.count, x.amount_minor) for x in result.deal_totals] == [(502, 133_500_000)]
    assert "第 0 次" in words(result)
    assert "第 2999 次" not in words(result)


class Counting:
    """A session that counts the rows of each query."""

    def __init__(self, session: PrincipalSession) -> None:
        self._session = session
        self.read: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def scalars(self, statement: Any) -> Any:
        return self._counted(self._session.scalars(statement))

    def rows(self, statement: Any) -> Any:
        return self._counted(self._session.rows(statement))

    def _counted(self, rows: Any) -> Any:
        self.read.append(len(rows))
        return rows


async def test_future_and_finished_things_are_not_the_past_or_the_next(world: World) -> None:
    world.add(
        t.Interaction(
            **owned("int-f"), customer_id=RENHE, kind=InteractionKind.CALL, occurred_at=ago(-5)
        ),
        t.CalendarEvent(
            **owned("evt-past"),
            customer_id=RENHE,
            title="旧拜访",
            starts_at=ago(2),
            ends_at=ago(1.9),
        ),
        t.CalendarEvent(
            **owned("evt-off"),
            customer_id=RENHE,
            title="取消的",
            status="cancelled",
            starts_at=at(TODAY, 20),
            ends_at=at(TODAY, 21),
        ),
    )
    result = await brief(world, "仁和医院", "history", "next_meeting")
    assert [touch.id for touch in result.history or ()] == ["int-1"]
    assert [meeting.id for meeting in result.next_meeting or ()] == ["evt-1"]


async def test_overdue_money_and_lapsed_contracts_are_told(world: World) -> None:
    world.add(
        t.Contract(
            **owned("ctr-old"),
            customer_id=RENHE,
            number="HT-2024-001",
            amount_minor=100,
            ends_on=TODAY - timedelta(10),
        ),
        t.Payment(
            **owned("pay-1"),
            customer_id=RENHE,
            contract_id="ctr-1",
            amount_minor=12_500_000,
            due_on=TODAY - timedelta(7),
        ),
        t.Payment(
            **owned("pay-2"),
            customer_id=RENHE,
            amount_minor=1,
            due_on=TODAY - timedelta(70),
            paid_on=TODAY - timedelta(71),
            status="paid",
        ),
    )
    result = await brief(world, "仁和医院", "contracts", "risks")
    found = {(r.code, r.id) for r in result.risks or ()}
    assert {("payment_overdue", "pay-1"), ("contract_lapsed", "ctr-old")} <= found
    assert [p.id for p in result.unpaid] == ["pay-1"]
    text = words(result)
    assert "⚠回款逾期 7 天：¥12.5万" in text
    assert "标为执行中，却已过到期日" in text


async def test_the_screen_leaves_old_and_distant_things_to_the_detail(world: World) -> None:
    world.add(
        *(
            t.ServiceTicket(
                **owned(f"tic-c{i}"),
                customer_id=RENHE,
                number=f"C-{i}",
                title="旧故障",
                status="closed",
                opened_at=ago(100 + i),
                closed_at=ago(99 + i),
            )
            for i in range(3)
        ),
        t.Payment(
            **owned("pay-far"), customer_id=RENHE, amount_minor=1, due_on=TODAY + timedelta(31)
        ),
        t.Payment(
            **owned("pay-near"), customer_id=RENHE, amount_minor=1, due_on=TODAY + timedelta(30)
        ),
        t.OutsideSignal(
            **owned("sig-old"), customer_id=RENHE, kind="news", title="旧闻", published_at=ago(181)
        ),
    )
    screen = await brief(world)
    assert [ticket.number for ticket in screen.tickets or ()] == ["T-0031", "C-0"]
    assert [due.id for due in screen.unpaid] == ["pay-near"]
    assert "旧闻" not in words(screen)
    detail = await brief(world, "仁和医院", "tickets", "contracts", "signals")
    assert len(detail.tickets or ()) == 4
    assert [due.id for due in detail.unpaid] == ["pay-near", "pay-far"]
    assert "旧闻" in words(detail)


async def test_details_of_a_deal_show_quote_and_stages(world: World) -> None:
    world.add(
        t.Quote(
            **owned("quo-1"),
            customer_id=RENHE,
            opportunity_id="opp-ct",
            version=1,
            amount_minor=140_000_000,
        ),
        t.Quote(
            **owned("quo-2"),
            customer_id=RENHE,
            opportunity_id="opp-ct",
            version=2,
            amount_minor=130_000_000,
            discount=0.1,
            valid_until=TODAY + timedelta(10),
        ),
        t.StageChange(
            **owned("stg-1"), opportunity_id="opp-ct", stage=Stage.SOLUTION, entered_at=ago(60),
            left_at=ago(23),
        ),
        t.StageChange(
            **owned("stg-2"), opportunity_id="opp-ct", stage=Stage.QUOTING, entered_at=ago(23)
        ),
        t.Opportunity(
            **owned("opp-lost"), customer_id=RENHE, name="旧 MR", stage=Stage.LOST,
            closed_at=ago(100), loss_reason="价格",
        ),
    )  # fmt: skip
    result = await brief(world, "仁和医院", "deals")
    deal = next(d for d in result.deals or () if d.id == "opp-ct")
    assert deal.offer is not None
    assert (deal.offer.version, deal.offer.discount) == (2, 0.1)
    assert [stay.stage for stay in deal.stays] == ["quoting", "solution"]
    text = words(result)
    assert "方案论证（9月22日起） → 报价（10月29日起）" in text
    assert "旧 MR，丢单" in text
    assert "原因：价格" in text


async def test_a_duplicate_record_says_of_whom(world: World) -> None:
    world.add(t.Customer(**owned("cus-dup"), name="仁和总院", duplicate_of=RENHE))
    fresh = World(world.database, type(world.linker)(world.database))
    result = await brief(fresh, "cus-dup")
    assert "这份档案与「仁和医院」重复" in words(result)


async def test_days_are_those_of_the_callers_zone(world: World) -> None:
    world.add(
        t.Interaction(
            **owned("int-late"),
            customer_id=EMPTY,
            kind=InteractionKind.CALL,
            occurred_at=at(TODAY, 0, 30),
            summary="半夜来电",
        )
    )
    [touch] = (await brief(world, "空白科技", "history")).history or ()
    assert touch.date == TODAY
