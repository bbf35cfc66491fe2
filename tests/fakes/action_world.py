"""A tool that proposes, an effect that counts, and the people around them, on a real database."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.messages import AIMessage
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel

from agents.actions import Actions
from agents.turns import TurnService
from storage.approvals import EffectContext, propose
from storage.database import Database
from storage.session import PrincipalSession
from storage.tables import Organisation, Person
from storage.vocabulary import Role
from tests.fakes.agent_world import ANNA, BEN, counter, service, tool, twin
from tests.fakes.scripted_model import ScriptedModel, call, results, said
from tools.artifact import ActionButton, Artifact, Choice, Option
from tools.context import TurnContext


class Proposal(Artifact):
    """What waits."""

    kind: str = "proposal"
    text: str


class Note(BaseModel):
    """Arguments of the proposing tool."""

    text: str


class Gate:
    """Holds somebody up on another thread: ``reached`` tells that they are there."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def pass_through(self) -> None:
        self.reached.set()
        assert self.opened.wait(60)


@dataclass
class ActionWorld:
    """``ran``: what the effect was called with, and as whom."""

    database: Database
    approver: str = ANNA.person_id
    ttl: timedelta = timedelta(hours=1)
    ran: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    fault: Exception | None = None
    effect_gate: Gate | None = None  # the effect waits here before it does anything
    proposal_gate: Gate | None = None  # the proposal waits here after it was written

    def __post_init__(self) -> None:
        self._new_id = counter()
        with self.database.system("people") as session:
            session.add(Organisation(id="org-1", name="测试公司"))
            session.flush()
            for caller in (ANNA, BEN):
                person = Person(
                    id=caller.person_id, org_id="org-1", name=caller.name, role=Role.REP
                )
                session.add(person)

    @property
    def actions(self) -> Actions:
        """The actions of this database with the counting effect."""
        return Actions(self.database, {"keep": self.effect}, {"keep": self.editor})

    def effect(
        self, session: PrincipalSession, context: EffectContext, args: dict[str, Any], /
    ) -> dict[str, Any]:
        if self.effect_gate is not None:
            self.effect_gate.pass_through()
        if self.fault is not None:
            raise self.fault
        self.ran.append((session.caller.person_id, args))
        return {"characters": len(args["text"])}

    @staticmethod
    def editor(args: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
        if not str(change["text"]).strip("!"):
            raise ValueError("empty_note")
        return {**args, "text": change["text"]}

    @property
    def tool(self) -> BaseTool:
        """``keep``: proposes to keep a text."""

        async def keep(text: str, runtime: ToolRuntime[TurnContext]) -> tuple[str, dict[str, Any]]:
            context = runtime.context
            action = await self.database.run(
                context.caller, "keep", lambda session: self._propose(session, context, text)
            )
            buttons = [
                ActionButton(id=action, verb=verb, label=verb, expires_at=context.now + self.ttl)
                for verb in ("adopt", "edit", "ignore")
            ]
            proposal = Proposal(outcome="pending", text=text, actions=buttons)
            return f"请确认：{text}", proposal.model_dump(mode="json")

        return StructuredTool.from_function(
            coroutine=keep,
            name="keep",
            description="keeps a text",
            args_schema=Note,
            response_format="content_and_artifact",
        )

    def _propose(self, session: PrincipalSession, context: TurnContext, text: str) -> str:
        action = propose(
            session,
            tool="keep",
            title="笔记",
            args={"text": text},
            thread_id=context.thread_id,
            turn_id=context.turn_id,
            approver_id=self.approver,
            now=context.now,
            ttl=self.ttl,
            new_id=self._new_id,
        )
        if self.proposal_gate is not None:
            self.proposal_gate.pass_through()
        return action.id


def rule(messages: list[Any]) -> AIMessage:
    """「记：…」 is kept; "which" and 「选」 ask back; "break" fails; anything else is repeated."""
    if found := results(messages):
        return AIMessage(str(found[-1].content))
    text = said(messages)
    if text.startswith("记："):
        texts = text[2:].split("；")
        calls = [call("keep", f"k{len(messages)}-{i}", text=one) for i, one in enumerate(texts)]
        return AIMessage("", tool_calls=calls)
    if text == "选":
        return AIMessage("", tool_calls=[call("choose", f"c{len(messages)}", topic="x")])
    if text == "break":
        raise ZeroDivisionError
    if text == "which":
        return AIMessage("A 还是 B？", additional_kwargs={"outcome": "asked"})
    return AIMessage(f"听到：{text}")


def house(world: ActionWorld, saver: Any, **options: Any) -> TurnService:
    """A turn service over ``rule``, the proposing tool and one that asks back."""
    asking = Choice(what="customer", name="x", options=[Option(label="甲", say="甲")])
    tools = [world.tool, tool("choose", lambda _topic, _context: asking)]
    agent = twin(ScriptedModel(rule=rule), tools, saver)
    return service(agent, options.pop("ledger", None), actions=world.actions, **options)


async def proposed(turns: TurnService, text: str = "客户嫌贵", thread: str = "t") -> str:
    """The id of what Anna was shown."""
    answer = await turns.ask(ANNA, thread, f"记：{text}")
    assert answer.outcome == "pending"
    assert [a.verb for a in answer.answer.actions] == ["adopt", "edit", "ignore"]
    return answer.answer.actions[0].id
