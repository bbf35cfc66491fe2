"""What the tests of the command line share: a small demo home, and the program on it."""

import functools
import io
import json
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.frame import run
from bot.container import build
from bot.settings import DATABASE_FILE, Settings, variable_names
from knowledge_base.shelving import renew
from storage.clock import Clock, FixedClock
from storage.database import Database
from storage.demo import ORG_ID, SMALL
from storage.demo import build as build_demo
from storage.migrate import migrate

# A Monday morning in Shanghai.
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
REP = "p-chen-siyuan"
ANSWER_FIELDS = {
    "thread", "turn", "outcome", "answer", "tools", "plan", "model", "prompt", "ms",
}  # fmt: skip


@functools.cache
def _template(folder: Path) -> Path:
    home = folder / "small-demo"
    home.mkdir()
    database = Database(f"sqlite:///{home / DATABASE_FILE}")
    migrate(database)
    build_demo(database, FixedClock(NOW), size=SMALL)
    renew(database, ORG_ID, FixedClock(NOW))
    database.close()
    app = build(Settings(_env_file=None, home=home, database_url=None))
    app.learn()
    app.release()
    return home


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON value that it is."""
        return json.loads(self.out)


class Program:
    """``salestwin`` in this process, on a home of its own, at ``NOW``."""

    def __init__(self, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self._patch = patch
        for name in (*variable_names(), "LC_ALL", "LC_MESSAGES", "LANG"):
            patch.delenv(name, raising=False)
        patch.chdir(home.parent)
        self.set("SALESTWIN_HOME", str(home))
        self.set("SALESTWIN_NOW", NOW.isoformat())

    def set(self, variable: str, value: str) -> None:
        """Change the environment."""
        self._patch.setenv(variable, value)

    def unset(self, variable: str) -> None:
        """Take a variable out of the environment."""
        self._patch.delenv(variable, raising=False)

    def __call__(self, *argv: str, stdin: bytes = b"", clock: Clock | None = None) -> Result:
        """Run a command."""
        out, err = io.StringIO(), io.StringIO()
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        status = run(argv, out, err, clock=clock)
        return Result(status, out.getvalue(), err.getvalue())

    def chat(self, *lines: str, encoding: str = "utf-8") -> Result:
        """A chat through a pipe. It does not heed ``SALESTWIN_NOW``: the clock is handed in."""
        with self._patch.context() as patch:
            patch.delenv("SALESTWIN_NOW")
            return self("chat", stdin="\n".join(lines).encode(encoding), clock=FixedClock(NOW))


def new_program(home: Path, patch: pytest.MonkeyPatch) -> Program:
    """The program on a home that is not there yet."""
    return Program(home, patch)


def demo_program(home: Path, patch: pytest.MonkeyPatch, factory: pytest.TempPathFactory) -> Program:
    """The program on a copy of the small demo home."""
    shutil.copytree(_template(factory.getbasetemp()), home)
    return Program(home, patch)
