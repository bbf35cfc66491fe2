"""What every command gets: words, settings, the app, and the two ways out.

Results go to standard output; progress and remarks to standard error, so that ``--json``
leaves exactly one JSON value on standard output.
"""

import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from bot.settings import Settings, load_settings, spoken_language
from bot.text import encodable
from bot.wording import Words

if TYPE_CHECKING:
    from bot.container import App
    from storage.clock import Clock

T = TypeVar("T")
ErrorShape = Callable[[str, str], dict[str, Any]]


def plain_error(code: str, sentence: str) -> dict[str, Any]:
    """What ``--json`` prints for a command that ended without a result."""
    return {"error": {"code": code, "message": sentence}}


class Shell:
    """One run of the command line."""

    def __init__(
        self,
        out: TextIO | None = None,
        err: TextIO | None = None,
        clock: "Clock | None" = None,
    ) -> None:
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        self._clock = clock
        self.error_shape: ErrorShape = plain_error
        self.has_answered = False  # the one JSON value of this run has been written

    @cached_property
    def settings(self) -> Settings:
        """The settings. Raises SettingsError."""
        return load_settings()

    @cached_property
    def words(self) -> Words:
        """The user's language; also where the settings are unusable."""
        try:
            return Words(self.settings.spoken)
        except Exception:  # whatever it is, somebody wants to put it into words
            return Words(spoken_language())

    def build(self) -> "App":
        """The app of one command, in which ``SALESTWIN_NOW`` stands for the clock."""
        from bot.container import build

        return build(self.settings, clock=self._clock)

    def build_lasting(self) -> "App":
        """The app of a command that stays: its clock must go on, so ``SALESTWIN_NOW`` is left out.

        What was set and is not heeded is said.
        """
        from bot.container import build
        from storage.clock import SystemClock

        if self.settings.now is not None:
            self.note(self.words("settings.now_ignored"))
        return build(self.settings, clock=self._clock or SystemClock())

    @contextmanager
    def app(self, app: "App | None" = None) -> Iterator["App"]:
        """The app, not started: its database and what needs no event loop."""
        app = app or self.build()
        try:
            yield app
        finally:
            app.release()

    @contextmanager
    def ready_app(self, app: "App | None" = None) -> Iterator["App"]:
        """The app with a database that is current and on today's day. Raises StorageError."""
        with self.app(app) as opened:
            self.make_ready(opened)
            yield opened

    def make_ready(self, app: "App") -> None:
        """Ready the app's database; says where ``SALESTWIN_NOW`` is not the demo's day."""
        from bot.cli.progress import progress_of
        from storage.demo import days_apart

        app.make_ready(progress_of(self))
        days = days_apart(app.database, app.clock) if app.replays else None
        if days is not None:
            self.note(self.words("settings.now_other_day", day=days[0], now=days[1]))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end."""
        import asyncio

        return asyncio.run(work)

    def text(self, text: str = "") -> None:
        """A line of the result, at once: its reader may wait for it while we go on."""
        self.out.write(encodable(text, self.out) + "\n")
        self.out.flush()

    def json(self, value: Any) -> None:
        """The one JSON value of the result."""
        utf8 = (getattr(self.out, "encoding", "") or "").lower().replace("-", "") == "utf8"
        text = json.dumps(value, ensure_ascii=not utf8, indent=2, default=_plain)
        self.has_answered = True
        self.out.write(text + "\n")

    def note(self, text: str) -> None:
        """A line beside the result: progress, a remark, an error."""
        self.err.write(encodable(text, self.err) + "\n")
        self.err.flush()

    def progress(self, key: str, **values: Any) -> None:
        """A progress line, said in the user's language."""
        self.note(self.words(f"progress.{key}", **values))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
