"""Decisions on waiting actions, carried out by storage. ``agents.cards`` words what it reports."""

from collections.abc import Mapping

from agents.settling import InThread
from storage.approvals import (
    Decision,
    Editor,
    Effect,
    decide,
    get,
    latest_in_thread,
    pending_in_thread,
    revise,
)
from storage.clock import IdSource
from storage.database import Database
from storage.identity import Caller
from storage.session import PrincipalSession
from storage.tables.work import PendingAction
from storage.vocabulary import ActionState, Verb
from tools.context import TurnContext


class Actions:
    """The waiting actions of a database, with the effects and editors of each tool."""

    def __init__(
        self,
        database: Database,
        effects: Mapping[str, Effect],
        editors: Mapping[str, Editor] | None = None,
    ) -> None:
        self._database = database
        self._effects = effects
        self._editors = editors or {}

    async def find(self, caller: Caller, action_id: str) -> PendingAction | None:
        """The action, for who asked for it or is to decide it."""

        def work(session: PrincipalSession) -> PendingAction | None:
            return get(session, action_id)

        return await self._database.run(caller, "find_action", work)

    async def in_thread(self, context: TurnContext) -> InThread:
        """What the caller may decide in the caller's own thread."""
        me, now = context.caller.person_id, context.now

        def work(session: PrincipalSession) -> InThread:
            found = pending_in_thread(session, context.thread_id)
            mine = [a for a in found if a.owner_id == a.approver_id == me]
            last = latest_in_thread(session, context.thread_id, me)
            lapsed = last if last is not None and last.owner_id == me and _is_late(last) else None
            return InThread(tuple(a for a in mine if not _is_late(a)), lapsed)

        def _is_late(action: PendingAction) -> bool:
            if action.state == ActionState.PENDING:
                return action.expires_at <= now
            return action.state == ActionState.EXPIRED

        return await self._database.run(context.caller, "decisions_in_thread", work)

    async def decide(
        self, context: TurnContext, action_id: str, verb: Verb, text: str | None
    ) -> Decision:
        """Decide once; ``text`` is the new wording of an edit."""
        return await self._database.offload(
            lambda: decide(
                self._database,
                context.caller,
                action_id,
                verb,
                args_edit={"text": text} if text else None,
                now=context.now,
                effects=self._effects,
                editors=self._editors,
            )
        )

    async def revise(
        self, context: TurnContext, action_id: str, text: str, new_id: IdSource
    ) -> Decision:
        """Propose it anew with that wording; nothing is carried out."""
        return await self._database.offload(
            lambda: revise(
                self._database,
                context.caller,
                action_id,
                {"text": text},
                turn_id=context.turn_id,
                now=context.now,
                editors=self._editors,
                new_id=new_id,
            )
        )
