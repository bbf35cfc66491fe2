"""A long thread does not grow without end: old states are forgotten, the present one stays."""

import sqlite3
from pathlib import Path

from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.base.id import uuid6

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
