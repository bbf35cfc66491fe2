"""Parts of ``fetch_customer_brief`` in detail, beside the one screen, and how much is read."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from storage import tables as t
from storage.session import PrincipalSession
from storage.vocabulary import InteractionKind, Stage
from tests.integration.brief_kit import brief, words
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
    owned,
)
from tools.context import Language
from tools.customers.schemas import CustomerBrief, Section
from tools.customers.service import brief as read_brief

SECTIONS: tuple[Section, ...] = get_args(Section)


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
    read = counting.sizes
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
        self.sizes: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def read(self, query: Any, /, **values: Any) -> Any:
        return self._counted(self._session.read(query, **values))

    def scalars(self, statement: Any) -> Any:
        return self._counted(self._session.scalars(statement))

    def rows(self, statement: Any) -> Any:
        return self._counted(self._session.rows(statement))

    def _counted(self, found: Any) -> Any:
        self.sizes.append(len(found))
        return found


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
