"""The one place where everything is put together.

Nothing heavy is imported before it is asked for: a command that only needs the database never
loads the agent framework.
"""

from contextlib import AsyncExitStack
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from bot.opening import Tell, make_ready, open_database, silent
from bot.privacy import CONVERSATIONS_FILE, own_file, own_folder, shut_out_others
from bot.settings import Settings
from bot.wording import LANGUAGES, Language
from storage.clock import Clock, FixedClock, SystemClock, random_id

if TYPE_CHECKING:
    from agents.actions import Actions
    from agents.building import ChatModel, Tool
    from agents.planner.model import PlannerChatModel
    from agents.turns import TurnService
    from knowledge_base.search import Library
    from storage.database import Database
    from tools.linking.service import Linker


def build(
    settings: Settings,
    *,
    model: "ChatModel | None" = None,
    clock: Clock | None = None,
    channels: tuple[str, ...] | None = None,
) -> "App":
    """The program as the settings describe it.

    ``model`` takes the place of the configured chat model, ``clock`` that of ``SALESTWIN_NOW``
    and the machine's; ``channels`` names the chat channels to open (all that are configured).
    """
    if clock is None and settings.moment is not None:
        return App(settings, model, FixedClock(settings.moment), channels, replays=True)
    return App(settings, model, clock or SystemClock(), channels)


class App:
    """The running program. Its parts are made when they are first asked for."""

    def __init__(
        self,
        settings: Settings,
        model: "ChatModel | None",
        clock: Clock,
        channels: tuple[str, ...] | None,
        *,
        replays: bool = False,
    ) -> None:
        self.settings = settings
        # It looks at the data as of another moment; what it looks at stays where it is.
        self.replays = replays
        self.clock = clock
        self.new_id = random_id
        self.channels = channels
        self._model = model
        self._closing = AsyncExitStack()
        self._turns: TurnService | None = None

    @cached_property
    def home(self) -> Path:
        """The home folder, absolute."""
        return self.settings.home.absolute()

    @cached_property
    def database(self) -> "Database":
        """The domain database. Raises StorageError if there is none."""
        database = open_database(self.settings.database)
        shut_out_others(self.home, database.path)
        return database

    def make_ready(self, tell: Tell = silent) -> None:
        """Bring the database to this version and this day. Raises StorageError.

        Under ``SALESTWIN_NOW`` nothing expires and the demo is not moved: that would change what
        other programs and the next question use. ``salestwin init`` moves it: it is asked to.
        """
        make_ready(self.database, self.clock, tell, keeps_time=not self.replays)

    @cached_property
    def linker(self) -> "Linker":
        """Resolves names for callers."""
        from tools.linking.service import Linker

        return Linker(self.database)

    @cached_property
    def library(self) -> "Library":
        """Playbooks and documents."""
        from knowledge_base.search import Library

        return Library(self.database, self.clock)

    @cached_property
    def tools(self) -> list["Tool"]:
        """All tools."""
        from tools.registry import Parts, make_tools

        return make_tools(Parts(self.database, self.linker, self.library, self.new_id))

    @cached_property
    def planner(self) -> "PlannerChatModel":
        """The embedded planner."""
        from bot.twinning import make_planner

        return make_planner(self)

    @cached_property
    def actions(self) -> "Actions":
        """What waits for decisions, and how it is carried out."""
        from agents.actions import Actions
        from tools.registry import editors, effects

        return Actions(self.database, effects(), editors())

    @property
    def turns(self) -> "TurnService":
        """The turn service of a started app."""
        if self._turns is None:
            raise RuntimeError("the app is not started")
        return self._turns

    def learn(self, tell: Tell = silent) -> None:
        """Let the planner learn its sentences once and for all; the home keeps what it learnt."""
        import_module("bot.twinning")
        for done, language in enumerate(LANGUAGES, start=1):
            self.planner.understander(language)
            tell("learn", done, len(LANGUAGES))

    def warm(self, language: Language | None = None) -> None:
        """Import and make what ``start`` needs; takes seconds and may run on any thread.

        With a language the planner also learns its sentences now and not in the first turn.
        """
        import_module("bot.twinning")
        _ = self.tools, self.actions
        if language is not None:
            self.planner.understander(language)

    async def start(self) -> None:
        """Open what needs an event loop: the store of conversations, and the turns over it.

        The home is made if it is not there. Raises StorageError.
        """
        from bot.twinning import make_turns

        own_folder(self.home)
        if isinstance(self.conversations, Path):
            own_file(self.conversations)
        self._turns = await make_turns(self, self._model, self._closing)

    async def close(self) -> None:
        """End everything, in the reverse order."""
        await self._closing.aclose()
        self._turns = None
        self.release()

    def release(self) -> None:
        """Give the database back, for an app that was not started."""
        if "database" in self.__dict__:
            self.database.close()
            del self.database

    @property
    def conversations(self) -> str | Path:
        """Where conversations are kept: a file of their own, or the database server."""
        if self.settings.database.startswith("sqlite"):
            return self.home / CONVERSATIONS_FILE
        return self.settings.database
