"""Direct answers of ``fetch_customer_brief``: totals, what is owed, what is open, where it is."""

from datetime import timedelta
from typing import Any

import pytest

from prompts.library import render
from storage import tables as t
from storage.identity import Caller
from storage.vocabulary import Stage
from tests.integration.tool_world import (
    CRO,
    EMPTY,
    FINANCE,
    LI,
    ORG,
    RENHE,
    TODAY,
    WANG,
    World,
    ago,
    context,
    owned,
)
from tools.artifact import Refusal
from tools.context import Language
from tools.customers.schemas import CustomerBrief, Section
from tools.customers.service import fetch_brief
from tools.linking.service import Linker


async def told(
    world: World,
    *sections: Section,
    customer: str = EMPTY,
    caller: Caller = WANG,
    language: Language = "zh",
) -> tuple[CustomerBrief, str]:
    """The brief and its words."""
    result = await fetch_brief(
        context(caller, language),
        database=world.database,
        linker=Linker(world.database),
        customer=customer,
        sections=sections or None,
    )
    assert isinstance(result, CustomerBrief)
    return result, render(result.kind, language, result.model_dump(mode="json"))


def deal(key: str, stage: Stage = Stage.ENGAGING, **more: Any) -> t.Opportunity:
    return t.Opportunity(
        **owned(key), **({"customer_id": EMPTY, "name": key, "stage": stage} | more)
    )


@pytest.mark.parametrize(
    ("amounts", "zh", "en"),
    [
        ([None, None], "2 个在谈，金额都未知", "2, amounts unknown"),
        (
            [None, 100_00, 200_00],
            "3 个在谈：2 个已知金额，合计 ¥300；1 个金额未知",
            "3: 2 with known amounts worth CNY 300, 1 unknown",
        ),
        ([100_00, 200_00], "2 个在谈，合计 ¥300", "2 worth CNY 300"),
        ([None] * 30, "30 个在谈，金额都未知", "30, amounts unknown"),
    ],
    ids=["none", "some", "all", "counted by the database"],
)
async def test_unknown_amounts_are_not_nothing(
    world: World, amounts: list[int | None], zh: str, en: str
) -> None:
    world.add(*(deal(f"d{i}", amount_minor=amount) for i, amount in enumerate(amounts)))
    assert zh in (await told(world, "deals"))[1]
    text = (await told(world, "deals", language="en"))[1]
    assert en in text
    assert "CNY 0" not in text


async def test_a_lost_deal_is_worth_nothing_that_could_be_told(world: World) -> None:
    world.add(deal("lost-1", Stage.LOST, amount_minor=0, currency="USD", closed_at=ago(3)))
    _, text = await told(world, "deals", language="en")
    assert "ended: lost-1, lost 18 Nov (3 days ago)" in text
    assert "USD 0" not in text


async def shared(world: World) -> None:
    """李强 has worked on 王芳's customer and may read it."""
    world.add(
        t.CustomerShare(
            id="shr-1", org_id=ORG, owner_id="per-li", region_id="reg-south", customer_id=RENHE
        ),
        t.Opportunity(
            id="opp-li",
            org_id=ORG,
            owner_id="per-li",
            region_id="reg-south",
            customer_id=RENHE,
            name="李强做成的单",
            stage=Stage.WON,
            amount_minor=100_00,
            closed_at=ago(30),
        ),
    )


async def test_who_shares_a_customer_is_not_told_that_there_is_nothing(world: World) -> None:
    await shared(world)
    result, text = await told(world, customer="仁和医院", caller=LI)
    assert result.partial
    assert "**你能看到的范围内没有记录**：承诺" in text
    assert "CT 升级" not in text
    assert "已结束：李强做成的单，赢单" in text
    assert "opp-li" in [citation.id for citation in result.citations]
    _, english = await told(world, customer="仁和医院", caller=LI, language="en")
    assert "**Nothing on record that you can see**: Commitments" in english
    assert "no open deals that you can see" in english
    _, detail = await told(world, "deals", customer="仁和医院", caller=LI)
    assert "你能看到的范围内没有在谈的商机" in detail


async def test_who_sees_everything_is_told_that_there_is_nothing(world: World) -> None:
    result, text = await told(world, caller=CRO)
    assert not result.partial
    assert "**没有记录**：" in text
    assert "能看到" not in text


async def test_where_a_customer_is_and_what_is_imported_of_it(world: World) -> None:
    world.add(
        t.Customer(
            **owned("cus-hot"),
            name="Hottechi",
            country="KR",
            founded_year=1997,
            employees=16499,
            annual_revenue_minor=8_170_380_000_00,
            currency="USD",
            parent_id=RENHE,
        )
    )
    _, text = await told(world, customer="Hottechi", language="en")
    assert "South Korea" in text.splitlines()[0]
    assert "16499 employees · annual revenue USD 8,170,380,000 · founded 1997" in text
    assert "part of 仁和医院" in text
    _, detail = await told(world, "overview", customer="Hottechi")
    assert "韩国（城市未知）" in detail
    assert "1997 年成立" in detail
    assert "上级单位 仁和医院" in detail


async def test_a_parent_out_of_sight_is_not_named(world: World) -> None:
    world.add(t.Customer(**owned("cus-sub"), name="子公司", parent_id="cus-shen"))
    result, text = await told(world, customer="子公司")
    assert result.overview is not None
    assert result.overview.parent is None
    assert "申江" not in text


def payment(key: str, amount: int, days: int, **more: Any) -> t.Payment:
    due = TODAY + timedelta(days)
    return t.Payment(**owned(key), customer_id=EMPTY, amount_minor=amount, due_on=due, **more)


async def test_what_a_customer_owes_comes_first_with_its_sum(world: World) -> None:
    world.add(
        payment("p1", 100_00, -81, status="overdue"),
        payment("p2", 200_00, 30),
        payment("p3", 400_00, -400, status="paid", paid_on=TODAY),
        *(payment(f"q{i}", 1_00, -1, currency="USD") for i in range(25)),
    )
    result, text = await told(world, "contracts")
    assert [(d.currency, d.count, d.amount_minor) for d in result.debts] == [
        ("CNY", 2, 300_00),
        ("USD", 25, 25_00),
    ]
    assert "⚠ 还有 2 笔没付，合计 ¥300；其中逾期 1 笔，¥100，最久 81 天。" in text
    english = (await told(world, "contracts", language="en"))[1]
    assert "2 payments are open, CNY 300 in all; 1 overdue, CNY 100, the oldest for 81" in english
    assert "25 overdue, USD 25, the oldest for 1 day." in english


async def test_nothing_owed_and_nothing_known_are_two_answers(world: World) -> None:
    assert "有没有欠款未知" in (await told(world, "contracts"))[1]
    world.add(payment("p3", 400_00, -40, status="paid", paid_on=TODAY))
    assert "没有欠款" in (await told(world, "contracts"))[1]
    english = (await told(world, "contracts", caller=CRO, language="en"))[1]
    assert "Nothing is owed: no payment on record is open." in english


async def test_open_complaints_come_before_the_last_closed_one(world: World) -> None:
    world.add(
        t.ServiceTicket(
            **owned("t1"), customer_id=EMPTY, number="T-1", kind="complaint", title="旧投诉",
            status="closed", opened_at=ago(9), closed_at=ago(8),
        ),
        t.ServiceTicket(
            **owned("t2"), customer_id=EMPTY, number="T-2", title="坏", opened_at=ago(1),
        ),
    )  # fmt: skip
    _, text = await told(world, "tickets")
    assert "没有未关闭的投诉；其他未关闭工单 1 张。" in text
    assert text.index("没有未关闭的投诉") < text.index("上次投诉")
    _, english = await told(world, "tickets", customer="仁和医院", language="en")
    assert "⚠ 1 complaint is open; no other ticket is open." in english


async def test_promises_of_ours_that_are_not_kept_lead(world: World) -> None:
    for key, by, status, days in (
        ("kept", "us", "kept", -9),
        ("theirs", "customer", "open", -8),
        ("late", "us", "open", -2),
        ("soon", "us", "open", 5),
    ):
        world.add(
            t.Commitment(
                **owned(key), customer_id=EMPTY, text=key, by=by, status=status,
                made_at=ago(20), due_on=TODAY + timedelta(days),
            )
        )  # fmt: skip
    _, text = await told(world, "commitments")
    assert "我方还有 2 条没兑现，其中 1 条逾期；客户还有 1 条没兑现。" in text
    places = [text.index(f"：{key}") for key in ("late", "soon", "theirs", "kept")]
    assert places == sorted(places)
    assert "已了结：" in text
    english = (await told(world, "commitments", language="en"))[1]
    assert "We still owe 2, 1 of them overdue; the customer still owes 1." in english


async def test_that_no_visit_is_planned_is_said_on_the_screen(world: World) -> None:
    assert "**下次见面**：你能看到的日程里还没有约" in (await told(world))[1]
    english = (await told(world, caller=CRO, language="en"))[1]
    assert "**Next meeting**: nothing in the diary yet" in english


async def test_english_readers_get_english_names_and_others_do_not(world: World) -> None:
    with world.database.system("test rows") as session:
        for model, key, name in (
            (t.Person, "per-wang", "Fang Wang"),
            (t.Region, "reg-east", "East China"),
            (t.Customer, RENHE, "Renhe Hospital"),
        ):
            row = session.get(model, key)
            assert row is not None
            row.english_name = name
            if isinstance(row, t.Customer):
                row.industry = "machinery"
    result, text = await told(world, customer="仁和", language="en")
    assert text.startswith("**Renhe Hospital** · machinery manufacturing")
    assert "owner Fang Wang (East China)" in text.splitlines()[0]
    assert [(f.kind, f.name) for f in result.focus] == [("customer", "仁和医院")]
    _, chinese = await told(world, customer="仁和")
    assert chinese.startswith("**仁和医院** · 机械制造")
    assert "王芳（华东）" in chinese.splitlines()[0]
    refused = await fetch_brief(
        context(FINANCE, "en"),
        database=world.database,
        linker=world.linker,
        customer="仁和",
        sections=["next_meeting"],
    )
    assert isinstance(refused, Refusal)
    assert refused.ask == "Fang Wang"


async def test_a_short_name_within_the_name_is_left_out(world: World) -> None:
    world.add(t.Customer(**owned("cus-dt"), name="Dai Tin Auto JSC", short_name="Dai Tin Auto"))
    assert "(Dai Tin Auto)" not in (await told(world, customer="Dai Tin Auto", language="en"))[1]


@pytest.mark.parametrize(
    ("language", "place"), [("zh", "风险与机会 · "), ("en", "Risks and chances · ")]
)
async def test_citations_speak_the_readers_language(
    world: World, language: Language, place: str
) -> None:
    result, _ = await told(world, customer="仁和医院", language=language)
    assert result.citations[0].locator.startswith(place)


async def test_one_currency_stands_in_the_head_of_the_table(world: World) -> None:
    world.add(deal("a", amount_minor=1), deal("b", amount_minor=2))
    [table] = (await told(world, "deals"))[0].tables
    assert [c.key for c in table.columns if c.key in ("amount", "currency")] == ["amount"]
    assert all(len(row) == len(table.columns) for row in table.rows)
    world.add(deal("c", amount_minor=3, currency="USD"))
    [table] = (await told(world, "deals"))[0].tables
    assert "currency" in [c.key for c in table.columns]
    assert all(len(row) == len(table.columns) for row in table.rows)


async def test_a_contract_that_is_over_is_not_told_to_end(world: World) -> None:
    world.add(
        t.Contract(
            **owned("c1"), customer_id=EMPTY, number="H-1", amount_minor=1, status="ended",
            ends_on=TODAY - timedelta(3),
        )
    )  # fmt: skip
    assert "已到期（到期日 11月18日，3 天前）" in (await told(world, "contracts"))[1]
    assert "ended 18 Nov (3 days ago)" in (await told(world, "contracts", language="en"))[1]
