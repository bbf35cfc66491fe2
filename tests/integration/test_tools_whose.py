"""Whose calendar ``my_day`` shows, and what it tells of a team."""

from datetime import timedelta
from typing import Any

import pytest

from prompts.library import render
from storage import tables as t
from storage.identity import Caller
from storage.vocabulary import Role, Stage
from tests.integration.tool_world import (
    CHEN,
    CRO,
    FINANCE,
    LI,
    ORG,
    RENHE,
    TODAY,
    WANG,
    World,
    ago,
    at,
    context,
    owned,
)
from tools.artifact import Artifact, Choice, NotFound, Refusal
from tools.context import Language
from tools.diary.schemas import Day
from tools.diary.service import fetch_day
from tools.linking.service import Linker

TOMORROW = TODAY + timedelta(1)
MONDAY_BEFORE = TODAY - timedelta(5)


async def ask(
    world: World, caller: Caller, language: Language = "zh", **args: Any
) -> tuple[Artifact, str]:
    """The result and its words."""
    result = await fetch_day(
        context(caller, language), database=world.database, linker=Linker(world.database), **args
    )
    return result, render(result.kind, language, result.model_dump(mode="json"))


async def day(world: World, caller: Caller, language: Language = "zh", **args: Any) -> Day:
    result, _ = await ask(world, caller, language, **args)
    assert isinstance(result, Day)
    return result


def lis(key: str) -> dict[str, Any]:
    """What rows of 李强's customer carry."""
    return {"id": key, "org_id": ORG, "owner_id": "per-li", "region_id": "reg-south"}


@pytest.mark.parametrize("caller", [CHEN, CRO], ids=lambda c: c.person_id)
async def test_who_leads_a_person_sees_that_calendar_and_no_other(
    world: World, caller: Caller
) -> None:
    world.add(
        t.CalendarEvent(
            id="evt-own",
            org_id=ORG,
            owner_id=caller.person_id,
            title="自己的会",
            starts_at=at(TOMORROW, 9),
            ends_at=at(TOMORROW, 10),
        )
    )
    tomorrow = TOMORROW.isoformat()
    result, text = await ask(world, caller, day=tomorrow, person="王芳", scope="team")
    assert isinstance(result, Day)
    assert [e.text for e in result.events] == ["续约谈判"]
    assert (result.team, result.person, result.scope) == ([], "王芳", "mine")
    assert [p.id for p in result.promises] == ["com-1"]
    assert text.startswith("**王芳的日程 · 11月22日（周日，明天）**：1 个安排")
    assert "自己的会" not in text
    assert "**王芳先办**" in text
    _, english = await ask(world, caller, "en", day=tomorrow, person="王芳")
    assert english.startswith("**Calendar of 王芳 · Sun 22 Nov (tomorrow)**: 1 entry")
    assert "on 22 Nov (tomorrow) at 14:00" in english


@pytest.mark.parametrize(
    ("caller", "person"), [(LI, "王芳"), (FINANCE, "王芳"), (WANG, "陈刚"), (CHEN, "李强")]
)
async def test_a_calendar_out_of_reach_is_refused_by_name(
    world: World, caller: Caller, person: str
) -> None:
    result, text = await ask(world, caller, day=TOMORROW.isoformat(), person=person)
    assert isinstance(result, Refusal)
    assert (result.reason, result.subject) == ("diary", person)
    assert f"你不能看{person}的日程" in text
    assert "续约谈判" not in text


async def test_nobody_of_that_name(world: World) -> None:
    result, _ = await ask(world, CHEN, person="没这人")
    assert isinstance(result, NotFound)
    assert result.what == "person"


@pytest.mark.parametrize("person", ["王芳", "我", "me", "", "per-wang"])
async def test_to_name_oneself_is_to_name_nobody(world: World, person: str) -> None:
    result = await day(world, WANG, person=person)
    assert result.person is None
    assert [d.id for d in result.deals] == ["opp-ct"]


@pytest.mark.parametrize(("caller", "person"), [(WANG, "王芳"), (CHEN, "我")])
async def test_whoever_is_named_is_asked_for_alone(
    world: World, caller: Caller, person: str
) -> None:
    result = await day(world, caller, person=person, scope="team")
    assert (result.scope, result.team_due) == ("mine", [])


async def test_of_two_with_one_name_the_one_in_the_team_is_meant(world: World) -> None:
    world.add(t.Person(id="per-wang2", org_id=ORG, name="王芳", role=Role.REP))
    assert (await day(world, CHEN, person="王芳")).person == "王芳"
    result, _ = await ask(world, CRO, person="王芳")
    assert isinstance(result, Choice)
    assert {option.say for option in result.options} == {"per-wang", "per-wang2"}


async def test_english_readers_get_english_names(world: World) -> None:
    with world.database.system("test rows") as session:
        for model, key, name in (
            (t.Person, "per-wang", "Fang Wang"),
            (t.Person, "per-chen", "Gang Chen"),
            (t.Customer, RENHE, "Renhe Hospital"),
        ):
            row = session.get(model, key)
            assert row is not None
            row.english_name = name
    days = {"day": TOMORROW.isoformat()}
    result, text = await ask(world, CHEN, "en", person="Fang Wang", **days)
    assert text.startswith("**Calendar of Fang Wang · ")
    assert "**Renhe Hospital**" in text
    assert "仁和医院" not in text
    # The conversation goes on with the name that is on record.
    assert [entity.name for entity in result.focus] == ["仁和医院"]
    _, refused = await ask(world, WANG, "en", scope="team")
    assert "please ask Gang Chen" in refused
    _, refused = await ask(world, LI, "en", person="王芳")
    assert "calendar of Fang Wang" in refused


async def test_a_manager_gets_what_presses_in_the_team_and_whose_it_is(world: World) -> None:
    world.add(
        t.Opportunity(
            **lis("opp-li"),
            customer_id="cus-shen",
            name="南区大单",
            stage=Stage.QUOTING,
            stage_entered_at=ago(3399),
            amount_minor=1,
        ),
        t.Commitment(
            **lis("com-li"),
            customer_id="cus-shen",
            text="回访",
            made_at=ago(9),
            due_on=TODAY - timedelta(2),
        ),
    )
    result, text = await ask(world, CHEN, scope="team")
    assert isinstance(result, Day)
    assert [(d.id, d.owner) for d in result.deals] == [("opp-ct", "王芳")]
    assert [(p.id, p.owner) for p in result.promises] == [("com-1", "王芳")]
    assert [(d.owner, d.due, d.overdue) for d in result.team_due] == [("王芳", 1, 1)]
    assert "提醒王芳兑现对 仁和医院 的承诺" in text
    assert "我方到期 1 条，其中逾期 1 条：王芳 1 条（逾期 1）" in text
    assert "没有要推的商机" not in text
    everyone, text = await ask(world, CRO, scope="team")
    assert isinstance(everyone, Day)
    assert {d.owner for d in everyone.deals} == {"王芳", "李强"}
    assert {p.id for p in everyone.promises} == {"com-1", "com-li"}
    assert "停了 9 年（限 14 天）" in text
    own, text = await ask(world, CHEN)
    assert isinstance(own, Day)
    assert (own.deals, own.promises, own.team_due) == ([], [], [])
    assert "你名下没有到期的承诺，也没有要推的商机。要看团队的，请说“团队今天有什么安排”。" in text


async def test_who_leads_nobody_is_told_of_nothing_of_their_own(world: World) -> None:
    _, text = await ask(world, FINANCE, "en")
    assert "No promise of your own is due and no deal of your own needs a push." in text
    assert "team" not in text


async def test_tickets_of_customers_whom_the_team_meets(world: World) -> None:
    result = await day(world, CHEN, day=TOMORROW.isoformat(), scope="team")
    assert [(ticket.id, ticket.customer) for ticket in result.tickets] == [("tic-1", "仁和医院")]


async def test_days_that_are_over_are_summed_up_at_the_end(world: World) -> None:
    for number, status in enumerate(("done", "done", "cancelled")):
        on = MONDAY_BEFORE + timedelta(number)
        world.add(
            t.CalendarEvent(
                **owned(f"evt-p{number}"),
                title=f"旧会{number}",
                starts_at=at(on, 9),
                ends_at=at(on, 10),
                status=status,
            )
        )
    result, text = await ask(world, WANG, day=MONDAY_BEFORE.isoformat(), days=7)
    assert "11月16日（周一）起 7 天，到 11月22日（周日）" in text
    assert "3 个安排（拜访 3），其中 2 个已过去" in text
    assert "旧会" not in text
    assert text.endswith("已过去（11月16日起）：3 个安排，已完成 2 个，已取消 1 个。")
    assert "evt-p0" not in [citation.id for citation in result.citations]
    english = (await ask(world, WANG, "en", day=MONDAY_BEFORE.isoformat(), days=7))[1]
    assert "7 days from Mon 16 Nov to Sun 22 Nov" in english
    assert english.endswith("Already over (from 16 Nov): 3 entries, 2 done, 1 cancelled.")
    # A stretch that is over as a whole is listed as before.
    past = (await ask(world, WANG, day=MONDAY_BEFORE.isoformat(), days=2))[1]
    assert "旧会0" in past


async def test_absence_is_told_beside_appointments_with_the_days_it_is_about(world: World) -> None:
    world.add(
        t.CalendarEvent(
            **lis("evt-li"), title="电话：申江", kind="call",
            starts_at=at(TOMORROW, 9), ends_at=at(TOMORROW, 10),
        )
    )  # fmt: skip
    _, text = await ask(world, LI, days=31)
    assert "到12月21日为止，你名下没有到期的承诺，也没有要推的商机。" in text
    assert "电话：申江" in text
    assert "电话：电话" not in text


async def test_the_reason_of_a_key_meeting_is_not_told_twice(world: World) -> None:
    ticket = t.ServiceTicket
    with world.database.system("test rows") as session:
        row = session.get(ticket, "tic-1")
        assert row is not None
        row.status = "closed"
    _, text = await ask(world, CHEN, day=TOMORROW.isoformat(), scope="team")
    assert text.count("重点客户") == 1
