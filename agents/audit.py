"""One row per turn: who, when, which tools, which model and prompt, how it ended. No words."""

import asyncio
import logging
from collections.abc import Sequence

from agents.answer import Answer
from agents.reporting import where
from storage.database import Database
from storage.identity import Caller
from storage.tables.work import Turn
from tools.context import TurnContext

_log = logging.getLogger(__name__)
_LINGER = 0.25


class Audit:
    """Writes turns beside the loop, those of ``linger`` seconds at once: a commit costs.

    A program that dies loses the rows of that time. ``close`` writes what is left.
    """

    def __init__(self, database: Database, *, linger: float = _LINGER) -> None:
        self._database = database
        self._linger = linger
        self._waiting: dict[Caller, list[Turn]] = {}
        self._writer: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    def record(self, context: TurnContext, answer: Answer) -> None:
        """Keep this turn. A failing write is logged and never fails the turn."""
        self._waiting.setdefault(context.caller, []).append(_row(context, answer))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_soon())

    async def close(self) -> None:
        """Wait until every recorded turn is written."""
        self._hurry.set()
        if self._writer is not None:
            await self._writer
        self._hurry.clear()

    async def _write_soon(self) -> None:
        while self._waiting:
            try:
                async with asyncio.timeout(self._linger):
                    await self._hurry.wait()
            except TimeoutError:
                pass  # nobody is in a hurry: the time to collect is over
            rows, self._waiting = self._waiting, {}
            for caller, turns in rows.items():
                await self._write(caller, turns)

    async def _write(self, caller: Caller, turns: Sequence[Turn]) -> None:
        try:
            await self._database.run(caller, "turn_audit", lambda s: s.add(*turns))
        except Exception as error:
            ids = ", ".join(turn.id for turn in turns)
            _log.error("turns not audited (%s): %s", where(error), ids)


def _row(context: TurnContext, answer: Answer) -> Turn:
    return Turn(
        id=context.turn_id,
        org_id=context.caller.org_id,
        owner_id=context.caller.person_id,
        thread_id=context.thread_id,
        started_at=context.now,
        outcome=answer.outcome,
        model=answer.model,
        prompt=answer.prompt,
        tools=[run.name for run in answer.tools],
        milliseconds=answer.ms.total,
    )
