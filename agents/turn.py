"""One turn on its way, and the answers that need no model."""

import time
from dataclasses import dataclass, replace

from agents.answer import Answer, Body, Milliseconds
from agents.cards import Worded
from agents.threads import thread_key
from agents.wording import problem
from tools.artifact import Outcome
from tools.context import Language, TurnContext

NO_MODEL = "none"


@dataclass(frozen=True, slots=True)
class Turn:
    """``text`` is what the person said, cleaned; ``started`` a reading of the performance counter.

    ``model`` and ``prompt`` are in force unless a message says otherwise.
    """

    context: TurnContext
    text: str
    started: float
    model: str
    prompt: str

    @property
    def key(self) -> str:
        """The thread's key in the store of conversations."""
        caller = self.context.caller
        return thread_key(caller.org_id, caller.person_id, self.context.thread_id)

    @property
    def language(self) -> Language:
        """The language of the answer."""
        return self.context.language

    @property
    def milliseconds(self) -> float:
        """Time since the turn began."""
        return (time.perf_counter() - self.started) * 1000

    def in_thread(self, thread_id: str) -> "Turn":
        """The same turn, in the thread that it turned out to belong to."""
        return replace(self, context=replace(self.context, thread_id=thread_id))

    def problem(self, reason: str, detail: str = "") -> Answer:
        """The answer of a turn that came to nothing."""
        return self._answer(problem(reason, self.language, detail), "error", self.model)

    def decided(self, told: Worded) -> Answer:
        """The answer to a decision: its receipt, in words. No model has part in it."""
        answer = self._answer(told.text, told.outcome, NO_MODEL)
        body = answer.answer.model_copy(update={"actions": list(told.actions)})
        return answer.model_copy(update={"answer": body, "tools": list(told.runs)})

    def _answer(self, text: str, outcome: Outcome, model: str) -> Answer:
        return Answer(
            thread=self.context.thread_id,
            turn=self.context.turn_id,
            outcome=outcome,
            answer=Body(markdown=text),
            model=model,
            prompt=NO_MODEL if model == NO_MODEL else self.prompt,
            ms=Milliseconds(total=round(self.milliseconds, 1)),
        )
