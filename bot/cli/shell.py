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

from bot.settings import Settings, SettingsError, load_settings, spoken_language
from bot.text import encodable
from bot.wording import Words

if TYPE_CHECKING:
    from bot.container import App

T = TypeVar("T")
ErrorShape = Callable[[str, str], dict[str, Any]]


def plain_error(code: str, sentence: str) -> dict[str, Any]:
    """What ``--json`` prints for a command that ended without a result."""
    return {"error": {"code": code, "message": sentence}}


class Shell:
    """One run of the command line."""

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        self.error_shape: ErrorShape = plain_error

    @cached_property
    def settings(self) -> Settings:
        """The settings. Raises SettingsError."""
        return load_settings()

    @cached_property
    def words(self) -> Words:
        """The user's language; also where the settings are unusable."""
        try:
            return Words(self.settings.spoken)
        except SettingsError:
            return Words(spoken_language())

    @contextmanager
    def app(self) -> Iterator["App"]:
        """The app, not started: its database and what needs no event loop."""
        from bot.container import build

        app = build(self.settings)
        try:
            yield app
        finally:
            app.release()

    @contextmanager
    def ready_app(self) -> Iterator["App"]:
        """The app with a database that is current and on today's day. Raises StorageError."""
        from bot.cli.progress import progress_of

        with self.app() as app:
            app.make_ready(progress_of(self))
            yield app

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end."""
        import asyncio

        return asyncio.run(work)

    def text(self, text: str = "") -> None:
        """A line of the result."""
        self.out.write(encodable(text, self.out) + "\n")

    def json(self, value: Any) -> None:
        """The one JSON value of the result."""
        utf8 = (getattr(self.out, "encoding", "") or "").lower().replace("-", "") == "utf8"
        self.out.write(json.dumps(value, ensure_ascii=not utf8, indent=2, default=_plain) + "\n")

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
