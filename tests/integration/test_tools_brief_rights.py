"""What each role sees of a customer in ``fetch_customer_brief``."""

import json
from typing import Any

import pytest

from prompts.library import render
from storage.identity import Caller
from tests.integration.tool_world import (
    CHEN,
    COMPLIANCE,
    CONSULTANT,
    CRO,
    FINANCE,
    HR,
    LI,
    WANG,
    World,
    context,
)
from tools.artifact import Artifact, NotFound, Refusal
from tools.customers.schemas import CustomerBrief, Section
from tools.customers.service import fetch_brief

# Everything of grade L1 in the world, wherever it stands: fields and free text.
L1 = ("王建国", "李敏", "赵强", "13912345678", "13800001111", "wjg@renhe.cn", "wjg_renhe")
L3 = ("我没法交代", "私下更看好我们的售后")


async def ask(world: World, caller: Caller, *sections: Section) -> Artifact:
    return await fetch_brief(
        context(caller),
        database=world.database,
        linker=world.linker,
        customer="仁和医院",
        sections=sections or None,
    )


def everything(result: Artifact) -> str:
    """All that anybody could read of a result: the artifact and its words in both languages."""
    dumped: dict[str, Any] = result.model_dump(mode="json")
    parts = [json.dumps(dumped, ensure_ascii=False)]
    if isinstance(result, CustomerBrief):
        parts += [render(result.kind, language, dumped) for language in ("zh", "en")]
    return "\n".join(parts)


@pytest.mark.parametrize("caller", [LI, HR, CONSULTANT], ids=lambda c: c.person_id)
async def test_who_does_not_reach_the_customer_does_not_know_it(
    world: World, caller: Caller
) -> None:
    result = await ask(world, caller)
    assert isinstance(result, NotFound)
    assert result.near == []


@pytest.mark.parametrize("caller", [WANG, CHEN, CRO], ids=lambda c: c.person_id)
async def test_rep_manager_and_cro_see_names_and_judgement(world: World, caller: Caller) -> None:
    result = await ask(world, caller)
    assert isinstance(result, CustomerBrief)
    text = everything(result)
    assert "王建国" in text
    assert "13912345678" in text
    assert "嫌价格高" in text
    assert result.closed == []


@pytest.mark.parametrize("caller", [FINANCE, COMPLIANCE], ids=lambda c: c.person_id)
@pytest.mark.parametrize(
    "sections", [(), ("people", "tickets", "history", "deals"), ("risks",)], ids=str
)
async def test_without_l1_only_masked_forms_come_out(
    world: World, caller: Caller, sections: tuple[Section, ...]
) -> None:
    result = await ask(world, caller, *sections)
    assert isinstance(result, CustomerBrief)
    text = everything(result)
    assert [secret for secret in L1 if secret in text] == []
    assert result.sensitive == []
    if "people" in result.sections:
        assert result.people is not None
        assert (result.people[0].name, result.people[0].phone) == ("王**", "139****5678")
        assert "139****5678" in text


async def test_finance_reads_money_but_neither_judgement_nor_diary(world: World) -> None:
    result = await ask(world, FINANCE)
    assert isinstance(result, CustomerBrief)
    text = everything(result)
    assert "HT-2025-031" in text
    assert "嫌价格高" not in text
    assert [person.attitude for person in result.people or ()] == [None, None, None]
    assert [deal.intent for deal in result.deals or ()] == [None, None]
    assert result.closed == ["next_meeting"]
    assert "续约谈判" not in text
    assert "内容（L2）按你的角色不显示" in text
    assert "按你的角色看不到：下次见面；需要请找 王芳" in text


async def test_compliance_reads_judgement_without_names(world: World) -> None:
    text = everything(await ask(world, COMPLIANCE))
    assert "嫌价格高,王**要三家比价" in text


async def test_a_closed_part_alone_is_refused_with_whom_to_ask(world: World) -> None:
    result = await ask(world, FINANCE, "next_meeting")
    assert isinstance(result, Refusal)
    assert (result.reason, result.subject, result.ask) == ("closed_section", "下次见面", "王芳")


@pytest.mark.parametrize("caller", [CHEN, CRO, FINANCE, COMPLIANCE], ids=lambda c: c.person_id)
async def test_words_and_notes_of_the_rep_exist_for_the_rep_alone(
    world: World, caller: Caller
) -> None:
    seen = everything(await ask(world, caller, "history"))
    assert [secret for secret in L3 if secret in seen] == []
    own = everything(await ask(world, WANG, "history"))
    assert [secret for secret in L3 if secret not in own] == []
