"""A lease is held by one at a time, ends by itself, and keeps two programs in order."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import select, text

from storage.database import Database
from storage.errors import LeaseBusyError, LeaseLostError
from storage.leases import Leases
from storage.tables import Lease

START = datetime(2026, 11, 21, tzinfo=UTC)
TERM = timedelta(seconds=30)


class Watch:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def pass_time(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def leases(any_database: Database, watch: Watch) -> Leases:
    return _leases(any_database, watch)


def _leases(database: Database, watch: Watch, prefix: str = "") -> Leases:
    numbers = count(1)
    return Leases(database, watch, lambda kind: f"{prefix}{kind}-{next(numbers)}", TERM)


def test_one_holds_a_name_at_a_time(leases: Leases) -> None:
    assert leases.acquire("thread", "ann")
    assert not leases.acquire("thread", "ben")
    assert leases.acquire("another", "ben")
    leases.release("thread", "ann")
    assert leases.acquire("thread", "ben")


def test_a_holder_may_ask_again(leases: Leases, watch: Watch) -> None:
    assert leases.acquire("thread", "ann")
    watch.pass_time(29)
    assert leases.acquire("thread", "ann")
    watch.pass_time(29)
    assert not leases.acquire("thread", "ben")


def test_a_claim_ends_by_itself(leases: Leases, watch: Watch) -> None:
    leases.acquire("thread", "ann")
    watch.pass_time(29.999)
    assert not leases.acquire("thread", "ben")
    watch.pass_time(0.001)
    assert leases.acquire("thread", "ben")


def test_renewing_prolongs_ones_own_and_nobody_elses(leases: Leases, watch: Watch) -> None:
    leases.acquire("thread", "ann")
    watch.pass_time(20)
    assert leases.renew("thread", "ann")
    assert not leases.renew("thread", "ben")
    assert not leases.renew("no such name", "ann")
    watch.pass_time(20)
    assert not leases.acquire("thread", "ben")
    watch.pass_time(20)
    assert not leases.renew("thread", "ann")  # too late


def test_who_was_overtaken_takes_nothing_back(leases: Leases, watch: Watch) -> None:
    leases.acquire("thread", "ann")
    watch.pass_time(31)
    leases.acquire("thread", "ben")
    leases.release("thread", "ann")
    assert not leases.renew("thread", "ann")
    assert not leases.acquire("thread", "ann")


def test_of_twenty_one_gets_it(any_database: Database, watch: Watch) -> None:
    leases, together = _leases(any_database, watch), Barrier(20)

    def claim(number: int) -> bool:
        together.wait()
        return leases.acquire("thread", f"holder-{number}")

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(claim, range(20))) == 1


async def test_blocks_of_two_programs_do_not_overlap(sqlite_url: str, watch: Watch) -> None:
    programs = [Database(sqlite_url), Database(sqlite_url)]
    inside, order = 0, []

    async def turn(leases: Leases, number: int) -> None:
        nonlocal inside
        async with leases.hold("thread", sleep=_yield):
            inside += 1
            assert inside == 1
            order.append(number)
            await asyncio.sleep(0)
            inside -= 1

    both = [_leases(database, watch, name) for database, name in zip(programs, "ab", strict=True)]
    await asyncio.gather(*(turn(both[number % 2], number) for number in range(6)))
    assert sorted(order) == list(range(6))
    for program in programs:
        with program.system("check", write=False) as session:
            assert session.scalars(select(Lease)).all() == []
        program.close()


async def test_waiting_is_polite_and_ends(database: Database, watch: Watch) -> None:
    leases, pauses = _leases(database, watch), []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    leases.acquire("thread", "somebody else")
    with pytest.raises(LeaseBusyError):
        async with leases.hold("thread", wait=1.0, sleep=sleep):
            raise AssertionError("never held")
    assert 0.9 < sum(pauses) < 1.2
    assert not leases.acquire("thread", "ann")  # still theirs


async def test_a_long_block_keeps_its_claim(database: Database, watch: Watch) -> None:
    leases, renewals = _leases(database, watch), asyncio.Queue[float]()

    async def sleep(seconds: float) -> None:
        watch.pass_time(seconds)
        await renewals.put(seconds)
        await asyncio.sleep(0)

    async with leases.hold("thread", sleep=sleep):
        for _ in range(6):
            await renewals.get()
        assert watch.now() >= START + 2 * TERM
        assert not leases.acquire("thread", "somebody else")


async def test_the_claim_is_given_up_when_the_block_fails(database: Database, watch: Watch) -> None:
    leases = _leases(database, watch)

    async def fail() -> None:
        async with leases.hold("thread"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert leases.acquire("thread", "ann")


async def _yield(_seconds: float) -> None:
    await asyncio.sleep(0)


class Pauses:
    """A keeper's pauses, each of which a test lets pass; the clock goes on with them."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._begun, self._over = asyncio.Semaphore(0), asyncio.Semaphore(0)
        self._first = True

    async def sleep(self, seconds: float) -> None:
        self._begun.release()
        await self._over.acquire()
        self._watch.pass_time(seconds)

    async def one(self) -> None:
        """Returns when the keeper has done its work after a pause and begins the next."""
        if self._first:
            await self._begun.acquire()
            self._first = False
        self._over.release()
        async with asyncio.timeout(30):  # only where the keeper has died
            await self._begun.acquire()

    def free(self) -> None:
        """Lets all further pauses pass."""
        for _ in range(20):
            self._over.release()


@contextmanager
def outage(database: Database) -> Iterator[None]:
    """As long as it lasts, nothing can be read or written of leases."""
    with database.system("test") as session:
        session.execute(text("ALTER TABLE lease RENAME TO away"))
    try:
        yield
    finally:
        with database.system("test") as session:
            session.execute(text("ALTER TABLE away RENAME TO lease"))


def holders(database: Database) -> list[str]:
    with database.system("check", write=False) as session:
        return [lease.holder for lease in session.scalars(select(Lease)).all()]


async def test_trouble_that_passes_does_not_end_a_claim(
    any_database: Database, watch: Watch
) -> None:
    leases, pauses = _leases(any_database, watch), Pauses(watch)
    async with leases.hold("thread", sleep=pauses.sleep):
        await pauses.one()
        with outage(any_database):
            await pauses.one()
        for _ in range(5):
            await pauses.one()
        assert holders(any_database) == ["lease-1"]
        assert not leases.acquire("thread", "somebody else")
    assert holders(any_database) == []


async def test_a_block_that_ended_well_stays_so_when_nothing_can_be_given_back(
    any_database: Database, watch: Watch
) -> None:
    leases, pauses = _leases(any_database, watch), Pauses(watch)
    finished = False
    with outage_begun(any_database) as begin:
        async with leases.hold("thread", sleep=pauses.sleep):
            begin()
            await pauses.one()
            finished = True
    assert finished
    watch.pass_time(30)
    assert leases.acquire("thread", "ann")  # it ended by itself


@contextmanager
def outage_begun(database: Database) -> Iterator[Callable[[], None]]:
    """An outage that begins when it is told to."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(outage(database))


async def lose(leases: Leases, pauses: Pauses, trouble: Callable[[], object]) -> None:
    """A block in which a claim is lost; it would never end by itself."""
    async with leases.hold("thread", sleep=pauses.sleep):
        trouble()
        pauses.free()
        async with asyncio.timeout(30):  # only where nobody notices the loss
            await asyncio.Event().wait()


async def test_a_block_whose_claim_somebody_took_ends(any_database: Database, watch: Watch) -> None:
    leases, pauses = _leases(any_database, watch), Pauses(watch)

    def overtake() -> None:
        watch.pass_time(31)
        assert leases.acquire("thread", "ann")

    with pytest.raises(LeaseLostError):
        await lose(leases, pauses, overtake)
    assert holders(any_database) == ["ann"]
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_a_block_ends_when_its_claim_cannot_be_prolonged(
    any_database: Database, watch: Watch
) -> None:
    leases, pauses = _leases(any_database, watch), Pauses(watch)
    with outage_begun(any_database) as begin, pytest.raises(LeaseLostError):
        await lose(leases, pauses, begin)
    assert watch.now() >= START + TERM


async def test_who_cancels_a_block_gets_it_cancelled(database: Database, watch: Watch) -> None:
    leases, inside = _leases(database, watch), asyncio.Event()

    async def block() -> None:
        async with leases.hold("thread"):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(block())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert holders(database) == []
