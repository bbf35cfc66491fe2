"""One thread is handled in order, by tasks of one program and by several programs."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from agents.locks import FileLeases
from agents.threads import ThreadOrder
from storage.errors import LeaseBusyError

HOLDER = """
import asyncio, sys
from pathlib import Path
from agents.locks import FileLeases

async def main():
    async with FileLeases(Path(sys.argv[1])).hold(sys.argv[2]):
        print("held", flush=True)
        sys.stdin.read()

asyncio.run(main())
"""


async def no_wait(_seconds: float) -> None:
    await asyncio.sleep(0)


def holding(path: Path, name: str) -> subprocess.Popen[str]:
    """Another program that holds ``name`` until its input ends."""
    process = subprocess.Popen(  # noqa: S603 - our own lines
        [sys.executable, "-c", HOLDER, str(path), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


async def test_tasks_enter_one_thread_in_the_order_they_came() -> None:
    order, seen = ThreadOrder(), list[int]()

    async def turn(n: int) -> None:
        async with order.turn("t"):
            seen.append(n)
            await asyncio.sleep(0)
            seen.append(n)

    await asyncio.gather(*(turn(n) for n in range(5)))
    assert seen == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


async def test_different_threads_run_at_once() -> None:
    order, both = ThreadOrder(), asyncio.Barrier(2)

    async def turn(key: str) -> None:
        async with order.turn(key):
            await both.wait()  # passes only if the other one is inside too

    await asyncio.gather(turn("a"), turn("b"))


async def test_a_cancelled_waiter_leaves_the_queue() -> None:
    order = ThreadOrder()
    async with order.turn("t"):
        waiter = asyncio.create_task(order.turn("t").__aenter__())
        await asyncio.sleep(0)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
    async with order.turn("t"):
        pass
    assert order._locks == {}


async def test_another_program_waits_until_the_first_gives_the_thread_up(tmp_path: Path) -> None:
    process = holding(tmp_path / "locks", "org/p/t")
    leases = FileLeases(tmp_path / "locks", wait=0.2, sleep=no_wait)
    with pytest.raises(LeaseBusyError):
        async with leases.hold("org/p/t"):
            pass
    async with leases.hold("org/p/other"):
        pass
    process.communicate("")
    async with leases.hold("org/p/t"):
        pass
    leases.close()


async def test_a_program_that_dies_holds_nothing_up(tmp_path: Path) -> None:
    process = holding(tmp_path / "locks", "t")
    process.kill()
    process.communicate()
    leases = FileLeases(tmp_path / "locks", wait=0.0)
    async with leases.hold("t"):
        pass
    leases.close()
