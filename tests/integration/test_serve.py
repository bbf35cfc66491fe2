"""``serve``: comes up, tells its health, keeps house, and ends when asked."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.container import App, build
from bot.scheduler import Housekeeping
from bot.server import Server
from bot.settings import Settings
from storage import demo
from storage.approvals import canonical_hash
from storage.clock import FixedClock
from storage.database import Database
from storage.migrate import migrate
from storage.tables import Organisation, PendingAction
from storage.vocabulary import ActionState

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> App:
    database = Database(f"sqlite:///{tmp_path / 'salestwin.db'}")
    migrate(database)
    demo.build(database, FixedClock(NOW), size=demo.Size(customers_per_rep=1, history_days=8))
    with database.system("test") as session:
        session.add(action("act-old", NOW - timedelta(hours=1)))
        session.add(action("act-new", NOW + timedelta(hours=1)))
    database.close()
    # Neither the environment nor a .env may lead to somebody's own database.
    settings = Settings(_env_file=None, home=tmp_path, database_url=None)
    return build(settings, clock=FixedClock(NOW + timedelta(days=1)))


def action(key: str, until: datetime) -> PendingAction:
    return PendingAction(
        id=key,
        org_id="farsail",
        owner_id="p-chen-siyuan",
        thread_id="t",
        turn_id="u",
        tool="record_note",
        title="x",
        args={},
        args_hash=canonical_hash({}),
        approver_id="p-chen-siyuan",
        asked_at=NOW - timedelta(days=1),
        expires_at=until + timedelta(days=1),
    )


async def status(base: str, path: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(base + path) as response:
        return response.status


async def test_it_serves_health_and_ends_gracefully(app: App) -> None:
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = Server(
        app, "127.0.0.1", 0, lambda host, port: listening.set_result(f"http://{host}:{port}")
    )
    serving = asyncio.create_task(server.run())
    base = await asyncio.wait_for(listening, 120)
    assert await status(base, "/health") == 200
    assert await status(base, "/ready") == 200
    assert await status(base, "/people") == 404
    server.stop()
    await asyncio.wait_for(serving, 30)
    with pytest.raises(aiohttp.ClientError):
        await status(base, "/health")


async def test_a_tick_ends_what_nobody_decided_and_moves_the_demo(app: App) -> None:
    housekeeping = Housekeeping(app)
    await housekeeping.tick()
    await housekeeping.tick()
    assert housekeeping.failures == 0
    with app.database.system("test", write=False) as session:
        states = {key: session.get_one(PendingAction, key).state for key in ("act-old", "act-new")}
        day = session.get_one(Organisation, "farsail").demo_day
    app.release()
    assert states == {"act-old": ActionState.EXPIRED, "act-new": ActionState.PENDING}
    assert day == (NOW + timedelta(days=1)).date()


@pytest.mark.parametrize("replays", [False, True])
def test_what_ran_out_of_time_is_closed_at_the_start_unless_a_clock_is_set(
    app: App, *, replays: bool
) -> None:
    app.replays = replays
    app.make_ready()
    with app.database.system("test", write=False) as session:
        states = {key: session.get_one(PendingAction, key).state for key in ("act-old", "act-new")}
    app.release()
    old = ActionState.PENDING if replays else ActionState.EXPIRED
    assert states == {"act-old": old, "act-new": ActionState.PENDING}


async def test_a_failing_tick_is_counted_and_survived(app: App, tmp_path: Path) -> None:
    housekeeping = Housekeeping(app)
    _ = app.database
    (tmp_path / "salestwin.db").write_bytes(b"not a database at all" * 100)
    await housekeeping.tick()
    app.release()
    assert housekeeping.failures == 1
