"""The same answers from PostgreSQL: the queries hold on both databases."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from storage import tables as t
from tests.integration.tool_world import (
    CHEN,
    CRO,
    FINANCE,
    LI,
    RENHE,
    TODAY,
    WANG,
    World,
    context,
    make_world,
    owned,
)
from tools.customers.service import fetch_brief
from tools.diary.service import fetch_day
from tools.notes.service import find_own_notes, propose_note


async def answers(world: World) -> list[dict[str, Any]]:
    """What the tools answer to a few people, dumped."""
    world.add(
        t.Payment(**owned("pay-1"), customer_id=RENHE, amount_minor=5, due_on=TODAY - timedelta(3)),
        t.Payment(**owned("pay-2"), customer_id=RENHE, amount_minor=7, due_on=TODAY),
    )
    numbers = itertools.count(1)
    tools = {"database": world.database, "linker": world.linker}
    found = [
        await fetch_brief(context(WANG), customer="仁和", **tools),
        await fetch_brief(context(FINANCE), customer="仁和", **tools),
        await fetch_brief(
            context(WANG), customer="仁和", sections=["deals", "history", "tickets"], **tools
        ),
        await fetch_brief(context(WANG), customer="仁和", sections=["contracts"], **tools),
        await fetch_day(context(WANG), days=7, **tools),
        await fetch_day(context(CHEN), days=7, scope="team", **tools),
        await fetch_day(context(CRO), days=7, scope="team", **tools),
        await fetch_day(context(CHEN), days=7, person="王芳", **tools),
        await fetch_day(context(LI), person="王芳", **tools),
        await fetch_day(context(WANG), scope="team", **tools),
        await propose_note(
            context(WANG), text="周五回电", new_id=lambda p: f"{p}-{next(numbers)}", **tools
        ),
        await find_own_notes(context(WANG), query="售后", **tools),
    ]
    return [result.model_dump(mode="json") for result in found]


async def test_both_databases_answer_alike(sqlite_url: str, request: pytest.FixtureRequest) -> None:
    worlds = [make_world(url) for url in (sqlite_url, request.getfixturevalue("postgres_url"))]
    try:
        on_sqlite, on_postgres = [await answers(world) for world in worlds]
    finally:
        for world in worlds:
            world.close()
    assert [result["kind"] for result in on_sqlite] == [
        *["customer_brief"] * 4,
        *["day"] * 4,
        *["refusal"] * 2,
        "note_proposal",
        "notes",
    ]
    assert on_postgres == on_sqlite
