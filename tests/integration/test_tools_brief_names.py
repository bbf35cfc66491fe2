"""Whom ``fetch_customer_brief`` takes a name for."""

import pytest

from storage import tables as t
from tests.integration.brief_kit import ask, brief, words
from tests.integration.tool_world import RENHE, World, owned
from tools.artifact import Choice, NotFound


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


async def test_a_duplicate_record_says_of_whom(world: World) -> None:
    world.add(t.Customer(**owned("cus-dup"), name="仁和总院", duplicate_of=RENHE))
    fresh = World(world.database, type(world.linker)(world.database))
    result = await brief(fresh, "cus-dup")
    assert "这份档案与「仁和医院」重复" in words(result)
