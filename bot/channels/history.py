"""The lines that a person may call back at the prompt another day, in a file of that person's own.

Nothing that was dictated stands in it: a line is kept when reading tools alone have answered it,
and the text of notes, of edits and of whatever was not understood is forgotten with the program.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bot.privacy import own_folder
from storage.errors import StorageError
from storage.identity import Caller

HISTORY_FOLDER = "console_history"
_LINES = 200
_LONGEST = 500  # characters; what is longer was pasted, and is likely somebody's mail


class History:
    """One person's kept lines, oldest first. A file that cannot be used is none."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def lines(self) -> list[str]:
        """What was kept; broken lines are passed over."""
        try:
            rows = self._file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
        found = []
        for row in rows[-_LINES:]:
            with suppress(ValueError):
                line = json.loads(row)
                if isinstance(line, str):
                    found.append(line)
        return found

    def add(self, line: str) -> None:
        """Keep a line, and of all of them the last ones only."""
        kept = self.lines()
        if not line or len(line) > _LONGEST or kept[-1:] == [line]:
            return
        with suppress(OSError, StorageError):
            self._write([*kept, line][-_LINES:])

    def _write(self, lines: Sequence[str]) -> None:
        own_folder(self._file.parent)
        aside = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        aside.unlink(missing_ok=True)
        rows = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(rows.encode("utf-8", "replace"))
        aside.replace(self._file)


def history_of(home: Path, caller: Caller) -> History:
    """The history of a person. Its name tells nobody who that is, and fits every file system."""
    _forget_the_shared_one(home)
    who = hashlib.sha256(f"{caller.org_id}\n{caller.person_id}".encode()).hexdigest()
    return History(home / HISTORY_FOLDER / f"{who[:16]}.jsonl")


def _forget_the_shared_one(home: Path) -> None:
    """Remove the one file of earlier versions, in which everybody's notes stood in clear."""
    old = home / HISTORY_FOLDER
    if old.is_file():
        with suppress(OSError):
            old.unlink()
