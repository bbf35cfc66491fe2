"""The conversation at a terminal or through a pipe.

It knows nothing of the database: a ``Host`` gives it seats, a seat gives it turns. The first
prompt does not wait for them; the first turn does.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from bot.channels.readers import Interrupted, Reader
from bot.channels.screens import Screen
from bot.channels.seat import Host, Seat
from bot.channels.slash import Slash, read_slash
from bot.channels.talk import Talk
from bot.errors import CommandError
from bot.wording import LANGUAGES, Words

Explain = Callable[[BaseException, Words], str]


class Console:
    """One run of ``salestwin chat``."""

    def __init__(
        self, host: Host, reader: Reader, screen: Screen, words: Words, explain: Explain
    ) -> None:
        self._host = host
        self._reader = reader
        self._screen = screen
        self._explain = explain
        self._talk = Talk(reader, screen, words)
        self._seat: asyncio.Future[Seat]
        self._working: asyncio.Future[None] | None = None
        self._reading: asyncio.Future[str] | None = None
        self._open = True

    async def run(self, person: str | None) -> None:
        """Talk until the input ends or the person leaves. Raises what keeps the seat shut."""
        self._seat = asyncio.ensure_future(self._take_seat(person))
        try:
            with _on_interrupt(self._stop):
                await self._converse()
        finally:
            self._seat.cancel()
            self._screen.working(None)

    async def _take_seat(self, person: str | None) -> Seat:
        seat = await self._host.seat(person, self._talk.words)
        self._reader.seat(seat.caller)
        self._talk.begin(())  # the buttons on the screen were for somebody else
        if self._reader.interactive:
            self._screen.show(await seat.welcome(self._talk.words))
            self._talk.begin(await seat.waiting(self._talk.words))
        return seat

    async def _converse(self) -> None:
        warned = False
        while self._open:
            try:
                line = await self._line()
            except EOFError:
                return
            except Interrupted:
                if warned:
                    return
                warned = True
                self._tell("chat.leave_hint")
                continue
            warned = False
            await self._guarded(self._handle(line))

    async def _line(self) -> str:
        """The next line. A seat that cannot be had ends the waiting for it."""
        if not self._reader.interactive:
            await self._seated()
        reading = asyncio.ensure_future(self._reader.read(self._talk.words("chat.prompt")))
        self._reading = reading
        waiting: set[asyncio.Future[Any]] = {reading, self._seat}
        if not self._seat.done():
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if self._seat.done() and self._seat.exception() is not None:
            reading.cancel()
            await asyncio.wait({reading})
            await self._seat
        try:
            return await reading
        except asyncio.CancelledError:
            if reading.cancelled():
                raise EOFError from None
            raise

    async def _seated(self) -> None:
        """Wait for the seat. Raises what keeps it shut, and CommandError after Ctrl-C."""
        await asyncio.wait({self._seat})
        if self._seat.cancelled():
            raise CommandError("errors.interrupted")
        self._seat.result()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work; Ctrl-C ends it, and whatever it raises becomes a sentence."""
        task = asyncio.ensure_future(work)
        self._working = task
        try:
            await asyncio.wait({task})
        finally:
            self._working = None
            self._screen.working(None)
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or isinstance(error, Interrupted | EOFError):
            self._tell("chat.stopped")
        elif error is not None:
            self._screen.show([(self._explain(error, self._talk.words) + "\n", "error")])

    async def _handle(self, line: str) -> None:
        slash = read_slash(line)
        if slash is not None:
            if slash.known:
                self._reader.keep(line)
            await self._command(slash)
        elif line.strip():
            self._screen.working(self._talk.words("chat.thinking"))
            await self._talk.respond(await asyncio.shield(self._seat), line)

    async def _command(self, slash: Slash) -> None:
        if not slash.known:
            key = "chat.unknown_command_near" if slash.near else "chat.unknown_command"
            self._tell(key, name=slash.name, near=slash.near)
            return
        actions: dict[str, Callable[[str], Coroutine[Any, Any, None]]] = {
            "help": self._help,
            "as": self._change_person,
            "new": self._new_thread,
            "people": self._people,
            "lang": self._change_language,
            "quit": self._quit,
        }
        await actions[slash.name](slash.rest)

    async def _help(self, _rest: str) -> None:
        self._tell("chat.help")

    async def _quit(self, _rest: str) -> None:
        self._open = False

    async def _new_thread(self, _rest: str) -> None:
        (await asyncio.shield(self._seat)).new_thread()
        self._talk.begin(())
        self._tell("chat.new_thread")

    async def _people(self, _rest: str) -> None:
        await asyncio.shield(self._seat)
        self._screen.show(await self._host.people(self._talk.words, self._screen.width))

    async def _change_person(self, person: str) -> None:
        if not person:
            self._tell("chat.which_person")
            return
        seat = await self._take_seat(person)
        taken: asyncio.Future[Seat] = asyncio.get_running_loop().create_future()
        taken.set_result(seat)
        self._seat = taken

    async def _change_language(self, wanted: str) -> None:
        names = {"中文": "zh", "chinese": "zh", "english": "en", "英文": "en"}
        code = names.get(wanted.lower(), wanted.lower()[:2])
        for language in LANGUAGES:
            if code == language:
                self._talk.words = Words(language)
                self._talk.chosen = language
                self._tell("chat.language")
                return
        self._tell("chat.which_language")

    def _stop(self) -> None:
        """Ctrl-C: end the turn; without one, the reading, and with it the conversation.

        Lines of a pipe are not read before somebody sits there: then the waiting for that ends.
        """
        (self._working or self._reading or self._seat).cancel()

    def _tell(self, key: str, **values: object) -> None:
        self._screen.show([(self._talk.words(key, **values).rstrip() + "\n", "dim")])


@contextmanager
def _on_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C stops what is being done instead of the program, while the block runs."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(stop))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
