"""From the app and its settings to the twin. Importing this loads the agent framework."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from agents import building
from agents.building import ChatModel, Tool, TwinParts
from agents.models import ModelOptions
from agents.planner.model import PlannerChatModel
from agents.turns import TurnService
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.container import App

# An endpoint on one's own machine often wants no key, but its client does.
_NO_KEY = "none"


async def make_turns(
    app: "App",
    model: ChatModel | None,
    closing: AsyncExitStack,
    tools: Sequence[Tool] | None = None,
) -> TurnService:
    """The turn service over a fresh graph, with the app's tools or others.

    ``closing`` learns what is to be closed.
    """
    parts = TwinParts(
        database=app.database,
        linker=app.linker,
        tools=tools or app.tools,
        actions=app.actions,
        planner=app.planner,
        clock=app.clock,
        new_id=app.new_id,
        home=app.home,
        conversations=app.conversations,
        remote=model_options(app.settings),
    )
    return await building.make_turns(parts, closing, model=model)


def make_planner(app: "App") -> PlannerChatModel:
    """The embedded planner; what it learnt is kept in the home."""
    return building.make_planner(app.linker, app.home / "understanding")


def model_options(settings: Settings) -> ModelOptions:
    """What the settings say about the model."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else _NO_KEY
    return ModelOptions(
        name=settings.model,
        api_key=key,
        base_url=settings.openai_base_url,
        egress=settings.egress,
    )
