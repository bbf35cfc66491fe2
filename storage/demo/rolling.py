"""Moves the demo company with the clock, so that tomorrow's visit is tomorrow on any day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Interval,
    String,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from storage import tables
from storage.clock import Clock
from storage.columns import UtcDateTime
from storage.database import Database
from storage.demo.series import Series, all_series
from storage.demo.spans import Span
from storage.demo.world import ORG_ID, SOURCE, local_day
from storage.demo.writing import Progress, insert, table_of
from storage.tables import Interaction, InteractionText, Organisation, Sourced, StoreDay


def move_to_today(database: Database, clock: Clock, progress: Progress) -> bool:
    """See ``storage.demo.roll``; called when the demo day is known to be another one."""
    today = local_day(clock)
    with database.system("demo roll") as session:
        # Read again under the write lock: another program may have moved it meanwhile.
        organisation = session.get(Organisation, ORG_ID)
        if organisation is None or organisation.demo_day is None:
            return False
        before = organisation.demo_day
        if before == today:
            return False
        series = list(all_series())
        _move(session, (today - before).days, {one.model for one in series}, progress)
        _renew(session, series, before, today, progress)
        organisation.demo_day = today
        session.add(organisation)
    return True


def _move(session: Session, days: int, bound: set[type[SQLModel]], progress: Progress) -> None:
    """Shift every date of the demo's own rows; tables bound to the calendar are left out."""
    models = [model for model in _dated() if model not in bound]
    for done, model in enumerate(models):
        table = table_of(model)
        values = {
            column: _shifted(session, column, days)
            for column in table.columns
            if isinstance(column.type, Date | UtcDateTime)
        }
        session.connection().execute(update(table).where(_of_demo(model)).values(values))
        progress("move", done + 1, len(models))


def _dated() -> Iterator[type[SQLModel]]:
    """Tables that hold demo rows with dates."""
    for name in tables.__all__:
        model: Any = getattr(tables, name)
        if getattr(model, "__table__", None) is None:
            continue
        dated = any(isinstance(c.type, Date | UtcDateTime) for c in table_of(model).columns)
        if dated and (issubclass(model, Sourced) or model is InteractionText):
            yield model


def _of_demo(model: type[SQLModel]) -> ColumnElement[bool]:
    """The demo's own rows; words have no source of their own and follow their interaction."""
    table = table_of(model)
    mine: ColumnElement[bool] = table.c.org_id == ORG_ID
    if model is InteractionText:
        talk = table_of(Interaction)
        origin = select(talk.c.id).where(talk.c.source == SOURCE)
        return and_(mine, table.c.interaction_id.in_(origin))
    return and_(mine, table.c.source == SOURCE)


def _shifted(session: Session, column: Any, days: int) -> ColumnElement[Any]:
    """The column, ``days`` later; the time of day keeps every digit."""
    if session.get_bind().dialect.name == "sqlite":
        text = type_coerce(column, String)
        moved = func.date(func.substr(text, 1, 10), f"{days:+d} days")
        return cast("ColumnElement[Any]", moved.concat(func.substr(text, 11)))
    if isinstance(column.type, Date):
        return cast("ColumnElement[Any]", column + days)
    moment = type_coerce(column, DateTime(timezone=True))
    return cast("ColumnElement[Any]", moment + literal(timedelta(days=days), Interval))


def _renew(
    session: Session, series: list[Series], before: date, today: date, progress: Progress
) -> None:
    """Let rows that leave their window go and make those that come in."""
    history = _history(session, before)
    for done, one in enumerate(series):
        old, new = one.window(before, history), one.window(today, history)
        table = table_of(one.model)
        day = table.c[one.column]
        mine = and_(
            table.c.org_id == ORG_ID, table.c.id > one.prefix, table.c.id < f"{one.prefix}~"
        )
        outside = or_(day < new.first, day > new.last)
        session.connection().execute(delete(table).where(mine, outside))
        for part in new.minus(old):
            _insert(session, one, part)
        progress(one.label, done + 1, len(series))


def _insert(session: Session, one: Series, part: Span) -> None:
    insert(session, one.model, one.rows(part))


def _history(session: Session, demo_day: date) -> int:
    """How many days the shops' facts reach back: the size that the company was built in."""
    first = session.scalar(
        select(func.min(col(StoreDay.day))).where(col(StoreDay.org_id) == ORG_ID)
    )
    return 0 if first is None else (demo_day - first).days
