"""``my_day`` over a real database."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from prompts.library import render
from storage import tables as t
from storage.identity import Caller
from storage.vocabulary import Stage
from tests.integration.tool_world import (
    CHEN,
    CRO,
    EMPTY,
    FINANCE,
    LI,
    ORG,
    RENHE,
    TODAY,
    WANG,
    World,
    at,
    context,
    owned,
)
from tools.artifact import Artifact, Problem, Refusal
from tools.context import Language
from tools.diary.schemas import Day
from tools.diary.service import fetch_day

TOMORROW = TODAY + timedelta(1)
MONDAY = TODAY + timedelta(2)


async def ask(world: World, caller: Caller = WANG, **args: Any) -> Artifact:
    return await fetch_day(context(caller), database=world.database, linker=world.linker, **args)


async def day(world: World, caller: Caller = WANG, **args: Any) -> Day:
    result = await ask(world, caller, **args)
    assert isinstance(result, Day)
    return result


def words(result: Day, language: Language = "zh") -> str:
    return render("day", language, result.model_dump(mode="json"))


def event(key: str, on: date, start: int, end: int, **more: Any) -> t.CalendarEvent:
    values = {"title": key, "starts_at": at(on, start), "ends_at": at(on, end)}
    return t.CalendarEvent(**owned(key), **(values | more))


async def test_tomorrow_has_its_meeting_and_what_it_needs(world: World) -> None:
    result = await day(world, day=TOMORROW.isoformat())
    assert [(e.customer, e.text, e.people) for e in result.events] == [
        ("仁和医院", "续约谈判", ["王建国"])
    ]
    assert [(p.text, p.days) for p in result.promises] == [("一周内给三家比价表", -11)]
    assert [(d.text, d.urgency, d.days, d.limit) for d in result.deals] == [
        ("CT 升级", "stuck", 23, 14)
    ]
    assert [ticket.source for ticket in result.tickets] == ["工单 T-0031"]
    assert result.first is not None
    assert (result.first.code, result.first.about) == ("promise_before_meeting", "com-1")
    text = words(result)
    assert text.startswith("**11月22日（周日，明天）**：1 个安排")
    assert "14:00–15:30 拜访 **仁和医院**（重点客户）：续约谈判" in text
    assert "先兑现承诺「一周内给三家比价表」（⚠逾期 11 天）" in text
    assert "keep the promise “一周内给三家比价表” (⚠ 11 days overdue)" in words(result, "en")
    assert [(f.kind, f.id) for f in result.focus] == [("customer", RENHE)]


async def test_an_empty_day_is_called_empty_and_names_the_next_entry(world: World) -> None:
    result = await day(world)
    assert result.day == TODAY
    assert result.events == []
    assert "日程是空的" in words(result)
    assert "下一个安排：11月22日（明天） 14:00–15:30 拜访 **仁和医院**" in words(result)


async def test_nothing_at_all_is_said_plainly(world: World) -> None:
    result = await day(world, LI)
    assert (result.events, result.promises, result.deals, result.first) == ([], [], [], None)
    assert result.next_event is None
    assert "日程是空的" in words(result)
    assert "你名下没有到期的承诺，也没有要推的商机" in words(result)
    assert "the diary is empty" in words(result, "en")


async def test_the_past_asks_for_nothing(world: World) -> None:
    world.add(event("昨天的会", TODAY - timedelta(1), 9, 10, status="done"))
    result = await day(world, day=(TODAY - timedelta(1)).isoformat())
    assert result.past
    assert [e.status for e in result.events] == ["done"]
    assert (result.promises, result.deals, result.first, result.gaps) == ([], [], None, [])
    assert "昨天" in words(result)


async def test_clashes_travel_and_gaps(world: World) -> None:
    world.add(
        event("一", MONDAY, 9, 10, customer_id=RENHE, location="甲"),
        event("二", MONDAY, 10, 12, customer_id=EMPTY, location="乙"),
        event("三", MONDAY, 11, 13),
        event("四", MONDAY, 9, 18, status="cancelled"),
    )
    result = await day(world, day=MONDAY.isoformat())
    assert [(c.first, c.second, c.minutes) for c in result.clashes] == [
        ("空白科技有限公司", "三", 60)
    ]
    assert [(c.minutes, c.needed) for c in result.tight] == [(0, 30)]
    assert [(g.starts_at.hour, g.ends_at.hour) for g in result.gaps] == [(13, 18)]
    assert result.first is not None
    assert result.first.code == "clash"
    text = words(result)
    assert "3 个安排" in text
    assert "（已取消）" in text
    assert "⚠ 撞时间" in text
    assert "空档：13:00–18:00" in text


async def test_a_week_is_grouped_by_day(world: World) -> None:
    world.add(event("周会", MONDAY, 9, 10, kind="internal"))
    result = await day(world, day=TODAY.isoformat(), days=7)
    text = words(result)
    assert text.startswith(
        "**11月21日（周六）起 7 天，到 11月27日（周五）**：2 个安排（内部会 1、拜访 1）"
    )
    assert text.index("**11月22日（周日）**") < text.index("**11月23日（周一）**")
    assert result.gaps == []
    assert "Mon 23 Nov" in words(result, "en")


async def test_deals_are_ordered_by_urgency_and_cut(world: World) -> None:
    for number in range(9):
        world.add(
            t.Opportunity(
                **owned(f"opp-c{number}"),
                customer_id=RENHE,
                name=f"收尾 {number}",
                stage=Stage.NEGOTIATING,
                amount_minor=number,
                expected_close_on=TODAY + timedelta(number - 1),
            )
        )
    result = await day(world)
    assert [d.urgency for d in result.deals] == ["close_overdue"] + ["closing"] * 4
    assert result.more["deals"] == 5
    assert "还有 5 条未列出" in words(result)


async def test_promises_not_yet_due_wait_for_their_day(world: World) -> None:
    world.add(
        t.Commitment(
            **owned("com-later"),
            customer_id=RENHE,
            text="下周给方案",
            made_at=at(TODAY, 8),
            due_on=TODAY + timedelta(5),
        )
    )
    assert [p.id for p in (await day(world)).promises] == ["com-1"]
    week = await day(world, day=TODAY.isoformat(), days=7)
    assert [(p.id, p.days) for p in week.promises] == [("com-later", 5), ("com-1", -11)]


async def test_the_latest_promises_are_not_hidden_behind_old_ones(world: World) -> None:
    for number in range(60):
        world.add(
            t.Commitment(
                **owned(f"com-old{number}"),
                customer_id=RENHE,
                text="旧承诺",
                made_at=at(TODAY, 8),
                due_on=TODAY - timedelta(200 + number),
            )
        )
    result = await day(world)
    assert [p.id for p in result.promises][:2] == ["com-1", "com-old0"]
    assert result.more["promises"] == -1
    assert "还有更多未列出" in words(result)


async def test_a_manager_may_ask_for_the_teams_key_meetings(world: World) -> None:
    world.add(
        event("小事", TOMORROW, 9, 10, customer_id=EMPTY),
        event("内部", TOMORROW, 9, 10),
        t.CalendarEvent(
            id="evt-li",
            org_id=ORG,
            owner_id="per-li",
            region_id="reg-south",
            customer_id="cus-shen",
            title="别的区",
            starts_at=at(TOMORROW, 9),
            ends_at=at(TOMORROW, 10),
        ),
    )
    result = await day(world, CHEN, day=TOMORROW.isoformat(), scope="team")
    assert [(e.owner, e.customer, e.why) for e in result.team] == [
        ("王芳", "仁和医院", "complaint")
    ]
    assert "王芳 14:00–15:30" in words(result)
    mine = await day(world, CHEN, day=TOMORROW.isoformat())
    assert (mine.team, mine.events) == ([], [])
    assert "团队重点会面" not in words(mine)
    everyone = await day(world, CRO, day=TOMORROW.isoformat(), scope="team")
    assert [e.owner for e in everyone.team] == ["王芳"]


@pytest.mark.parametrize(("caller", "ask_whom"), [(WANG, "陈刚"), (FINANCE, None)])
async def test_others_may_not_see_the_teams_diary(
    world: World, caller: Caller, ask_whom: str | None
) -> None:
    result = await ask(world, caller, scope="team")
    assert isinstance(result, Refusal)
    assert (result.reason, result.ask) == ("team_diary", ask_whom)


async def test_nobody_sees_a_foreign_diary_by_default(world: World) -> None:
    for caller in (LI, CHEN, FINANCE, CRO):
        assert (await day(world, caller, day=TOMORROW.isoformat())).events == []


async def test_without_l1_names_in_the_own_diary_are_masked(world: World) -> None:
    world.add(
        t.CalendarEvent(
            id="evt-fin",
            org_id=ORG,
            owner_id=FINANCE.person_id,
            customer_id=RENHE,
            title="和王建国对账 13912345678",
            starts_at=at(TOMORROW, 9),
            ends_at=at(TOMORROW, 10),
            contact_ids=["con-wang"],
        )
    )
    result = await day(world, FINANCE, day=TOMORROW.isoformat())
    shown = json.dumps(result.model_dump(mode="json"), ensure_ascii=False)
    assert "王建国" not in shown
    assert "13912345678" not in shown
    assert result.events[0].people == ["王**"]
    assert result.events[0].text == "和王**对账 139****5678"


async def test_names_in_the_diary_are_listed_for_egress(world: World) -> None:
    result = await day(world, day=TOMORROW.isoformat())
    assert {item.text for item in result.sensitive} == {"王建国"}


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"day": "明天"}, "bad_day"),
        ({"day": "2026-02-30"}, "bad_day"),
        ({"day": "9999-12-31"}, "bad_day"),
        ({"days": 0}, "bad_days"),
        ({"days": 32}, "bad_days"),
    ],
)
async def test_impossible_days_are_a_problem(
    world: World, args: dict[str, Any], reason: str
) -> None:
    result = await ask(world, **args)
    assert isinstance(result, Problem)
    assert result.reason == reason


async def test_a_day_begins_and_ends_in_the_callers_zone(world: World) -> None:
    world.add(event("早班", TOMORROW, 0, 1))
    london = Caller(WANG.person_id, ORG, WANG.name, WANG.role, timezone="Europe/London")
    abroad = await fetch_day(context(london), database=world.database, linker=world.linker)
    assert isinstance(abroad, Day)
    # 00:00 in Shanghai is 16:00 of the day before in London.
    assert "早班" in [e.text for e in abroad.events]
    assert "16:00–17:00" in words(abroad)
