"""One turn on the screen: what is said streams in, a typed number presses a button."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.channels.readers import Reader
from bot.channels.screens import Screen
from bot.channels.seat import Seat
from bot.languages import answered_in, spoken_in
from bot.messages import Action, Press, Reply, reply_of
from bot.offers import tool_label
from bot.render.harmless import harmless
from bot.render.stream import MarkdownStream, Span
from bot.render.terminal import below, whole
from bot.wording import Language, Words

if TYPE_CHECKING:
    from agents.answer import Answer

_NUMBER_DIGITS = 2


class Talk:
    """Shows turns and remembers the buttons of the last answer."""

    def __init__(self, reader: Reader, screen: Screen, words: Words) -> None:
        self.words = words
        self.chosen: Language | None = None  # by the person; otherwise each text tells
        self.actions: Sequence[Action] = ()
        self._spoken: Words | None = None  # of the last answer; none of this person's yet
        self._asked = True  # whether a number may answer something that the twin asked
        self._reader = reader
        self._screen = screen

    def begin(self, actions: Sequence[Action]) -> None:
        """Somebody sits down, or a conversation begins: nothing was said, that much waits."""
        self.actions = actions
        self._spoken = None
        self._asked = True

    async def respond(self, seat: Seat, line: str) -> None:
        """A number presses a button of the last answer; everything else is said to the twin."""
        action = pressed(line, self.actions)
        if action is not None:
            await self._press(seat, action)
        elif is_number(line) and (self.actions or not self._asked):
            self._show([(self._no_button(line.strip()) + "\n", "dim")])
        else:
            await self._say(seat, line)

    def _no_button(self, number: str) -> str:
        if not self.actions:
            return self.words("chat.no_buttons", number=number)
        buttons = (f"{place} {a.label}" for place, a in enumerate(self.actions, start=1))
        return self.words("chat.no_button", number=number, known=harmless(", ".join(buttons)))

    async def _say(self, seat: Seat, text: str) -> None:
        from agents.events import Delta, Final, Progress, Withdraw

        words = Words(self.chosen or spoken_in(text, seat.caller))
        stream = MarkdownStream(self._screen.width)
        async for event in seat.say(text, self.chosen):
            if isinstance(event, Delta):
                self._show(stream.feed(event.text))
            elif isinstance(event, Withdraw):
                note = words("chat.withdrawn")
                self._show([*stream.close(), ("\n", ""), (f"{note}\n", "dim")])
            elif isinstance(event, Progress) and event.phase == "start":
                tool = tool_label(event.tool, words.language)
                self._screen.working(words("chat.working", tool=tool))
            elif isinstance(event, Final):
                self._show([*stream.close(), ("\n", "")])
                language = self.chosen or answered_in(event.answer, text, seat.caller)
                self._finish(seat, reply_of(event.answer), Words(language))
                if only_read(event.answer):
                    self._reader.keep(text)

    async def _press(self, seat: Seat, action: Action) -> None:
        text = await self._new_wording(action) if action.verb == "edit" else None
        press = Press(action.id, action.verb, text)
        words = self._button_words()
        reply = reply_of(await seat.press(press, words.language))
        self._show(whole(reply.markdown, self._screen.width))
        self._finish(seat, reply, words)

    def _button_words(self) -> Words:
        """A button is answered in the language in which it was shown."""
        return Words(self.chosen) if self.chosen else self._spoken or self.words

    async def _new_wording(self, action: Action) -> str:
        self._show([(self.words("chat.edit_hint") + "\n", "dim")])
        return await self._reader.read(self.words("chat.edit_prompt"), action.draft)

    def _finish(self, seat: Seat, reply: Reply, words: Words) -> None:
        self.actions = reply.actions
        self._spoken = words
        self._asked = reply.outcome == "asked"
        zone = ZoneInfo(seat.caller.timezone)
        self._show([*below(reply, words, self._screen.width, zone), ("\n", "")])

    def _show(self, spans: Sequence[Span]) -> None:
        if spans:
            self._screen.show(spans)


def only_read(answer: "Answer") -> bool:
    """Whether the message was a question that reading tools answered, with nothing dictated in it.

    What was not understood, asked back or refused may well be the words of a note.
    """
    from tools.registry import effects

    names = {run.name for run in answer.tools}
    asked = answer.outcome == "answered" and not answer.answer.actions
    return asked and bool(names) and names.isdisjoint(effects())


def pressed(line: str, actions: Sequence[Action]) -> Action | None:
    """The button that a line presses: its number, full-width digits too, and nothing else."""
    if not is_number(line):
        return None
    place = int(line.strip()) - 1
    return actions[place] if 0 <= place < len(actions) else None


def is_number(line: str) -> bool:
    """Whether a line is a small number, full-width digits too, and nothing else."""
    number = line.strip()
    return number.isdecimal() and len(number) <= _NUMBER_DIGITS
