"""Keeps what the program stores to the eyes of whoever runs it.

``bot/__main__.py`` sets the mask for what is made from now on; here is what older versions, other
masks and other programs left open. Only files of ours are touched, never the home folder itself:
it may be somebody's own, with other things in it.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from storage.errors import StorageError

CONVERSATIONS_FILE = "conversations.db"
_OWN_FOLDER, _OWN_FILE = 0o700, 0o600
_OTHERS = 0o077
_SQLITE = ("", "-wal", "-shm", "-journal")
_IN_HOME = ("threads.lock", "logs/*", "console_history/*")


def own_folder(path: Path) -> Path:
    """The folder, made for its owner alone if it is not there. Raises StorageError."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=_OWN_FOLDER)
    except OSError as error:
        raise _no_folder(error, path) from error
    return path


def _no_folder(error: OSError, path: Path) -> StorageError:
    with suppress(OSError):
        blocked = next((place for place in (path, *path.parents) if place.is_file()), None)
        if blocked is not None:
            return StorageError("not_a_folder", str(blocked))
    return StorageError(_reason(error), str(path))


def _reason(error: OSError) -> str:
    """Why a folder or a file in it cannot be had, as a reason of StorageError."""
    return "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "read_only"


def own_file(path: Path) -> Path:
    """The file, made empty for its owner alone if it is not there. Raises StorageError."""
    own_folder(path.parent)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, _OWN_FILE))
    except IsADirectoryError as error:
        raise StorageError("not_a_file", str(path)) from error
    except OSError as error:
        raise StorageError(_reason(error), str(path)) from error
    return path


def shut_out_others(home: Path, database: Path | None) -> None:
    """Take from everybody else what is open of the home's files and of the database.

    A file that belongs to another account stays as it is: that account has shared it.
    """
    for path in _files(home, database):
        with suppress(OSError):
            mode = path.stat().st_mode
            if mode & _OTHERS:
                path.chmod(mode & ~_OTHERS)


def _files(home: Path, database: Path | None) -> Iterator[Path]:
    for file in (database, home / CONVERSATIONS_FILE):
        if file is not None:
            yield from (file.with_name(file.name + more) for more in _SQLITE)
    for pattern in _IN_HOME:
        yield from home.glob(pattern)
