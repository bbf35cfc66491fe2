"""A long thread does not grow without end: old states are forgotten, the present one stays."""

import operator
import sqlite3
from pathlib import Path
from typing import Annotated, Any

from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from storage.checkpoints import open_checkpointer


async def test_only_the_last_states_of_a_thread_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "conversations.db"
    async with open_checkpointer(path) as saver:
        for thread in ("a", "b"):
            config = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
            last = ""
            for turn in range(9):
                checkpoint = empty_checkpoint()
                checkpoint["id"] = last = str(uuid6(clock_seq=turn))
                config = await saver.aput(config, checkpoint, {"step": turn}, {})
                await saver.aput_writes(config, [("messages", turn)], task_id=f"t{turn}")
            found = await saver.aget_tuple({"configurable": {"thread_id": thread}})
            assert found is not None
            assert found.checkpoint["id"] == last
            assert found.metadata["step"] == 8
    with sqlite3.connect(path) as rows:
        counts = dict(rows.execute("SELECT thread_id, count(*) FROM checkpoints GROUP BY 1"))
        writes = dict(rows.execute("SELECT thread_id, count(*) FROM writes GROUP BY 1"))
    rows.close()
    assert counts == {"a": 2, "b": 2}
    assert writes == {"a": 2, "b": 2}


class State(TypedDict):
    """``said`` grows with every turn; ``first`` keeps the version of the first turn."""

    said: Annotated[list[Any], operator.add]
    first: dict[str, str]


async def turns(saver: Any, thread: str, count: int) -> Any:
    """A thread of so many turns; returns its graph."""
    builder = StateGraph(State)
    builder.add_node("echo", lambda state: {"said": [len(state["said"])]})
    builder.add_edge(START, "echo")
    builder.add_edge("echo", END)
    graph: Any = builder.compile(checkpointer=saver)
    config = {"configurable": {"thread_id": thread}}
    for turn in range(count):
        opening = {"first": {"kept": thread}} if turn == 0 else {}
        await graph.ainvoke({"said": [f"turn {turn}"], **opening}, config)
    return graph


async def test_on_postgres_only_the_last_states_and_their_values_are_kept(
    postgres_url: str,
) -> None:
    async with open_checkpointer(postgres_url) as saver:
        graph = await turns(saver, "long", 12)
        await turns(saver, "short", 1)
        config: Any = {"configurable": {"thread_id": "long"}}
        states = [state async for state in graph.aget_state_history(config)]
        assert [len(state.values["said"]) for state in states] == [24, 23]
        assert {state.values["first"]["kept"] for state in states} == {"long"}
        async with saver.conn.connection() as connection:  # type: ignore[attr-defined]
            kept = await connection.execute(
                "SELECT thread_id, (SELECT count(*) FROM checkpoint_writes w"
                " WHERE w.thread_id = c.thread_id AND w.checkpoint_id < min(c.checkpoint_id))"
                " AS older, count(*) AS states FROM checkpoints c GROUP BY 1 ORDER BY 1"
            )
            assert [tuple(row.values()) for row in await kept.fetchall()] == [
                ("long", 0, 2),
                ("short", 0, 2),
            ]
            unused = await connection.execute(
                "SELECT thread_id, channel, version FROM checkpoint_blobs b WHERE NOT EXISTS ("
                "SELECT 1 FROM checkpoints c WHERE c.thread_id = b.thread_id"
                " AND c.checkpoint -> 'channel_versions' ->> b.channel = b.version)"
            )
            assert await unused.fetchall() == []
            blobs = await connection.execute(
                "SELECT count(*) AS n FROM checkpoint_blobs"
                " WHERE thread_id = 'long' AND channel = 'said'"
            )
            assert (await blobs.fetchone())["n"] == 2
