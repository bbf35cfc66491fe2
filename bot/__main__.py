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

GARBAGE = (100_000, 50, 50)  # objects before a look at the young, young before middle, …
_NOBODY_ELSE = 0o077  # what this program makes is for who runs it: conversations, notes, contacts


def main() -> None:
    """Run the command line; ends the process with its exit status."""
    # Importing makes many objects and next to no garbage: looking for it takes a fifth of a start.
    gc.set_threshold(*GARBAGE)
    os.umask(_NOBODY_ELSE)
    strange = strangers(room_folders())
    if strange:
        # Words cannot be loaded here: they live in one of the packages in doubt.
        sys.stderr.write(f"salestwin: packages of another program in the way: {strange}\n")
        sys.exit(1)
    from bot.libraries import instruct_libraries

    instruct_libraries()
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
