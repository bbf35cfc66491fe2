"""Puts styled spans on a terminal, or their bare text into a pipe."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TextIO

from bot.render.stream import Span
from bot.text import encodable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

_PIPE_WIDTH = 100


class Screen(Protocol):
    """Where a conversation is shown."""

    @property
    def width(self) -> int:
        """In terminal cells."""

    def show(self, spans: Sequence[Span]) -> None:
        """Add spans at the end."""

    def working(self, text: str | None) -> None:
        """Show that something is going on; None, or anything shown, ends it."""


class PipeScreen:
    """A pipe or a file: the text alone, at once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    @property
    def width(self) -> int:
        return _PIPE_WIDTH

    def show(self, spans: Sequence[Span]) -> None:
        self._out.write(encodable("".join(text for text, _ in spans), self._out))
        self._out.flush()

    def working(self, text: str | None) -> None:
        """A pipe has nobody waiting before it."""


class TerminalScreen:
    """A terminal, with colour where it has any and ``NO_COLOR`` is not set.

    It writes to whatever standard output is at that moment: while the line editor waits for a
    line, that is a proxy which keeps the output above the line.
    """

    def __init__(self) -> None:
        self._console: Console | None = None
        self._status: Status | None = None

    @property
    def width(self) -> int:
        return self._rich().width

    def show(self, spans: Sequence[Span]) -> None:
        from rich.text import Text

        from bot.render.terminal import STYLES

        self.working(None)
        line = Text.assemble(*((text, STYLES.get(style, "")) for text, style in spans))
        # The terminal wraps by itself; text that streams in pieces cannot be wrapped here.
        self._rich().print(line, end="", soft_wrap=True)

    def working(self, text: str | None) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
        if text is not None:
            self._status = self._rich().status(text, spinner="dots", refresh_per_second=4)
            self._status.start()

    def _rich(self) -> "Console":
        if self._console is None:
            from rich.console import Console

            self._console = Console(highlight=False, markup=False, emoji=False)
        return self._console
