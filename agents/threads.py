"""Threads belong to one person and are handled in order; different threads run at once."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from urllib.parse import quote

# Claims a name across processes for the time of a block (see storage/leases.py).
Lease = Callable[[str], AbstractAsyncContextManager[None]]
_LONGEST = 160


def thread_key(org_id: str, person_id: str, thread_id: str) -> str:
    """The checkpoint key of a thread.

    Person and organisation are part of it, so the same thread id of two people is two threads
    and somebody else's id opens an empty thread of one's own. The parts are quoted: no id can
    reach into another part.
    """
    return "/".join(_part(part) for part in (org_id, person_id, thread_id))


def _part(text: str) -> str:
    quoted = quote(text, safe="", errors="backslashreplace")
    if len(quoted) <= _LONGEST:
        return quoted
    digest = hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()
    return f"~{digest}"


@asynccontextmanager
async def no_lease(_name: str) -> AsyncIterator[None]:
    """For one process alone."""
    yield


class ThreadOrder:
    """One turn at a time per thread: first come, first served in this process, then the lease."""

    def __init__(self, lease: Lease = no_lease) -> None:
        self._lease = lease
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """The thread for the time of the block."""
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = lock, users + 1
        try:
            async with lock, self._lease(key):
                yield
        finally:
            lock, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = lock, users - 1
