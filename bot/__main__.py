"""The console script ``salestwin``."""

import gc
import logging
import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

ROOMS = ("bot", "agents", "tools", "knowledge_base", "prompts", "storage")

# Libraries read these when they are imported, so they stand before any of them is.
QUIET = {
    "PYPINYIN_NO_PHRASES": "1",  # the phrase table costs 40 MB and is not used
    "LANGSMITH_TRACING": "false",  # nothing leaves this machine unasked
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGGRAPH_STRICT_MSGPACK": "true",
    "ANONYMIZED_TELEMETRY": "false",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",  # saves a walk over all installed packages
}
GARBAGE = (100_000, 50, 50)  # objects before a look at the young, young before middle, …


def main() -> None:
    """Run the command line; ends the process with its exit status."""
    # Importing makes many objects and next to no garbage: looking for it takes a fifth of a start.
    gc.set_threshold(*GARBAGE)
    os.environ.update(QUIET)
    strange = strangers(room_folders())
    if strange:
        # Words cannot be loaded here: they live in one of the packages in doubt.
        sys.stderr.write(f"salestwin: packages of another program in the way: {strange}\n")
        sys.exit(1)
    from bot.cli.frame import run

    leave(run(sys.argv[1:], journal=True))


def leave(status: int) -> NoReturn:
    """End the process at once. Everything is closed by now; the interpreter would take another
    half second to tidy thousands of modules that the system takes back anyway.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # its reader may have gone
            stream.flush()
    logging.shutdown()
    os._exit(status)


def room_folders() -> dict[str, Path | None]:
    """Where each of the six packages would be imported from."""
    folders: dict[str, Path | None] = {}
    for room in ROOMS:
        spec = find_spec(room)
        origin = spec.origin if spec else None
        folders[room] = Path(origin).resolve().parent if origin else None
    return folders


def strangers(folders: dict[str, Path | None]) -> str:
    """The packages that do not stand beside ``bot`` (empty if all do), with their places.

    Names such as ``agents`` are common: another installed package can put its own in the way.
    """
    own = folders["bot"]
    root = own.parent if own else None
    return ", ".join(
        f"{room} ({folder or 'missing'})"
        for room, folder in folders.items()
        if folder is None or folder.parent != root
    )


if __name__ == "__main__":
    main()
