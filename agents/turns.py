"""The turn service: one message in, events and one answer out, whatever happens in between."""

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext

from langchain_core.messages import HumanMessage

from agents.actions import Actions, worded
from agents.answer import Answer, TurnFacts, assemble
from agents.audit import Audit
from agents.decisions import Decision, Verb, read_decision
from agents.events import Final, TurnEvent
from agents.memory import Memory
from agents.persona import prompt_of
from agents.reporting import where
from agents.run import GraphRun
from agents.text import MAX_CHARACTERS, clean, detect_language, find_problem
from agents.threads import Lease, ThreadOrder, no_lease, thread_key
from agents.turn import Turn
from agents.twin import PERSONA, Graph
from storage.clock import Clock, IdSource
from storage.errors import LeaseBusyError, StorageError
from storage.identity import Caller
from storage.tables.work import PendingAction
from tools.context import Language, TurnContext

_log = logging.getLogger(__name__)
Events = AsyncGenerator[TurnEvent]


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
        self._actions = actions
        self._memory = Memory(agent)
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
        """
        turn = self._begin(caller, "", text or "", language or _own_language(caller))
        answer = turn.problem("interrupted")
        try:
            if text and find_problem(text) == "too_long":
                answer = turn.problem("too_long", str(MAX_CHARACTERS))
            else:
                action = await self._actions.find(caller, action_id)
                turn = turn.in_thread(action.thread_id if action else "")
                async with self._thread_of(action):
                    answer = await self._decide(turn, action_id, Decision(verb, turn.text or None))
        except Exception as error:
            answer = self._failed(turn, error)
        finally:
            self._audit.record(turn.context, answer)
        return answer

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
        answer = turn.problem("interrupted")
        try:
            if reason := find_problem(typed):
                answer = turn.problem(reason, str(MAX_CHARACTERS))
            else:
                async with self._order.turn(turn.key):
                    decided = await self._typed_decision(turn)
                    if decided is None:
                        said = HumanMessage(turn.text, id=turn.context.turn_id)
                        async with aclosing(run.events(said)) as events:
                            async for event in events:
                                yield event
                answer = decided or _assembled(turn, run)
        except Exception as error:
            answer = self._failed(turn, error)
        finally:
            self._audit.record(turn.context, answer)
        if live:
            for event in run.preview.finish(answer):
                yield event
        yield Final(answer)

    async def _typed_decision(self, turn: Turn) -> Answer | None:
        """Decide what waits in this thread, if the message is a decision on exactly one thing."""
        decision = read_decision(turn.text)
        if decision is None:
            return None
        context = turn.context
        waiting = await self._actions.open_in_thread(context.caller, context.thread_id, context.now)
        if len(waiting) != 1 or (decision.bare and await self._memory.has_asked(turn.key)):
            return None
        return await self._decide(turn, waiting[0].id, decision)

    async def _decide(self, turn: Turn, action_id: str, decision: Decision) -> Answer:
        """Carry a decision out; the thread's turn must be held."""
        context = turn.context
        made = await self._actions.decide(
            context.caller, action_id, decision.verb, decision.text, context.now
        )
        told = worded(made, context.caller, context.language)
        if told.is_event and made.action is not None:
            await self._memory.remember(_key_of(made.action), turn, decision, told)
        return turn.decided(told)

    def _thread_of(self, action: PendingAction | None) -> AbstractAsyncContextManager[None]:
        return self._order.turn(_key_of(action)) if action is not None else nullcontext()

    def _failed(self, turn: Turn, error: Exception) -> Answer:
        if isinstance(error, LeaseBusyError):
            return turn.problem("busy")
        _log.error("turn %s failed: %s", turn.context.turn_id, where(error))
        if isinstance(error, StorageError):
            return turn.problem(f"storage_{error.reason}", error.detail)
        return turn.problem("internal")


def _own_language(caller: Caller) -> Language:
    return "en" if caller.language == "en" else "zh"


def _key_of(action: PendingAction) -> str:
    return thread_key(action.org_id, action.owner_id or "", action.thread_id)


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
