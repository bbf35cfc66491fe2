"""Makes the twin: model, graph, turns. Importing this loads the agent framework."""

import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool

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
from bot.settings import Settings
from bot.wording import LANGUAGES
from storage.checkpoints import open_checkpointer
from storage.identity import Caller
from storage.leases import Leases
from tools.registry import CAPABILITIES

if TYPE_CHECKING:
    from bot.container import App

# An endpoint on one's own machine often wants no key, but its client does.
_NO_KEY = "none"


async def make_turns(
    app: "App",
    model: BaseChatModel | None,
    closing: AsyncExitStack,
    tools: Sequence[BaseTool] | None = None,
) -> TurnService:
    """The turn service over a fresh graph, with the app's tools or others.

    ``closing`` learns what is to be closed.
    """
    remote = None if model is not None else build_remote(model_options(app.settings))
    if remote is not None:
        closing.push_async_callback(remote.close)
    saver = await closing.enter_async_context(open_checkpointer(app.conversations))
    agent = build_twin(model or app.planner, tools or app.tools, saver, twin_options(app, remote))
    turns = TurnService(
        agent,
        actions=app.actions,
        audit=Audit(app.database),
        clock=app.clock,
        new_id=app.new_id,
        model=remote.label if remote else "planner",
        lease=_lease(app, closing),
    )
    closing.push_async_callback(turns.close)
    return turns


def _lease(app: "App", closing: AsyncExitStack) -> Lease:
    """How one thread stays in order between programs.

    File locks where the data is a file here: they cost nothing and end with their program.
    Rows in the database where several machines may work on it.
    """
    if not app.database.is_sqlite or os.name != "posix":
        return Leases(app.database, app.clock, app.new_id).hold
    locks = FileLeases(app.home / "threads.lock")
    closing.callback(locks.close)
    return locks.hold


def make_planner(app: "App") -> PlannerChatModel:
    """The embedded planner over the capabilities' language files."""
    return PlannerChatModel(
        lexicons=app.linker.lexicon,
        languages={code: load_language(code, CAPABILITIES) for code in LANGUAGES},
        context_of=current_context,
        kept_in=app.home / "understanding",
    )


def model_options(settings: Settings) -> ModelOptions:
    """What the settings say about the model."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else _NO_KEY
    return ModelOptions(
        name=settings.model,
        api_key=key,
        base_url=settings.openai_base_url,
        egress=settings.egress,
    )


def twin_options(app: "App", remote: RemoteModel | None) -> TwinOptions:
    """What stands around a remote model; nothing for the planner."""
    if remote is None:
        return TwinOptions()

    async def contact_names(caller: Caller) -> list[str]:
        lexicon = await app.linker.lexicon(caller)
        people = (entry for entry in lexicon.entries if entry.entity.kind == "contact")
        return [form for entry in people for form in entry.forms]

    def private_spans(text: str) -> list[tuple[int, int]]:
        # A note may be announced in either language, whatever the rest is written in.
        understanders = (app.planner.understander(code) for code in LANGUAGES)
        return [span for one in understanders for span in one.private_spans(text)]

    egress = EgressOptions(
        level=app.settings.egress, names=contact_names, private_spans=private_spans
    )
    return TwinOptions(remote=remote, egress=egress)
