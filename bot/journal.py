"""The log in the home. It never holds what people said, names, or secrets."""

import logging
import traceback
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_FILE = Path("logs") / "salestwin.log"
ROOMS = frozenset({"bot", "agents", "tools", "knowledge_base", "prompts", "storage"})
_BYTES = 1_000_000
_FILES = 3


def start_journal(home: Path) -> None:
    """Send what libraries log or warn to the home's log file instead of the user's screen.

    A home that is not there is not made for it.
    """
    handler = _handler(home) if home.is_dir() else logging.NullHandler()
    logging.raiseExceptions = False  # a log that cannot be written is nobody's answer
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


class _Discreet(logging.Formatter):
    """Keeps the messages of our own rooms; of others only who logged and where."""

    def format(self, record: logging.LogRecord) -> str:
        own = record.name.split(".")[0] in ROOMS
        said = record.getMessage() if own else f"{record.pathname}:{record.lineno}"
        moment = datetime.fromtimestamp(record.created, UTC)
        return f"{moment:%FT%TZ} {record.levelname} {record.name} {said}"


def note_defect(home: Path, error: BaseException) -> Path | None:
    """Write type and place of an unexpected error; returns the log file, or None if it failed.

    The message is left out: it may quote what somebody said or stored.
    """
    path = home / LOG_FILE
    frames = traceback.extract_tb(error.__traceback__)
    places = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC):%FT%TZ} {type(error).__qualname__}\n{places}\n")
    except OSError:
        return None
    return path


class _LateFile(RotatingFileHandler):
    """Makes its folder with the first record, so that a quiet run leaves nothing."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()


def _handler(home: Path) -> logging.Handler:
    handler = _LateFile(
        home / LOG_FILE, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(_Discreet())
    return handler
