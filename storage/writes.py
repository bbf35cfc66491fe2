"""What a caller may write: the rows that the caller could read, and less.

Master data (``Visibility.ORG``) and figures that other systems bring in are written by system
units only. Nobody moves a row to another owner, region or organisation, and a pending action
is decided through ``storage.approvals`` alone.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Delete, Update, inspect, select
from sqlalchemy.orm import Mapper, Session

from storage.errors import ForeignWriteError, GradeError
from storage.guard import hidden_fields, may_see, visibility_of
from storage.identity import WRITABLE, Caller
from storage.statements import changed_by, target_of

# They decide who sees a row; a change of one would move it into or out of somebody's reach.
PLACE = frozenset({"id", "org_id", "owner_id", "region_id"})
# Written once by a caller, changed later by the storage room itself.
APPEND_ONLY = frozenset({"PendingAction", "Turn"})
# Granting access is no business of callers.
SYSTEM_ONLY = frozenset({"CustomerShare"})


def check_change(statement: Update | Delete, caller: Caller) -> None:
    """Refuse a bulk update or delete that goes past the caller's right to write."""
    mapper = target_of(statement)
    _check_model(mapper.class_, changes=True)
    if isinstance(statement, Update):
        _check_fields(mapper, changed_by(statement), caller)


def check_rows(
    session: Session,
    caller: Caller,
    new: Sequence[Any],
    dirty: Sequence[Any],
    deleted: Sequence[Any],
) -> None:
    """Refuse a flush that writes a row, or refers to one, outside the caller's reach."""
    for row in new:
        _check_row(row, caller, changes=False)
    for row in (*dirty, *deleted):
        _check_row(row, caller, changes=True)
        _check_fields(inspect(row).mapper, _changed(row), caller)
    known = {(type(row).__tablename__, row.id) for row in new}
    for row in (*new, *dirty):
        _check_references(session, row, known)


def _check_row(row: Any, caller: Caller, *, changes: bool) -> None:
    _check_model(type(row), changes=changes)
    if not may_see(caller, row):
        raise ForeignWriteError(f"{type(row).__name__} {getattr(row, 'id', '?')}")
    if changes:
        return
    hidden = hidden_fields(inspect(row).mapper, caller.grades)
    if any(getattr(row, name) is not None for name in hidden):
        raise GradeError(f"{type(row).__name__} with a field above the caller's grades")


def _check_model(model: type[Any], *, changes: bool) -> None:
    owned = visibility_of(model) in WRITABLE and hasattr(model, "owner_id")
    if not owned or model.__name__ in SYSTEM_ONLY:
        raise ForeignWriteError(f"{model.__name__} is not written in a caller's name")
    if changes and model.__name__ in APPEND_ONLY:
        raise ForeignWriteError(f"{model.__name__} is never changed in a caller's name")


def _check_fields(mapper: Mapper[Any], names: set[Any], caller: Caller) -> None:
    if moved := names & PLACE:
        raise ForeignWriteError(f"{mapper.class_.__name__}: change of {', '.join(sorted(moved))}")
    if above := names & set(hidden_fields(mapper, caller.grades)):
        raise GradeError(f"{mapper.class_.__name__}: change of {', '.join(sorted(above))}")


def _changed(row: Any) -> set[str]:
    state: Any = inspect(row)
    return {
        name for name, _ in state.mapper.columns.items() if state.attrs[name].history.has_changes()
    }


def _check_references(session: Session, row: Any, known: set[tuple[Any, str]]) -> None:
    # Without this, an insert would tell whether a row out of reach exists: its foreign key holds.
    state: Any = inspect(row)
    for name, column in state.mapper.columns.items():
        value = getattr(row, name) if column.foreign_keys else None
        if value is None or not state.attrs[name].history.has_changes():
            continue
        target = next(iter(column.foreign_keys)).column.table
        if (target.name, value) not in known and not _in_reach(session, row, target, value):
            raise ForeignWriteError(f"{type(row).__name__}.{name} {value}")


def _in_reach(session: Session, row: Any, table: Any, key: str) -> bool:
    mappers = inspect(row).mapper.registry.mappers
    model: Any = next(mapper.class_ for mapper in mappers if mapper.local_table is table)
    return session.scalar(select(model.id).where(model.id == key)) is not None
