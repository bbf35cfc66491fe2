"""Work that must not stop in the middle: whoever waits for it may be cancelled, the work is not."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``. A cancellation meanwhile is raised when the work has ended."""
    task = asyncio.ensure_future(work)
    stopped: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            stopped = error
    if stopped is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # looked at, so that nobody reports it as forgotten
    raise stopped
