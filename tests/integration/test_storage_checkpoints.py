"""Conversations are kept by LangGraph's savers, on files and on PostgreSQL."""

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import pytest
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel
from typing_extensions import TypedDict

from storage.checkpoints import open_checkpointer
from storage.errors import StorageError

ROOT = Path(__file__).parents[2]


def _joined(old: list[Any], new: list[Any]) -> list[Any]:
    return old + new


class State(TypedDict):
    """What the test graph remembers."""

    said: Annotated[list[Any], _joined]


async def say(saver: Any, what: Any, thread: str = "t") -> list[Any]:
    """One turn of a graph that remembers everything."""
    builder = StateGraph(State)
    builder.add_node("echo", lambda state: {"said": [f"{len(state['said'])}"]})
    builder.add_edge(START, "echo")
    builder.add_edge("echo", END)
    graph: Any = builder.compile(checkpointer=saver)
    config = {"configurable": {"thread_id": thread}}
    answer = await graph.ainvoke({"said": [what]}, config, durability="exit")
    said: list[Any] = answer["said"]
    return said


@pytest.fixture(params=["path", "sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url")
    path = tmp_path / "threads.db"
    return path if request.param == "path" else f"sqlite:///{path}"


async def test_a_thread_outlives_the_program(place: Any) -> None:
    async with open_checkpointer(place) as saver:
        assert await say(saver, "你好") == ["你好", "1"]
        await say(saver, "x", "another")
    async with open_checkpointer(place) as saver:
        assert await say(saver, "again") == ["你好", "1", "again", "3"]
        await saver.adelete_thread("t")
        assert await say(saver, "new") == ["new", "1"]


async def test_a_file_is_opened_for_many_short_writes(tmp_path: Path) -> None:
    async with open_checkpointer(tmp_path / "threads.db") as saver:
        connection: Any = saver.conn  # type: ignore[attr-defined]
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 1)):
            async with connection.execute(f"PRAGMA {pragma}") as cursor:
                assert await cursor.fetchone() == (value,)


class Parcel(BaseModel):
    """A class of our own, which has no place in a checkpoint."""

    content: str


async def test_only_plain_types_come_out_of_a_checkpoint(
    place: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_checkpointer(place) as saver:
        await say(saver, Parcel(content="x"))
        found = await saver.aget_tuple({"configurable": {"thread_id": "t"}})
    assert found is not None
    assert found.checkpoint["channel_values"]["said"][0] == {"content": "x"}


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        async with open_checkpointer(tmp_path / "no" / "threads.db"):
            pass
    assert (caught.value.reason, caught.value.detail[-10:]) == ("missing", "threads.db")


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "threads.db"
    path.write_bytes(os.urandom(8192))
    with pytest.raises(StorageError, match="corrupt"):
        async with open_checkpointer(path):
            pass


@pytest.mark.parametrize("steps", range(6))
def test_an_opening_that_is_cancelled_leaves_no_thread(tmp_path: Path, steps: int) -> None:
    """Somebody leaves at once, while the store of conversations is still being opened."""

    async def leave() -> None:
        async def use() -> None:
            async with open_checkpointer(tmp_path / "threads.db"):
                await asyncio.Event().wait()

        task = asyncio.create_task(use())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    before = set(threading.enumerate())
    asyncio.run(leave())
    assert {t for t in threading.enumerate() if not t.daemon} <= before


async def test_trouble_during_a_turn_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "threads.db"
    async with open_checkpointer(path) as saver:
        await say(saver, "x")
        await saver.conn.execute("PRAGMA busy_timeout = 20")  # type: ignore[attr-defined]
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="locked"):
            await say(saver, "y")
        other.execute("ROLLBACK")
        other.close()
        assert await say(saver, "z") == ["x", "1", "z", "3"]


async def test_a_server_that_is_not_there() -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/x?connect_timeout=1"
    with pytest.raises(StorageError) as caught:
        async with open_checkpointer(url):
            pass
    assert caught.value.reason == "unreachable"
    assert "secret" not in str(caught.value)


def test_the_module_costs_no_langgraph_until_it_is_used() -> None:
    program = (
        "import sys, storage.checkpoints, storage.database, storage.migrate, storage.approvals;"
        "print([m for m in ('langgraph', 'alembic', 'aiosqlite', 'psycopg') if m in sys.modules])"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    assert done.stdout.strip() == "[]"
