"""Seats of people on this machine's own program. What is heavy loads behind the first prompt."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.background import in_background
from bot.channels.greeting import gather, greeting_spans
from bot.container import App
from bot.directory import people_lines
from bot.identity import caller_for
from bot.messages import Action, Press
from bot.opening import Tell
from bot.render.stream import Span
from bot.wording import Language, Words
from storage.identity import Caller

if TYPE_CHECKING:
    from agents.answer import Answer
    from agents.events import TurnEvent
    from storage.tables import PendingAction


class LocalHost:
    """Opens the database once, gives seats, and starts the twin behind them."""

    def __init__(self, app: App, tell: Tell) -> None:
        self.app = app
        self._tell = tell
        self._is_ready = False
        self._starting: asyncio.Task[None] | None = None

    async def seat(self, person: str | None, words: Words) -> "LocalSeat":
        """The seat of a person. Raises CommandError or StorageError."""
        caller = await in_background(lambda: self._identify(person, words))
        if self._starting is None:
            self._starting = asyncio.create_task(self._start(words.language))
        return LocalSeat(self, caller)

    async def people(self, words: Words, width: int) -> list[Span]:
        """Who is who, as a table."""
        now = self.app.clock.now()
        lines = await in_background(lambda: people_lines(self.app.database, words, width, now))
        return [("\n".join([*lines, ""]), "")]

    async def started(self) -> None:
        """Wait until turns can run. Raises what kept them from it."""
        if self._starting is not None:
            await asyncio.shield(self._starting)

    async def close(self) -> None:
        """End the program's parts; what is still loading is left to itself."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait({self._starting})
        await self.app.close()

    def _identify(self, person: str | None, words: Words) -> Caller:
        if not self._is_ready:
            self.app.make_ready(self._tell)
            self._is_ready = True
        return caller_for(self.app.database, person, self.app.clock, words)

    async def _start(self, language: Language) -> None:
        await in_background(lambda: self.app.warm(language))
        await self.app.start()


class LocalSeat:
    """One person with one thread: the console's of that day, so that a restart goes on with it."""

    def __init__(self, host: LocalHost, caller: Caller) -> None:
        self.caller = caller
        self._host = host
        self._app = host.app
        today = self._app.clock.now().astimezone(ZoneInfo(caller.timezone)).date()
        self._thread = f"console-{today.isoformat()}"

    async def say(self, text: str, language: Language | None) -> "AsyncIterator[TurnEvent]":
        """One turn; closing the iterator cancels it."""
        await self._host.started()
        turn = self._app.turns.run(self.caller, self._thread, text, language=language)
        async with aclosing(turn) as events:
            async for event in events:
                yield event

    async def press(self, press: Press, language: Language) -> "Answer":
        """A pressed button."""
        await self._host.started()
        return await self._app.turns.act(
            self.caller, press.action_id, press.verb, press.text, language=language
        )

    async def welcome(self, words: Words) -> list[Span]:
        """The greeting."""
        now = self._app.clock.now()
        waiting = [action.title for action in await self._waiting()]

        def read() -> list[Span]:
            greeting = gather(self._app.database, self.caller, now, words.language, waiting)
            return greeting_spans(greeting, words)

        return await in_background(read)

    async def waiting(self, words: Words) -> Sequence[Action]:
        """The buttons of what waits in this thread, oldest first."""
        from prompts.filters import label

        return [
            Action(
                one.id,
                verb,
                label(verb, "button", words.language),
                one.expires_at,
                str(one.args.get("text", "")),
            )
            for one in await self._waiting()
            for verb in ("adopt", "edit", "ignore")
        ]

    def new_thread(self) -> None:
        """Begin a conversation that knows nothing of the one before."""
        self._thread = self._app.new_id("thr")

    async def _waiting(self) -> "Sequence[PendingAction]":
        from storage.approvals import pending_in_thread

        now = self._app.clock.now()

        def read() -> "Sequence[PendingAction]":
            with self._app.database.principal(self.caller, "waiting") as session:
                found = pending_in_thread(session, self._thread)
            return [
                a for a in found if a.approver_id == self.caller.person_id and a.expires_at > now
            ]

        return await in_background(read)
