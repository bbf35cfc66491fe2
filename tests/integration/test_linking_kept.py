"""The names of those who asked last are kept in memory; those of the others are read again."""

import pytest

from storage.identity import Caller
from tests.integration.tool_world import CHEN, LI, WANG, World, make_world
from tools.linking.lexicon import Lexicon
from tools.linking.service import Linker


@pytest.fixture
def world(sqlite_url: str) -> World:
    return make_world(sqlite_url)


async def test_the_scope_that_asked_least_recently_goes(world: World) -> None:
    linker = Linker(world.database, most=2)
    first: dict[Caller, Lexicon] = {}
    for caller in (WANG, LI):
        first[caller] = await linker.lexicon(caller)
    assert await linker.lexicon(WANG) is first[WANG]
    first[CHEN] = await linker.lexicon(CHEN)  # in the place of LI, who asked before WANG
    assert await linker.lexicon(WANG) is first[WANG]
    assert await linker.lexicon(CHEN) is first[CHEN]
    assert await linker.lexicon(LI) is not first[LI]
    world.close()
