"""What the terminal says first: who this is, what is on today, what can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.offers import starters
from bot.render.harmless import harmless
from bot.render.stream import Span
from bot.render.table import shortened
from bot.wording import Language, Words
from storage.identity import Caller

if TYPE_CHECKING:
    from storage.database import Database

_EVENTS_SHOWN = 3
_TITLE_CELLS = 60
_NAME_CELLS = 40
_EVENTS_COUNTED = 20
_NOON, _SIX = 12, 18


@dataclass(frozen=True, slots=True)
class Appointment:
    """A diary entry of today. ``time`` is local."""

    time: str
    title: str
    customer: str | None


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is said first."""

    caller: Caller
    now: datetime  # in the caller's zone
    place: str = ""
    today: Sequence[Appointment] = ()
    examples: Sequence[str] = ()
    waiting: Sequence[str] = ()


def gather(
    database: "Database",
    caller: Caller,
    now: datetime,
    language: Language,
    waiting: Sequence[str],
) -> Greeting:
    """Read what the greeting tells, in the caller's own name."""
    from storage.repositories.diary import events_of
    from storage.tables import Person, Region

    local = now.astimezone(ZoneInfo(caller.timezone))
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    with database.principal(caller, "greeting") as session:
        person = session.get(Person, caller.person_id)
        region = session.get(Region, person.region_id) if person and person.region_id else None
        events = events_of(
            session, caller.person_id, start, start + timedelta(days=1), _EVENTS_COUNTED
        )
    today = [
        Appointment(
            f"{e.event.starts_at.astimezone(local.tzinfo):%H:%M}", e.event.title, e.customer
        )
        for e in events
        if e.event.status != "cancelled"
    ]
    customer = next((one.customer for one in today if one.customer), None)
    return Greeting(
        caller=caller,
        now=local,
        place=region.name if region else "",
        today=today,
        examples=starters(language, customer),
        waiting=waiting,
    )


def greeting_spans(greeting: Greeting, words: Words) -> list[Span]:
    """The greeting on the screen. Pure."""
    caller = greeting.caller
    part = words(f"chat.{_part_of_day(greeting.now.hour)}")
    who = [words(f"chat.roles.{caller.role.value}"), greeting.place]
    spans: list[Span] = [
        (words("chat.greeting", name=shortened(caller.name, _NAME_CELLS), part=part), "heading"),
        (f"\n{' · '.join(filter(None, who))}\n\n", "dim"),
    ]
    spans += _today(greeting.today, words)
    if greeting.examples:
        lines = [words("chat.example", text=text) for text in greeting.examples]
        spans += [("\n".join(["", words("chat.try"), *lines, ""]), "")]
    if greeting.waiting:
        titles = [shortened(title, _TITLE_CELLS) for title in greeting.waiting]
        lines = [words("chat.waiting_item", title=title) for title in titles]
        head = words("chat.waiting", count=len(greeting.waiting))
        spans += [("\n".join(["", head, *lines, ""]), "bold")]
    return [(harmless(text), style) for text, style in spans]


def _today(today: Sequence[Appointment], words: Words) -> list[Span]:
    if not today:
        return [(words("chat.today_none") + "\n", "")]
    lines = [words("chat.today")]
    for event in today[:_EVENTS_SHOWN]:
        title = shortened(event.title, _TITLE_CELLS)
        lines.append(words("chat.event", time=event.time, title=title))
    if len(today) > _EVENTS_SHOWN:
        lines.append(words("chat.more_events", count=len(today) - _EVENTS_SHOWN))
    return [("\n".join(lines) + "\n", "")]


def _part_of_day(hour: int) -> str:
    if hour < _NOON:
        return "morning"
    return "afternoon" if hour < _SIX else "evening"
