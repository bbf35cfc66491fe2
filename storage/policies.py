"""The second line of defence on PostgreSQL: row-level security, made from the same policy.

Each unit of work tells the server for whom it works, in settings that end with its transaction.
Without them no row exists, not even for the tables' owner; a superuser alone is above this, so
the application should not connect as one.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.engine import Connection
from sqlmodel.main import default_registry

from storage.guard import visibility_of
from storage.identity import REACH, WRITABLE, Reach, Scope, Visibility
from storage.vocabulary import Role
from storage.writes import APPEND_ONLY, SYSTEM_ONLY

# Between ids in a setting; no id contains it.
_SEPARATOR = "\x1f"
_SET = (
    "SELECT set_config('salestwin.unit', 'principal', true),"
    " set_config('salestwin.org', %s, true), set_config('salestwin.person', %s, true),"
    " set_config('salestwin.role', %s, true), set_config('salestwin.people', %s, true),"
    " set_config('salestwin.regions', %s, true)"
)
_FIND_MARK = (
    "SELECT obj_description(oid, 'pg_policy') FROM pg_policy"
    " WHERE polname = 'salestwin_select' AND polrelid = 'lease'::regclass"
)
_SET_SYSTEM = "SELECT set_config('salestwin.unit', 'system', true)"


def work_for(connection: Connection, scope: Scope, **options: Any) -> None:
    """From here to the end of the transaction, the server shows what ``scope`` may see."""
    people = _SEPARATOR.join((scope.person_id, *scope.team_ids))
    regions = _SEPARATOR.join(scope.region_ids)
    values = (scope.org_id, scope.person_id, str(scope.role), people, regions)
    connection.exec_driver_sql(_SET, values, execution_options=options)


def work_for_system(connection: Connection, **options: Any) -> None:
    """From here to the end of the transaction, the server shows everything."""
    connection.exec_driver_sql(_SET_SYSTEM, execution_options=options)


def install(connection: Connection) -> None:
    """Put the policies on all tables, unless these very ones are there. PostgreSQL only."""
    wanted = list(_commands())
    mark = f"policies {hashlib.sha256(repr(wanted).encode()).hexdigest()}"
    if connection.exec_driver_sql(_FIND_MARK).scalar() == mark:
        return
    for command in wanted:
        connection.exec_driver_sql(command)
    connection.exec_driver_sql(f"COMMENT ON POLICY salestwin_select ON lease IS '{mark}'")


def remove(connection: Connection) -> None:
    """Take the policies away: a table cannot be altered while one speaks of it."""
    found = connection.exec_driver_sql(
        "SELECT polname, polrelid::regclass FROM pg_policy WHERE polname LIKE 'salestwin%%'"
    )
    for name, table in found.all():
        connection.exec_driver_sql(f"DROP POLICY {name} ON {table}")


def _commands() -> Iterator[str]:
    for mapper in default_registry.mappers:
        model: Any = mapper.class_
        table = model.__tablename__
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        system = f"{_setting('unit')} = 'system'"
        reading = f"USING ({system} OR ({_reads(model)}))"
        added, changed = (f"({system} OR ({condition}))" for condition in _writes(model))
        for name, condition in (
            ("select", reading),
            ("insert", f"WITH CHECK {added}"),
            ("update", f"USING {changed} WITH CHECK {changed}"),
            ("delete", f"USING {changed}"),
        ):
            yield f"DROP POLICY IF EXISTS salestwin_{name} ON {table}"
            yield f"CREATE POLICY salestwin_{name} ON {table} FOR {name.upper()} {condition}"


def _reads(model: Any) -> str:
    if model.__name__ == "Organisation":
        return f"id = {_setting('org')}"
    if not hasattr(model, "org_id"):
        return "false"
    return f"org_id = {_setting('org')} AND ({_reaches(model, getattr(model, 'shared_by', None))})"


def _writes(model: Any) -> tuple[str, str]:
    """What may be added, and what may be changed or deleted."""
    closed = visibility_of(model) not in WRITABLE or model.__name__ in SYSTEM_ONLY
    if closed or not hasattr(model, "owner_id"):
        return "false", "false"
    inside = f"org_id = {_setting('org')} AND ({_reaches(model, None)})"
    return inside, "false" if model.__name__ in APPEND_ONLY else inside


def _reaches(model: Any, shared_by: str | None) -> str:
    if model.__name__ == "PendingAction":
        return f"{_setting('person')} IN (owner_id, approver_id)"
    visibility = visibility_of(model)
    # The share table has policies of its own: what is found there is in the caller's reach.
    shares = " OR {} IN (SELECT customer_id FROM customer_share)"
    shared = shares.format(shared_by) if shared_by else ""
    conditions = {
        Reach.ALL: "true",
        Reach.TEAM: f"owner_id = {_any('people')} OR region_id = {_any('regions')}{shared}",
        Reach.OWN: f"owner_id = {_setting('person')}{shared}",
    }
    reaches = [
        f"{_setting('role')} IN ({_quoted(roles)}) AND ({condition})"
        for reach, condition in conditions.items()
        if (roles := _roles(visibility, reach))
    ]
    return " OR ".join(reaches) or "false"


def _roles(visibility: Visibility, reach: Reach) -> list[Role]:
    return [role for role in Role if REACH[role][visibility] == reach]


def _setting(name: str) -> str:
    # In a subselect it is read once per statement and not once per row.
    return f"(SELECT current_setting('salestwin.{name}', true))"


def _any(name: str) -> str:
    return f"ANY (string_to_array({_setting(name)}, E'\\x1f'))"


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
