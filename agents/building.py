"""Puts the twin together: model, graph, turns. Importing this loads the agent framework."""

import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool

from agents.actions import Actions
from agents.audit import Audit
from agents.egress import EgressOptions
from agents.identity import current_context
from agents.locks import FileLeases
from agents.models import ModelOptions, RemoteModel, build_remote
from agents.planner.language import load_language
from agents.planner.model import PlannerChatModel
from agents.threads import Lease
from agents.turns import TurnService
from agents.twin import TwinOptions, build_twin
from storage.checkpoints import open_checkpointer
from storage.clock import Clock, IdSource
from storage.database import Database
from storage.identity import Caller
from storage.leases import Leases
from tools.linking.service import Linker
from tools.registry import CAPABILITIES

# What the composition root calls the framework's things: it does not import the framework.
ChatModel: TypeAlias = BaseChatModel
Tool: TypeAlias = BaseTool


@dataclass(frozen=True, slots=True)
class TwinParts:
    """What turns are made of.

    ``home`` holds the locks of threads; ``conversations`` is a file or the URL of a server;
    ``remote`` says whether a model behind an endpoint answers, and what may go to it.
    """

    database: Database
    linker: Linker
    tools: Sequence[Tool]
    actions: Actions
    planner: PlannerChatModel
    clock: Clock
    new_id: IdSource
    home: Path
    conversations: str | Path
    remote: ModelOptions


def make_planner(linker: Linker, kept_in: Path) -> PlannerChatModel:
    """The embedded planner over the capabilities' language files; ``kept_in``: what it learnt."""
    return PlannerChatModel(
        lexicons=linker.lexicon,
        languages={code: load_language(code, CAPABILITIES) for code in ("zh", "en")},
        context_of=current_context,
        kept_in=kept_in,
    )


async def make_turns(
    parts: TwinParts, closing: AsyncExitStack, *, model: ChatModel | None = None
) -> TurnService:
    """The turn service over a fresh graph. ``model`` answers instead of what is configured.

    ``closing`` learns what is to be closed. Raises StorageError for the store of conversations.
    """
    remote = None if model is not None else build_remote(parts.remote)
    if remote is not None:
        closing.push_async_callback(remote.close)
    saver = await closing.enter_async_context(open_checkpointer(parts.conversations))
    options = _twin_options(parts, remote)
    turns = TurnService(
        build_twin(model or parts.planner, parts.tools, saver, options),
        actions=parts.actions,
        audit=Audit(parts.database),
        clock=parts.clock,
        new_id=parts.new_id,
        model=remote.label if remote else "planner",
        lease=_lease(parts, closing),
    )
    closing.push_async_callback(turns.close)
    return turns


def _lease(parts: TwinParts, closing: AsyncExitStack) -> Lease:
    """How one thread stays in order between programs.

    File locks where the data is a file here: they cost nothing and end with their program.
    Rows in the database where several machines may work on it.
    """
    if not parts.database.is_sqlite or os.name != "posix":
        return Leases(parts.database, parts.clock, parts.new_id).hold
    locks = FileLeases(parts.home / "threads.lock")
    closing.callback(locks.close)
    return locks.hold


def _twin_options(parts: TwinParts, remote: RemoteModel | None) -> TwinOptions:
    """What stands around a remote model; nothing for the planner."""
    if remote is None:
        return TwinOptions()

    async def contact_names(caller: Caller) -> list[str]:
        lexicon = await parts.linker.lexicon(caller)
        people = (entry for entry in lexicon.entries if entry.entity.kind == "contact")
        return [form for entry in people for form in entry.forms]

    def private_spans(text: str) -> list[tuple[int, int]]:
        # A note may be announced in either language, whatever the rest is written in.
        understanders = (parts.planner.understander(code) for code in parts.planner.languages)
        return [span for one in understanders for span in one.private_spans(text)]

    egress = EgressOptions(
        level=parts.remote.egress, names=contact_names, private_spans=private_spans
    )
    return TwinOptions(remote=remote, egress=egress)
