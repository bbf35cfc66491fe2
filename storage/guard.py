"""Row and field rights, applied to every statement of a principal session (DATA-4).

``Guard`` is the one option that a principal session puts on each statement. While SQLAlchemy
compiles the statement, it asks the guard for the row predicate of every mapped class; the
compiler in ``storage.statements`` then proves that each table in the finished SQL carries its
predicate and that no field above the caller's grades is in it. Compiled SQL is cached by
structure and by role, so all of this is paid once and not with each execution.
"""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, String, inspect, or_, select
from sqlalchemy.orm import Mapper, defer
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlmodel import col
from sqlmodel.main import default_registry

from storage.errors import UnscopedStatementError
from storage.identity import GRADES, REACH, Caller, Reach, Scope, Visibility
from storage.statements import RESERVED, Among, Ids, ScopeParameter, marked
from storage.tables.customers import CustomerShare
from storage.vocabulary import Grade, Role


def visibility_of(model: type[Any]) -> Visibility:
    """The policy line of a table; a table without one cannot be read at all."""
    visibility = getattr(model, "visibility", None)
    if not isinstance(visibility, Visibility):
        raise UnscopedStatementError(f"{model.__name__} has no visibility")
    return visibility


def may_see(caller: Caller, row: Any, shared: Collection[str] = ()) -> bool:
    """The policy on a row in memory: the check before writes, and the oracle of the SQL filter.

    ``shared`` are the customers that are shared with people in the caller's reach. They count
    for reading only, so whoever checks a write leaves them out.
    """
    key = getattr(type(row), "shared_by", None)
    return _reaches(caller, row) or (
        key is not None
        and row.org_id == caller.org_id
        and caller.reach(visibility_of(type(row))) in (Reach.OWN, Reach.TEAM)
        and getattr(row, key) in shared
    )


def _reaches(caller: Caller, row: Any) -> bool:
    if type(row).__name__ == "Organisation":
        return bool(row.id == caller.org_id)
    if getattr(row, "org_id", None) != caller.org_id:
        return False
    if type(row).__name__ == "PendingAction" and row.approver_id == caller.person_id:
        return True
    match caller.reach(visibility_of(type(row))):
        case Reach.ALL:
            return True
        case Reach.OWN:
            return bool(row.owner_id == caller.person_id)
        case Reach.TEAM:
            people = (caller.person_id, *caller.team_ids)
            return row.owner_id in people or (
                row.region_id is not None and row.region_id in caller.region_ids
            )
        case Reach.NONE:
            return False


def hidden_fields(mapper: Mapper[Any], grades: frozenset[Grade]) -> tuple[str, ...]:
    """The attributes of a mapped class that lie above ``grades``."""
    return tuple(
        name
        for name, column in mapper.columns.items()
        if (grade := column.info.get("grade")) is not None and grade not in grades
    )


class Guard(CriteriaOption):
    """One scope as a statement option.

    Its cache key is the shape of the policy; the scope's values travel as bound parameters.
    So SQL compiled for one caller is reused for another of the same role, with the other's
    values, and never shared between different policies.
    """

    __slots__ = ("binds", "grades", "role", "scope", "values", "writes")

    propagate_to_loaders = True
    # What SQLAlchemy asks of an entry under "additional_entity_criteria".
    include_aliases = True
    entity = None

    def __init__(self, scope: Scope, writes: bool) -> None:
        self.scope = scope
        self.writes = writes
        self.role = scope.role
        self.grades = GRADES[scope.role]
        self.binds: tuple[BindParameter[Any], ...] = (
            ScopeParameter(f"{RESERVED}org", scope.org_id, String()),
            ScopeParameter(f"{RESERVED}person", scope.person_id, String()),
            ScopeParameter(f"{RESERVED}people", (scope.person_id, *scope.team_ids), Ids()),
            ScopeParameter(f"{RESERVED}regions", scope.region_ids, Ids()),
        )
        self.values = {bind.key: bind.value for bind in self.binds}

    @property
    def shape(self) -> tuple[Role, bool, bool]:
        """What decides the SQL of the policy; guards of one shape differ in their values only."""
        return self.role, bool(self.scope.region_ids), self.writes

    def _gen_cache_key(self, _anon_map: Any, bindparams: list[BindParameter[Any]]) -> Any:
        bindparams.extend(self.binds)
        return (Guard, *self.shape)

    def process_compile_state(self, compile_state: Any) -> None:
        """Called once per compiled statement: bring in the row filters, leave out hidden fields."""
        self.get_global_criteria(compile_state.global_attributes)
        for entity in getattr(compile_state, "_entities", ()):
            if getattr(entity, "supports_single_entity", False):
                for option in _deferred(entity.entity_zero.entity, self.grades):
                    option.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Answer for every mapped class, whether or not the statement is seen to use it."""
        for mapper in default_registry.mappers:
            attributes["additional_entity_criteria", mapper] = [self]

    def _should_include(self, _compile_state: Any) -> bool:
        return True

    def _resolve_where_criteria(self, entity: Any) -> ColumnElement[bool]:
        return marked(self.predicate(entity.mapper.class_, entity.entity), entity.mapper)

    def predicate(self, model: type[Any], entity: Any) -> tuple[ColumnElement[bool], ...]:
        """The policy in SQL: all that rows of ``entity`` (the class or an alias) must fulfil."""
        org, person, people, regions = self.binds
        if model.__name__ == "Organisation":
            return (entity.id == org,)
        if not hasattr(model, "org_id"):
            mapper: Mapper[Any] = inspect(model)
            name = mapper.get_property_by_column(mapper.primary_key[0]).key
            return (getattr(entity, name).is_(None),)
        inside: ColumnElement[bool] = entity.org_id == org
        if model.__name__ == "PendingAction":
            return inside, or_(entity.owner_id == person, entity.approver_id == person)
        match REACH[self.role][visibility_of(model)]:
            case Reach.ALL:
                return (inside,)
            case Reach.OWN:
                return inside, self._or_shared(model, entity, entity.owner_id == person)
            case Reach.TEAM:
                team: ColumnElement[bool] = Among(entity.owner_id, people)
                if self.scope.region_ids:
                    team = or_(team, Among(entity.region_id, regions))
                return inside, self._or_shared(model, entity, team)
            case Reach.NONE:
                return inside, entity.id.is_(None)

    def _or_shared(
        self, model: type[Any], entity: Any, mine: ColumnElement[bool]
    ) -> ColumnElement[bool]:
        key = getattr(model, "shared_by", None)
        if key is None or self.writes:
            return mine
        # The guard filters this select too: it finds the shares in the caller's own reach.
        shared = select(col(CustomerShare.customer_id)).correlate(None)
        return or_(mine, getattr(entity, key).in_(shared))


@lru_cache(maxsize=1024)
def guard_of(scope: Scope, *, writes: bool = False) -> Guard:
    """The guard of a scope; equal scopes share one. One that ``writes`` leaves out shared rows."""
    return Guard(scope, writes)


def _deferred(entity: Any, grades: frozenset[Grade]) -> Iterator[Any]:
    """Loads of an entity leave out columns above the caller's grades; touching one raises."""
    for name in hidden_fields(inspect(entity).mapper, grades):
        yield defer(getattr(entity, name), raiseload=True)
