"""The turn service: one message in, events and one answer out, whatever happens in between."""

import logging
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import HumanMessage

from agents.actions import Actions
from agents.answer import Answer, TurnFacts, assemble
from agents.audit import Audit
from agents.deciding import Decider, key_of
from agents.events import Final, TurnEvent
from agents.finishing import finish
from agents.persona import prompt_of
from agents.reporting import where
from agents.run import GraphRun
from agents.text import MAX_CHARACTERS, clean, detect_language, find_problem
from agents.threads import Lease, ThreadOrder, no_lease
from agents.turn import Turn
from agents.twin import PERSONA, Graph
from storage.clock import Clock, IdSource
from storage.errors import LeaseBusyError, StorageError
from storage.identity import Caller
from storage.tables.work import PendingAction
from storage.vocabulary import Verb
from tools.context import Language, TurnContext

_log = logging.getLogger(__name__)
Events = AsyncGenerator[TurnEvent]


@dataclass(slots=True)
class _Outcome:
    """What a turn came to so far: what is audited, even if nobody waits for it any more."""

    answer: Answer


class TurnService:
    """Runs turns of many people and threads on one graph."""

    def __init__(
        self,
        agent: Graph,
        *,
        actions: Actions,
        audit: Audit,
        clock: Clock,
        new_id: IdSource,
        model: str = "planner",
        persona: str = PERSONA,
        lease: Lease = no_lease,
    ) -> None:
        self._agent = agent
        self._decider = Decider(agent, actions, new_id)
        self._audit = audit
        self._clock = clock
        self._new_id = new_id
        self._model = model
        self._persona = persona
        self._order = ThreadOrder(lease)

    async def run(
        self, caller: Caller, thread_id: str | None, text: str, *, language: Language | None = None
    ) -> Events:
        """Events of one turn: text as it comes, tools as they start and end, the answer last.

        Closing the iterator cancels the turn; the thread stays usable.
        """
        turn = self._begin(caller, thread_id, text, language)
        async with aclosing(self._turn(turn, text, live=True)) as events:
            async for event in events:
                yield event

    async def ask(
        self, caller: Caller, thread_id: str | None, text: str, *, language: Language | None = None
    ) -> Answer:
        """The answer of one turn."""
        turn = self._begin(caller, thread_id, text, language)
        async with aclosing(self._turn(turn, text, live=False)) as events:
            async for event in events:
                if isinstance(event, Final):
                    return event.answer
        raise RuntimeError("a turn ended without an answer")

    async def act(
        self,
        caller: Caller,
        action_id: str,
        verb: Verb,
        text: str | None = None,
        *,
        language: Language | None = None,
    ) -> Answer:
        """Decide a waiting action, as a button does. ``text`` is the new wording of an edit.

        The words come from the receipt; the thread in which it was asked for remembers them.
        A decision that has begun comes to its end, whoever is cancelled meanwhile.
        """
        turn = self._begin(caller, "", text or "", language or _own_language(caller))
        outcome = _Outcome(turn.problem("interrupted"))
        try:
            if text and find_problem(text) == "too_long":
                outcome.answer = turn.problem("too_long", str(MAX_CHARACTERS))
            else:
                action = await self._decider.find(turn, action_id)
                turn = turn.in_thread(action.thread_id if action else "")
                async with self._thread_of(action):
                    decided = self._decider.pressed(turn, action_id, verb)
                    await finish(self._kept(turn, decided, outcome))
        except Exception as error:
            outcome.answer = self._failed(turn, error)
        finally:
            self._audit.record(turn.context, outcome.answer)
        return outcome.answer

    async def close(self) -> None:
        """Finish what is still being written."""
        await self._audit.close()

    def _begin(
        self, caller: Caller, thread_id: str | None, text: str, language: Language | None
    ) -> Turn:
        started = time.perf_counter()
        short = clean(text[:MAX_CHARACTERS])
        language = language or detect_language(short, _own_language(caller))
        context = TurnContext(
            caller=caller,
            thread_id=self._new_id("thr") if thread_id is None else thread_id,
            turn_id=self._new_id("turn"),
            now=self._clock.now(),
            language=language,
        )
        prompt = prompt_of(self._persona, language).label
        return Turn(context, short, started, self._model, prompt)

    async def _turn(self, turn: Turn, typed: str, *, live: bool) -> Events:
        run = GraphRun(self._agent, turn.context, turn.key, live=live)
        outcome = _Outcome(turn.problem("interrupted"))
        try:
            if reason := find_problem(typed):
                outcome.answer = turn.problem(reason, str(MAX_CHARACTERS))
            else:
                async with self._order.turn(turn.key):
                    step = await self._decider.read(turn)
                    if step is not None:
                        decided = self._decider.typed(turn, step)
                        await finish(self._kept(turn, decided, outcome))
                    else:
                        said = HumanMessage(turn.text, id=turn.context.turn_id)
                        async with aclosing(run.events(said)) as events:
                            async for event in events:
                                yield event
                if step is None:
                    outcome.answer = _assembled(turn, run)
        except Exception as error:
            outcome.answer = self._failed(turn, error)
        finally:
            self._audit.record(turn.context, outcome.answer)
        if live:
            for event in run.preview.finish(outcome.answer):
                yield event
        yield Final(outcome.answer)

    async def _kept(
        self, turn: Turn, decided: Coroutine[Any, Any, Answer], outcome: _Outcome
    ) -> None:
        """Carry a decision out and keep its answer; the thread's turn must be held."""
        try:
            outcome.answer = await decided
        except Exception as error:
            outcome.answer = self._failed(turn, error)

    def _thread_of(self, action: PendingAction | None) -> AbstractAsyncContextManager[None]:
        return self._order.turn(key_of(action)) if action is not None else nullcontext()

    def _failed(self, turn: Turn, error: Exception) -> Answer:
        if isinstance(error, LeaseBusyError):
            return turn.problem("busy")
        _log.error("turn %s failed: %s", turn.context.turn_id, where(error))
        if isinstance(error, StorageError):
            return turn.problem(f"storage_{error.reason}", error.detail)
        return turn.problem("internal")


def _own_language(caller: Caller) -> Language:
    return "en" if caller.language == "en" else "zh"


def _assembled(turn: Turn, run: GraphRun) -> Answer:
    facts = TurnFacts(
        thread=turn.context.thread_id,
        turn=turn.context.turn_id,
        language=turn.language,
        model=turn.model,
        prompt=turn.prompt,
        total_ms=turn.milliseconds,
        receipts=run.receipts,
    )
    return assemble(run.new, facts)
