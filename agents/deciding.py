"""Decisions of a conversation: what a message decides, carried out, told and remembered."""

from dataclasses import replace

from agents.actions import Actions
from agents.answer import Answer
from agents.cards import Worded, card, plainly, which, worded
from agents.decisions import read_decision, read_number
from agents.memory import Memory
from agents.settling import Ask, Leave, Nothing, Revise, Step, Take, settle
from agents.threads import thread_key
from agents.turn import Turn
from agents.twin import Graph
from prompts.filters import label
from storage.clock import IdSource
from storage.tables.work import PendingAction
from storage.vocabulary import Verb


class Decider:
    """Settles what waits. The caller holds the thread's turn."""

    def __init__(self, agent: Graph, actions: Actions, new_id: IdSource) -> None:
        self._actions = actions
        self._memory = Memory(agent)
        self._new_id = new_id

    async def find(self, turn: Turn, action_id: str) -> PendingAction | None:
        """The action, for its people."""
        return await self._actions.find(turn.context.caller, action_id)

    async def read(self, turn: Turn) -> Step | None:
        """What the turn's message decides; None: it is an ordinary message. Changes nothing."""
        said = read_decision(turn.text) or read_number(turn.text)
        if said is None:
            return None
        last = await self._memory.last_word(turn.key)
        if isinstance(said, int) and last.offer is None:
            return None
        return settle(said, await self._actions.in_thread(turn.context), last)

    async def typed(self, turn: Turn, step: Step) -> Answer:
        """Carry a typed decision out; its thread remembers it as it was said."""
        told, _ = await self._told(turn, step)
        said = read_decision(turn.text)
        private = (said.text,) if said is not None and said.text else ()
        await self._memory.remember(turn.key, turn, turn.text, _with(told, private))
        return turn.decided(told)

    async def pressed(self, turn: Turn, action_id: str, verb: Verb) -> Answer:
        """Carry a button's decision out; ``turn.text`` is the new wording of an edit."""
        wording = turn.text or None
        told, action = await self._told(turn, Take(action_id, verb, wording))
        # A question is for the thread of the person who is to answer it, and for no other.
        asks = action is not None and action.owner_id == turn.context.caller.person_id
        if action is not None and (told.is_event or (asks and told.offer is not None)):
            said = label(verb, "button", turn.language)
            said, private = (f"{said}: {wording}", (wording,)) if wording else (said, ())
            await self._memory.remember(key_of(action), turn, said, _with(told, private))
        return turn.decided(told)

    async def _told(self, turn: Turn, step: Step) -> tuple[Worded, PendingAction | None]:
        context = turn.context
        match step:
            case Take(action_id, verb, text):
                made = await self._actions.decide(context, action_id, verb, text)
            case Revise(action_id, text):
                made = await self._actions.revise(context, action_id, text, self._new_id)
            case Ask():
                return which(step, context), None
            case Nothing():
                return plainly("nothing", "unknown", context.language), None
            case Leave():
                return plainly("left", "answered", context.language), None
        if made.state == "revised" and made.action is not None:
            return card(made.action, context), made.action
        return worded(made, context.caller, context.language), made.action


def _with(told: Worded, private: tuple[str, ...]) -> Worded:
    return replace(told, private=(*told.private, *private))


def key_of(action: PendingAction) -> str:
    """The thread in which an action was asked for."""
    return thread_key(action.org_id, action.owner_id or "", action.thread_id)
