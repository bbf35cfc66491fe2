"""What is on, what is off, and why: one check per part of the program."""

import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.founding import organisations
from bot.settings import Settings, unknown_variables, variable_names
from bot.wording import Words
from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.container import App
    from storage.database import Database

State = Literal["on", "off", "wrong"]
_LITTLE_DISK = 500  # MB under which room is short: a demo home and its logs take about 200
_MB = 1_000_000

# What each way into a chat platform needs; the first way that is complete is the one in force.
CHANNELS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "slack": {
        "socket": ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
        "http": ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"),
    },
    "telegram": {"bot": ("TELEGRAM_BOT_TOKEN",)},
    "wecom": {
        "bot": ("WECOM_BOT_ID", "WECOM_BOT_SECRET"),
        "app": (
            "WECOM_CORP_ID",
            "WECOM_AGENT_ID",
            "WECOM_SECRET",
            "WECOM_TOKEN",
            "WECOM_AES_KEY",
        ),
    },
}


# The platforms that have an adapter in bot/channels. Whoever writes one adds its name.
ADAPTERS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """One part: its state, what is known of it, and what to do if it is not as wished."""

    name: str
    state: State
    detail: str

    def as_json(self) -> dict[str, Any]:
        """The check's JSON object."""
        return asdict(self)


def check_all(app: "App", words: Words) -> list[Check]:
    """Every check, in the order in which things build on each other."""
    return [
        *_variables(words),
        _disk(app, words),
        _encoding(words),
        *_database(app, words),
        _model(app.settings, words),
        Check("egress", "on", words(f"doctor.egress_{app.settings.egress}")),
        Check("embeddings", "off", words("doctor.embeddings", name=app.settings.embeddings)),
        *_chroma(app.settings, words),
        *(channel(name, app.settings, words, ADAPTERS) for name in CHANNELS),
    ]


def _variables(words: Words) -> Iterator[Check]:
    for name in unknown_variables():
        close = get_close_matches(name, list(variable_names()), n=1)
        near = words("settings.maybe", name=close[0]) if close else ""
        yield Check("variable", "wrong", words("settings.unknown", variable=name, near=near))


def _disk(app: "App", words: Words) -> Check:
    place = next(folder for folder in (app.home, *app.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free // _MB
    state: State = "on" if free >= _LITTLE_DISK else "wrong"
    return Check("home", state, words(f"doctor.disk_{state}", place=app.home, free=free))


def _encoding(words: Words) -> Check:
    name = (sys.stdout.encoding or "ascii").lower()
    good = name.replace("-", "") in ("utf8", "gb18030", "gbk")
    key = "doctor.encoding_on" if good else "doctor.encoding_wrong"
    return Check("encoding", "on" if good else "wrong", words(key, name=name))


def _database(app: "App", words: Words) -> Iterator[Check]:
    from storage.migrate import state

    try:
        database = app.database
        found = state(database)
        key = f"doctor.database_{found}"
        yield Check(
            "database", "on" if found == "current" else "wrong", words(key, place=database.name)
        )
        if found == "current":
            yield from _contents(app, database, words)
    except StorageError as error:
        sentence = words(f"storage.{error.reason}", detail=error.detail)
        yield Check("database", "off" if error.reason == "missing" else "wrong", sentence)


def _contents(app: "App", database: "Database", words: Words) -> Iterator[Check]:
    kinds = organisations(database)
    people = words("doctor.companies", count=len(kinds), names=", ".join(kinds))
    yield Check("companies", "on" if kinds else "off", people)
    if "demo" in kinds.values():
        yield _demo_day(app, database, words)
    yield Check("pending", "on", words("doctor.pending", count=_pending(database)))


def _demo_day(app: "App", database: "Database", words: Words) -> Check:
    from storage.tables import Organisation

    ids = (org_id for org_id, kind in organisations(database).items() if kind == "demo")
    with database.system("demo_day", write=False) as session:
        demo = session.get(Organisation, next(ids))
    today = app.clock.now().astimezone(ZoneInfo(demo.timezone if demo else "UTC")).date()
    day = demo.demo_day if demo else None
    key = "doctor.demo_today" if day == today else "doctor.demo_other_day"
    return Check("demo", "on", words(key, day=day))


def _pending(database: "Database") -> int:
    from storage.counts import waiting_actions

    with database.system("pending", write=False) as session:
        return waiting_actions(session)


def _model(settings: Settings, words: Words) -> Check:
    if settings.model == "planner":
        return Check("model", "on", words("doctor.model_planner"))
    host = urlsplit(settings.openai_base_url or "").hostname or words("doctor.model_default_host")
    return Check("model", "on", words("doctor.model_remote", name=settings.model, host=host))


def _chroma(settings: Settings, words: Words) -> Iterator[Check]:
    if settings.chroma_url is not None:
        yield Check("chroma", "off", words("doctor.chroma_unused"))


def channel(name: str, settings: Settings, words: Words, adapters: Collection[str]) -> Check:
    """A chat platform: configured, not configured, or half configured. Pure.

    ``adapters`` are the platforms that this version can speak to; no other is ever on.
    """
    check = _configured(name, settings, words)
    if name in adapters:
        return check
    state: State = "off" if check.state == "on" else check.state
    return Check(name, state, check.detail + words("doctor.no_adapter"))


def _configured(name: str, settings: Settings, words: Words) -> Check:
    fields = variable_names()

    def is_set(variable: str) -> bool:
        return bool(getattr(settings, fields[variable]))

    ways = CHANNELS[name]
    for way, needed in ways.items():
        if all(map(is_set, needed)):
            return Check(name, "on", words("doctor.channel_on", way=way))
    begun = [needed for needed in ways.values() if any(map(is_set, needed))]
    if not begun:
        wanted = " / ".join(" + ".join(needed) for needed in ways.values())
        return Check(name, "off", words("doctor.channel_off", needed=wanted))
    missing = ", ".join(variable for variable in begun[0] if not is_set(variable))
    return Check(name, "wrong", words("doctor.channel_half", missing=missing))
