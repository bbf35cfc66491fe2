"""Reads what a person types at the terminal, or the lines of a pipe."""

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from bot.channels.history import History, history_of
from bot.text import decoded
from storage.identity import Caller

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

    from bot.channels.recall import Recall


class Interrupted(Exception):  # noqa: N818 - it is an event, not an error
    """Ctrl-C at the prompt."""


class Reader(Protocol):
    """Where lines come from. Raises EOFError at the end and Interrupted at Ctrl-C."""

    interactive: bool

    async def read(self, prompt: str, default: str = "") -> str:
        """The next message; it may have several lines when it was pasted."""

    def seat(self, caller: Caller) -> None:
        """That person types from now on."""

    def keep(self, line: str) -> None:
        """The line holds nothing dictated: that person may call it back another day."""


class TerminalReader:
    """A line editor with history, in which a pasted text of many lines stays one message."""

    interactive = True

    def __init__(self, home: Path) -> None:
        self._home = home
        self._session: PromptSession[str] | None = None
        self._recall: Recall | None = None
        self._history: History | None = None

    def seat(self, caller: Caller) -> None:
        self._history = history_of(self._home, caller)
        if self._recall is not None:
            self._recall.belong_to(self._history.lines())

    def keep(self, line: str) -> None:
        if self._history is not None:
            self._history.add(line.strip())

    async def read(self, prompt: str, default: str = "") -> str:
        from prompt_toolkit.patch_stdout import patch_stdout

        with patch_stdout(raw=True):
            try:
                return await self._line_editor().prompt_async(prompt, default=default)
            except KeyboardInterrupt:
                raise Interrupted from None

    def _line_editor(self) -> "PromptSession[str]":
        if self._session is None:
            from prompt_toolkit import PromptSession

            from bot.channels.recall import Recall

            self._recall = Recall()
            if self._history is not None:
                self._recall.belong_to(self._history.lines())
            self._session = PromptSession(history=self._recall, reserve_space_for_menu=0)
        return self._session


class PipeReader:
    """Lines of a pipe, in UTF-8 or GBK; blank ones are passed over.

    A thread of its own reads, so that Ctrl-C need not wait for the next line.
    """

    interactive = False

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._lines: asyncio.Queue[bytes] | None = None

    async def read(self, prompt: str, default: str = "") -> str:  # noqa: ARG002 - nobody sees it
        if self._lines is None:
            self._lines = asyncio.Queue()
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._pump, args=(loop, self._lines), daemon=True).start()
        while line := await self._lines.get():
            if text := decoded(line).strip():
                return text
        self._lines.put_nowait(b"")
        raise EOFError

    def seat(self, caller: Caller) -> None:
        """A pipe is nobody's."""

    def keep(self, line: str) -> None:
        """A pipe does not come back."""

    def _pump(self, loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[bytes]") -> None:
        while True:
            line = self._source.readline()
            try:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            except RuntimeError:  # the loop has ended before the pipe did
                return
            if not line:
                return
