"""What a customer said about a fault is L2 in the ticket too; without L2 there is the title."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from prompts.library import render
from storage.errors import GradeError
from storage.identity import Caller
from storage.tables import ServiceTicket
from tests.integration.tool_world import COMPLIANCE, FINANCE, WANG, World, context
from tools.customers.service import fetch_brief

TITLE, SAID = "设备频繁报警", "每天报警三次"


async def tickets(world: World, caller: Caller) -> dict[str, Any]:
    found = await fetch_brief(
        context(caller),
        customer="仁和医院",
        sections=["tickets"],
        database=world.database,
        linker=world.linker,
    )
    return found.model_dump(mode="json")


@pytest.mark.parametrize("caller", [WANG, COMPLIANCE], ids=lambda c: c.person_id)
async def test_who_reads_judgements_reads_what_was_said(world: World, caller: Caller) -> None:
    brief = await tickets(world, caller)
    assert SAID in brief["last_complaint"]["description"]
    for language in ("zh", "en"):
        assert SAID in render("customer_brief", language, brief)


async def test_who_does_not_sees_the_title_alone(world: World) -> None:
    brief = await tickets(world, FINANCE)
    assert TITLE in brief["last_complaint"]["text"]
    assert brief["last_complaint"]["description"] is None
    assert SAID not in json.dumps(brief, ensure_ascii=False)
    for language, hidden in (
        ("zh", "内容（L2）按你的角色不显示"),
        ("en", "content (L2) is hidden"),
    ):
        assert hidden in render("customer_brief", language, brief)


def test_no_statement_of_theirs_reaches_it(world: World) -> None:
    description = col(ServiceTicket.description)
    for statement in (
        select(description),
        select(col(ServiceTicket.id)).where(description.contains("报警")),
        select(col(ServiceTicket.id)).order_by(description),
    ):
        with pytest.raises(GradeError), world.database.principal(FINANCE, "test") as session:
            session.rows(statement)
