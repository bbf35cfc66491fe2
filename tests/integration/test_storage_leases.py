"""A lease is held by one at a time, ends by itself, and keeps two programs in order."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.errors import LeaseBusyError
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
