"""Selects that are written once: compiled for each policy, then run as finished SQL.

To build a statement, to look it up among the compiled ones and to unpack entities takes ten
times as long as the database needs for its answer. A ``Query`` pays that once for each database
and policy; from then on a read is its SQL with values. What is compiled is the statement that
``PrincipalSession`` would run, with the guard as its one option and by the same compiler, so
nothing gets into a plan that ``storage.statements`` has not proved.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import BindParameter, CompoundSelect, Connection, Dialect, Select, null
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from storage.errors import UnscopedStatementError
from storage.guard import Guard
from storage.statements import ScopeParameter, column_types, with_guard
from storage.vocabulary import Grade

RowT = TypeVar("RowT")
Processor = Callable[[Any], Any]

# On a dialect, so that plans end with the engine whose types they hold.
_PLANS = "salestwin_plans"
# Queries are constants of modules, about fifty; the bound is for whoever makes them in a loop.
_MOST = 1024


class Query(Generic[RowT]):
    """A select of columns for many executions; make it once, at the top of a module.

    ``build`` gives the select for a reader's grades, with ``bindparam`` for what changes and
    ``Among`` for sets of ids; ``make`` turns the values of a row into what the reader gets.
    """

    __slots__ = ("build", "make")

    def __init__(
        self, build: Callable[[frozenset[Grade]], Any], make: Callable[[Sequence[Any]], RowT]
    ) -> None:
        self.build = build
        self.make = make


def fields(model: type[Any], names: Iterable[str], grades: frozenset[Grade]) -> list[Any]:
    """Those columns of a table; NULL stands in for one above ``grades``."""
    found: list[InstrumentedAttribute[Any]] = [getattr(model, name) for name in names]
    return [
        null() if column.info.get("grade", "") not in {"", *grades} else column for column in found
    ]


@dataclass(slots=True)
class Plan(Generic[RowT]):
    """A compiled query: its SQL, what it asks for, and how values go in and come out."""

    sql: str
    order: tuple[str, ...] | None  # of the values; None where the driver takes them by name
    constants: Mapping[str, Any]
    asked: frozenset[str]
    scope: frozenset[str]
    into: Mapping[str, Processor]
    types: Sequence[TypeEngine[Any]]  # of the columns
    dialect: Dialect
    make: Callable[[Sequence[Any]], RowT]
    out: tuple[tuple[int, Processor], ...] | None = None  # known with the first result

    def values(self, asked: Mapping[str, Any], guard: Guard) -> Any:
        """The values in the driver's form. Raises UnscopedStatementError for wrong names."""
        if asked.keys() != self.asked:
            names = ", ".join(sorted(self.asked.symmetric_difference(asked)))
            raise UnscopedStatementError(f"a query asks for other values: {names}")
        known = {**asked, **{name: guard.values[name] for name in self.scope}}
        for name, process in self.into.items():
            known[name] = process(known[name])
        known |= self.constants
        return known if self.order is None else tuple([known[name] for name in self.order])

    def run(self, connection: Connection, asked: Mapping[str, Any], guard: Guard) -> list[RowT]:
        """All rows. Goes to the driver itself: between it and us there is nothing left to do."""
        values = self.values(asked, guard)
        cursor = connection.connection.cursor()
        try:
            self.dialect.do_execute(cursor, self.sql, values)
            return self._rows(cursor)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._wrapped(error) from error
        finally:
            cursor.close()

    def _rows(self, cursor: Any) -> list[RowT]:
        out, make = self.out, self.make
        if out is None:
            out = self.out = tuple(self._results(cursor))
        rows: list[RowT] = []
        for row in cursor.fetchall():
            values = list(row)
            for place, process in out:
                values[place] = process(values[place])
            rows.append(make(values))
        return rows

    def _results(self, cursor: Any) -> Iterator[tuple[int, Processor]]:
        for place, (kind, told) in enumerate(zip(self.types, cursor.description, strict=True)):
            process = kind.dialect_impl(self.dialect).result_processor(self.dialect, told[1])
            if process is not None:
                yield place, process

    def _wrapped(self, error: Exception) -> BaseException:
        """The driver's error as all others come out of the engine; without the values."""
        base = self.dialect.loaded_dbapi.Error
        return DBAPIError.instance(self.sql, {}, error, base, hide_parameters=True)


def plan_of(query: Query[RowT], dialect: Dialect, guard: Guard) -> Plan[RowT]:
    """The plan for the guard's policy, made when it is first asked for.

    Two threads may make the same one at once; that does no harm.
    """
    plans: dict[Any, Plan[RowT]] = dialect.__dict__.setdefault(_PLANS, {})
    key = (query, guard.shape)
    plan = plans.get(key)
    if plan is None:
        plan = _planned(query, dialect, guard)
        if len(plans) >= _MOST:
            plans.clear()
        plans[key] = plan
    return plan


def _planned(query: Query[RowT], dialect: Dialect, guard: Guard) -> Plan[RowT]:
    statement: Any = query.build(guard.grades)
    if not isinstance(statement, Select | CompoundSelect):
        raise UnscopedStatementError(f"a query that is no select: {type(statement).__name__}")
    compiled: Any = with_guard(statement, guard).compile(dialect=dialect)
    if compiled.post_compile_params or compiled.literal_execute_params:
        raise UnscopedStatementError("a query with in_(): use Among, or or_() over constants")
    binds: dict[str, BindParameter[Any]] = compiled.binds
    scope = frozenset(name for name, bind in binds.items() if isinstance(bind, ScopeParameter))
    asked = frozenset(name for name, bind in binds.items() if bind.required)
    into = {name: p for name, bind in binds.items() if (p := _binder(bind, dialect)) is not None}
    fixed = binds.keys() - scope - asked
    return Plan(
        sql=compiled.string,
        order=tuple(compiled.positiontup) if compiled.positional else None,
        constants={name: _bound(binds[name].effective_value, into.get(name)) for name in fixed},
        asked=asked,
        scope=scope,
        into={name: process for name, process in into.items() if name not in fixed},
        types=column_types(compiled),
        dialect=dialect,
        make=query.make,
    )


def _binder(bind: BindParameter[Any], dialect: Dialect) -> Processor | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _bound(value: Any, process: Processor | None) -> Any:
    return value if process is None else process(value)
