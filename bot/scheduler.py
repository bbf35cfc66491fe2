"""The clockwork: one tick, nothing else. What is due stands in the database.

APScheduler only ticks, from memory; missed ticks become one, and two never overlap.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.container import App

TICK_SECONDS = 30
_log = logging.getLogger(__name__)


def start_ticking(tick: Callable[[], Awaitable[None]], seconds: int = TICK_SECONDS) -> Any:
    """Call ``tick`` every ``seconds``, not yet now; returns the scheduler to shut down."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(
        tick, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
    )
    scheduler.start()
    return scheduler


class Housekeeping:
    """What a tick does: end actions that nobody decided in time, move the demo to a new day."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self.failures = 0

    async def tick(self) -> None:
        """One round. A failure is counted and logged by kind; the next tick tries again."""
        import asyncio

        try:
            await asyncio.to_thread(self._round)
            self.failures = 0
        except Exception as error:
            self.failures += 1
            _log.warning("housekeeping failed: %s", type(error).__name__)

    def _round(self) -> None:
        from bot.opening import expire, roll_demo

        expire(self._app.database, self._app.clock)
        roll_demo(self._app.database, self._app.clock)
