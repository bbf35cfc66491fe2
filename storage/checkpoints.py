"""The store of conversations: LangGraph's checkpointers, opened our way.

They lie in a file of their own, so that a long conversation never waits for the domain's writer.
Nothing here is imported before it is needed: LangGraph takes most of a second to load.
"""

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine.url import URL, make_url

from storage.failures import translated

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

_WAIT = 10.0
_POOL = 8
_KEPT = 2  # states of a thread: the present one, and the one before for a turn that broke off
_METHODS = ("aget_tuple", "aput", "aput_writes", "adelete_thread")


@asynccontextmanager
async def open_checkpointer(place: str | Path) -> AsyncIterator["BaseCheckpointSaver[str]"]:
    """A checkpointer on a SQLite file (path or ``sqlite:///`` URL) or a PostgreSQL URL.

    Raises ``StorageError`` where that cannot be used, now or while conversations are kept.
    """
    url = _url(place)
    opened = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgres(url)
    async with opened as saver:
        yield saver


def _url(place: str | Path) -> URL:
    text = str(place)
    return make_url(text) if "://" in text else URL.create("sqlite", database=text)


@asynccontextmanager
async def _sqlite(url: URL) -> AsyncIterator["BaseCheckpointSaver[str]"]:
    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    connection = aiosqlite.connect(str(url.database), timeout=_WAIT)
    try:
        with translated(url):
            await connection
        saver = _translating(AsyncSqliteSaver, url)(connection, serde=_strict())
        await saver.setup()
        await connection.execute(_FORGETTING)
        # With a write-ahead log a power cut may cost the last turn, never the file.
        await connection.execute("PRAGMA synchronous=NORMAL")
        yield saver
    finally:
        try:
            await connection.close()
        finally:
            # When this task is cancelled, the connection's thread would outlive the loop and
            # fail when it reports to it; it is about to end, so we wait for it.
            thread = connection._thread  # noqa: SLF001 - there is no public way
            if thread.is_alive():
                thread.join(_WAIT)


@asynccontextmanager
async def _postgres(url: URL) -> AsyncIterator["BaseCheckpointSaver[str]"]:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg import AsyncConnection
    from psycopg.rows import dict_row
    from psycopg_pool import AsyncConnectionPool

    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: Any = AsyncConnectionPool(
        plain, min_size=1, max_size=_POOL, open=False, timeout=_WAIT, kwargs=options
    )
    try:
        with translated(url):
            # A pool would try for long before it says that nobody is there.
            await (await AsyncConnection.connect(plain)).close()
            await pool.open(wait=True, timeout=_WAIT)
        saver = _translating(_forgetting(AsyncPostgresSaver), url)(pool, serde=_strict())
        await saver.setup()
        yield saver
    finally:
        await pool.close()


def _strict() -> Any:
    """Only plain types come out of a checkpoint, whatever the environment says."""
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    return JsonPlusSerializer(allowed_msgpack_modules=None)


def _forget(table: str) -> str:
    """SQL that deletes what of ``table`` is older than the states to be kept."""
    return f"""
    DELETE FROM {table} WHERE thread_id = NEW.thread_id AND checkpoint_ns = NEW.checkpoint_ns
    AND checkpoint_id < (
        SELECT checkpoint_id FROM checkpoints
        WHERE thread_id = NEW.thread_id AND checkpoint_ns = NEW.checkpoint_ns
        ORDER BY checkpoint_id DESC LIMIT 1 OFFSET {_KEPT - 1}
    )"""  # noqa: S608 - our own names and numbers


# A thread keeps its last states only: each holds the whole conversation and nobody goes back
# further, so without this a long thread would take megabytes. A trigger of this connection's own
# does it with the insert; statements would cost a change of threads each. Ids of checkpoints grow
# with time; the subqueries are empty while there are few, and then nothing is older.
_FORGETTING = f"""
CREATE TEMP TRIGGER salestwin_forgetting AFTER INSERT ON main.checkpoints BEGIN
    {_forget("writes")}; {_forget("checkpoints")};
END
"""


def _forgetting(saver: Any) -> Any:
    """The same on PostgreSQL, where the values of channels lie apart, once for each version.

    A version goes with the last state that has it. A put that runs at the same time is safe: its
    values cannot be seen before its state can.
    """

    async def aput(self: Any, config: Any, *args: Any) -> Any:
        result = await saver.aput(self, config, *args)
        place = config["configurable"]
        values = {"thread": place["thread_id"], "namespace": place.get("checkpoint_ns", "")}
        async with self.conn.connection() as connection:
            await connection.execute(_FORGET_ON_SERVER, {**values, "kept": _KEPT})
        return result

    return type(saver.__name__, (saver,), {"aput": aput})


# One statement, so that all parts see the same states.
_FORGET_ON_SERVER = """
WITH kept AS (
    SELECT checkpoint_id, checkpoint -> 'channel_versions' AS versions FROM checkpoints
    WHERE thread_id = %(thread)s AND checkpoint_ns = %(namespace)s
    ORDER BY checkpoint_id DESC LIMIT %(kept)s
), states AS (
    DELETE FROM checkpoints WHERE thread_id = %(thread)s AND checkpoint_ns = %(namespace)s
    AND checkpoint_id < (SELECT min(checkpoint_id) FROM kept)
), writes AS (
    DELETE FROM checkpoint_writes WHERE thread_id = %(thread)s AND checkpoint_ns = %(namespace)s
    AND checkpoint_id < (SELECT min(checkpoint_id) FROM kept)
)
DELETE FROM checkpoint_blobs AS blob
WHERE thread_id = %(thread)s AND checkpoint_ns = %(namespace)s AND NOT EXISTS (
    SELECT 1 FROM kept, jsonb_each_text(kept.versions) AS used
    WHERE used.key = blob.channel AND used.value = blob.version
)
"""


def _translating(saver: Any, url: URL) -> Any:
    """``saver`` whose methods raise ``StorageError`` for what a person can mend."""
    methods = {name: _translated(getattr(saver, name), url) for name in (*_METHODS, "setup")}
    return type(saver.__name__, (saver,), methods)


def _translated(method: Callable[..., Any], url: URL) -> Callable[..., Any]:
    @functools.wraps(method)
    async def call(self: Any, *args: Any, **kw: Any) -> Any:
        with translated(url):
            return await method(self, *args, **kw)

    return call
