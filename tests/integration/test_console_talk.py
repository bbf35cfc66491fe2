"""The console over a host of the test's own: whose buttons, whose lines, and Ctrl-C at any time."""

import asyncio
import io
import signal
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from agents.answer import Answer, Body, Milliseconds
from agents.events import Final, TurnEvent
from bot.channels.console import Console
from bot.channels.readers import PipeReader
from bot.channels.screens import PipeScreen
from bot.errors import CommandError
from bot.messages import Action, Press
from bot.render.stream import Span
from bot.wording import Language, Words
from storage.clock import SystemClock
from storage.identity import Caller
from storage.vocabulary import Role
from tools.artifact import ActionButton, Outcome


class Seat:
    """Answers everything with a waiting action of the person's own."""

    def __init__(self, name: str, seen: list[str]) -> None:
        self.caller = Caller(f"p-{name}", "org", name, Role.REP)
        self._seen = seen

    async def say(self, text: str, language: Language | None) -> AsyncIterator[TurnEvent]:
        self._seen.append(f"{self.caller.name} says {text}")
        button = ActionButton(
            id=f"act-{self.caller.name}", verb="adopt", label="x", expires_at=SystemClock().now()
        )
        yield Final(self._answer([button]))

    async def press(self, press: Press, language: Language) -> Answer:
        self._seen.append(f"{self.caller.name} presses {press.action_id}")
        return self._answer([], "asked" if "?" in press.action_id else "answered")

    async def welcome(self, words: Words) -> list[Span]:
        return []

    async def waiting(self, words: Words) -> Sequence[Action]:
        return ()

    def new_thread(self) -> None:
        """There are none."""

    def _answer(self, buttons: list[ActionButton], outcome: Outcome = "answered") -> Answer:
        body = Body(markdown="好", actions=buttons)
        return Answer(
            thread="t",
            turn="u",
            outcome=outcome,
            answer=body,
            model="planner",
            prompt="p",
            ms=Milliseconds(total=1.0),
        )


class Host:
    """Gives seats at once, or calls ``waiting`` and never gives any."""

    def __init__(self, waiting: Callable[[], None] | None = None) -> None:
        self.seen: list[str] = []
        self._waiting = waiting

    async def seat(self, person: str | None, words: Words) -> Seat:
        if self._waiting is not None:
            self._waiting()
            await asyncio.Event().wait()
        return Seat(person or "anna", self.seen)

    async def people(self, words: Words, width: int) -> list[Span]:
        return []


def console(host: Host, *lines: str, out: io.StringIO | None = None) -> Console:
    reader = PipeReader(io.BytesIO("\n".join(lines).encode()))
    screen = PipeScreen(out or io.StringIO())
    return Console(host, reader, screen, Words("zh"), lambda e, _: repr(e))


async def test_a_number_presses_no_button_of_the_person_before() -> None:
    host = Host()
    await console(host, "hi", "/as ben", "1").run(None)
    assert host.seen == ["anna says hi", "ben says 1"]


async def test_the_own_button_is_still_pressed() -> None:
    host = Host()
    await console(host, "hi", "1").run(None)
    assert host.seen == ["anna says hi", "anna presses act-anna"]


async def test_a_number_without_a_button_says_so_and_is_no_question() -> None:
    host, out = Host(), io.StringIO()
    await console(host, "hi", "5", "1", "２", out=out).run(None)
    assert host.seen == ["anna says hi", "anna presses act-anna"]
    assert "没有按钮 5；现在可以按 1 x" in out.getvalue()
    assert "没有可以按的按钮，２" in out.getvalue()


async def test_a_number_answers_a_question_of_the_twin() -> None:
    host = Host()
    await console(host, "hi", "/as who?", "hi", "1", "2").run(None)
    assert host.seen[-2:] == ["who? presses act-who?", "who? says 2"]


async def test_a_number_in_a_new_conversation_may_be_meant_for_the_twin() -> None:
    host = Host()
    await console(host, "hi", "/new", "1").run(None)
    assert host.seen == ["anna says hi", "anna says 1"]


async def test_ctrl_c_ends_a_pipe_that_waits_for_its_seat() -> None:
    loop = asyncio.get_running_loop()
    host = Host(lambda: loop.call_soon(signal.raise_signal, signal.SIGINT))
    with pytest.raises(CommandError) as caught:
        await asyncio.wait_for(console(host, "hi").run(None), 30)
    assert caught.value.key == "errors.interrupted"
    assert host.seen == []
