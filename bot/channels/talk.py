"""One turn on the screen: what is said streams in, a typed number presses a button."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.channels.readers import Reader
from bot.channels.screens import Screen
from bot.channels.seat import Seat
from bot.messages import Action, Press, Reply, reply_of
from bot.offers import tool_label
from bot.render.stream import MarkdownStream, Span
from bot.render.terminal import below, whole
from bot.wording import Language, Words

_NUMBER_DIGITS = 2


class Talk:
    """Shows turns and remembers the buttons of the last answer."""

    def __init__(self, reader: Reader, screen: Screen, words: Words) -> None:
        self.words = words
        self.chosen: Language | None = None  # by the person; otherwise each text tells
        self.actions: Sequence[Action] = ()
        self._reader = reader
        self._screen = screen

    async def respond(self, seat: Seat, line: str) -> None:
        """A number presses a button of the last answer; everything else is said to the twin."""
        action = pressed(line, self.actions)
        if action is None:
            await self._say(seat, line)
        else:
            await self._press(seat, action)

    async def _say(self, seat: Seat, text: str) -> None:
        from agents.events import Delta, Final, Progress, Withdraw

        stream = MarkdownStream(self._screen.width)
        async for event in seat.say(text, self.chosen):
            if isinstance(event, Delta):
                self._show(stream.feed(event.text))
            elif isinstance(event, Withdraw):
                note = self.words("chat.withdrawn")
                self._show([*stream.close(), ("\n", ""), (f"{note}\n", "dim")])
            elif isinstance(event, Progress) and event.phase == "start":
                self._screen.working(
                    self.words("chat.working", tool=tool_label(event.tool, self.words.language))
                )
            elif isinstance(event, Final):
                self._show([*stream.close(), ("\n", "")])
                self._finish(seat, reply_of(event.answer))

    async def _press(self, seat: Seat, action: Action) -> None:
        text = await self._new_wording(action) if action.verb == "edit" else None
        press = Press(action.id, action.verb, text)
        reply = reply_of(await seat.press(press, self.words.language))
        self._show(whole(reply.markdown, self._screen.width))
        self._finish(seat, reply)

    async def _new_wording(self, action: Action) -> str:
        self._show([(self.words("chat.edit_hint") + "\n", "dim")])
        return await self._reader.read(self.words("chat.edit_prompt"), action.draft)

    def _finish(self, seat: Seat, reply: Reply) -> None:
        self.actions = reply.actions
        zone = ZoneInfo(seat.caller.timezone)
        self._show([*below(reply, self.words, self._screen.width, zone), ("\n", "")])

    def _show(self, spans: Sequence[Span]) -> None:
        if spans:
            self._screen.show(spans)


def pressed(line: str, actions: Sequence[Action]) -> Action | None:
    """The button that a line presses: its number, full-width digits too, and nothing else."""
    number = line.strip()
    if not number.isdecimal() or len(number) > _NUMBER_DIGITS:
        return None
    place = int(number) - 1
    return actions[place] if 0 <= place < len(actions) else None
