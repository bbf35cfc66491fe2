"""What the console needs from the rest of the program."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Protocol

from bot.messages import Action, Press
from bot.render.stream import Span
from bot.wording import Language, Words
from storage.identity import Caller

if TYPE_CHECKING:
    from agents.answer import Answer
    from agents.events import TurnEvent


class Seat(Protocol):
    """A person at the console, with one thread."""

    caller: Caller

    def say(self, text: str, language: Language | None) -> "AsyncIterator[TurnEvent]":
        """One turn; without a language, the text's own."""

    async def press(self, press: Press, language: Language) -> "Answer":
        """A pressed button."""

    async def welcome(self, words: Words) -> list[Span]:
        """Who this is, what is on today, what can be asked, what waits for a decision."""

    async def waiting(self, words: Words) -> Sequence[Action]:
        """The buttons of what waits for this person's decision."""

    def new_thread(self) -> None:
        """Begin a conversation that knows nothing of the one before."""


class Host(Protocol):
    """Gives seats."""

    async def seat(self, person: str | None, words: Words) -> Seat:
        """The seat of a person by name or id; None is the default one. Raises CommandError."""

    async def people(self, words: Words, width: int) -> list[Span]:
        """Who is who."""
