"""Thread order between programs on one machine, for the price of two system calls.

The alternative to ``storage.leases`` where the database is a file: a byte of a lock file per
thread, held by the operating system, so that a program which dies holds nothing up.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from storage.errors import LeaseBusyError

Sleep = Callable[[float], Awaitable[None]]
_POLL = 0.05
_WAIT = 60.0


class FileLeases:
    """Claims on names by byte-range locks of the file at ``path``. POSIX only.

    They exclude other programs, not other tasks of this one: ``ThreadOrder`` does that.
    """

    def __init__(self, path: Path, *, wait: float = _WAIT, sleep: Sleep = asyncio.sleep) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._wait = wait
        self._sleep = sleep

    def close(self) -> None:
        """Give the file, and with it every claim, back."""
        os.close(self._file)

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold ``name`` for the block. Raises ``LeaseBusyError`` after ``wait`` seconds."""
        place = _place(name)
        waited = 0.0
        while not self._claim(place):
            if waited >= self._wait:
                raise LeaseBusyError(name)
            await self._sleep(_POLL)
            waited += _POLL
        try:
            yield
        finally:
            self._release(place)

    def _claim(self, place: int) -> bool:
        import fcntl

        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def _release(self, place: int) -> None:
        import fcntl

        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)


def _place(name: str) -> int:
    # A byte of a file that never grows: offsets need no content.
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest(), "big")
