"""Short claims on a name across programs: one of them works on a thread at a time.

A claim ends by itself after its term, so that a program which died holds nothing up.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from storage.clock import Clock, IdSource
from storage.columns import UtcDateTime
from storage.database import Database
from storage.errors import LeaseBusyError, LeaseLostError, StorageError
from storage.tables import Lease

TERM = timedelta(seconds=30)
_PAUSE, _PAUSE_IN_TROUBLE = 1 / 3, 1 / 12  # of a term, before a claim is prolonged
_POLL = 0.05
_WAIT = 60.0

Sleep = Callable[[float], Awaitable[None]]

# SQLite and PostgreSQL share this form; whoever comes second sees the first one's row.
_CLAIM = text(
    "INSERT INTO lease (name, holder, until) VALUES (:name, :holder, :until)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
    " WHERE lease.until <= :now OR lease.holder = excluded.holder"
).bindparams(bindparam("now", type_=UtcDateTime), bindparam("until", type_=UtcDateTime))


class Leases:
    """Claims in one database, by the injected clock. ``term`` is how long a claim lasts."""

    def __init__(
        self, database: Database, clock: Clock, new_id: IdSource, term: timedelta = TERM
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._term = term

    def acquire(self, name: str, holder: str) -> bool:
        """Claim ``name``; False while somebody else's claim lasts. One's own is prolonged."""
        now = self._clock.now()
        values = {"name": name, "holder": holder, "now": now, "until": now + self._term}
        with self._unit("lease_acquire") as session:
            return _changed(session, _CLAIM, values)

    def renew(self, name: str, holder: str) -> bool:
        """Prolong one's claim; False if it ran out or somebody else has it by now."""
        now = self._clock.now()
        mine = col(Lease.name) == name, col(Lease.holder) == holder, col(Lease.until) > now
        with self._unit("lease_renew") as session:
            return _changed(session, update(Lease).where(*mine).values(until=now + self._term))

    def release(self, name: str, holder: str) -> None:
        """Give one's claim up; nothing happens if it is somebody else's by now."""
        mine = col(Lease.name) == name, col(Lease.holder) == holder
        with self._unit("lease_release") as session:
            session.execute(delete(Lease).where(*mine))

    @asynccontextmanager
    async def hold(
        self, name: str, *, wait: float = _WAIT, sleep: Sleep = asyncio.sleep
    ) -> AsyncIterator[None]:
        """Hold ``name`` for the block, prolonging the claim while it runs.

        Asks again and again for about ``wait`` seconds, then raises ``LeaseBusyError``. A block
        whose claim is lost is cancelled and ends with ``LeaseLostError``; one that has ended
        well stays so, whatever becomes of the claim.
        """
        holder = self._new_id("lease")
        await self._claim(name, holder, wait, sleep)
        try:
            async with _Kept(lambda: self._keep(name, holder, sleep), name):
                yield
        finally:
            # A claim that cannot be given up now ends by itself after its term.
            with suppress(StorageError):
                await self._database.offload(lambda: self.release(name, holder))

    async def _claim(self, name: str, holder: str, wait: float, sleep: Sleep) -> None:
        waited = 0.0
        while not await self._database.offload(lambda: self.acquire(name, holder)):
            if waited >= wait:
                raise LeaseBusyError(name)
            await sleep(_POLL)
            waited += _POLL

    async def _keep(self, name: str, holder: str, sleep: Sleep) -> None:
        """Prolong the claim for ever; returns when it is lost."""
        until, pause = self._clock.now() + self._term, _PAUSE
        while True:
            await sleep(self._term.total_seconds() * pause)
            asked = self._clock.now()
            try:
                if not await self._database.offload(lambda: self.renew(name, holder)):
                    return
                until, pause = asked + self._term, _PAUSE
            except StorageError:
                # Trouble that passes within the term costs nothing: it is tried again.
                pause = _PAUSE_IN_TROUBLE
                if self._clock.now() >= until:
                    return

    def _unit(self, reason: str) -> Any:
        # A claim need not outlive a power cut: nobody would be left to hold it.
        return self._database.system(reason, durable=False)


class _Kept:
    """A block that runs while ``keep`` does, and is cancelled when that returns."""

    def __init__(self, keep: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        self._keep = keep
        self._name = name
        self._lost = False

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a claim is held by a task")
        self._task = task
        self._asked = task.cancelling()  # to tell our own cancelling from somebody else's
        self._keeper = asyncio.create_task(self._keep())
        self._keeper.add_done_callback(self._end)

    def _end(self, keeper: "asyncio.Task[None]") -> None:
        if not keeper.cancelled():
            self._lost = True
            self._task.cancel()

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._keeper.remove_done_callback(self._end)
        if not self._keeper.done():
            self._keeper.cancel()
        await asyncio.wait([self._keeper])
        fault = None if self._keeper.cancelled() else self._keeper.exception()
        mine = self._lost and self._task.uncancel() <= self._asked
        if mine and kind is asyncio.CancelledError:
            raise LeaseLostError(self._name) from fault


def _changed(session: Session, statement: Any, values: dict[str, Any] | None = None) -> bool:
    result: Any = session.execute(statement, values)
    return bool(result.rowcount == 1)
