"""What may be in a statement of a principal session, decided where its SQL is written.

``guard_dialect`` makes a dialect's compiler check each piece of SQL as it renders it. A
statement of a principal session compiles only if it is proved that

* each table in each FROM, at any depth, is filtered by the guard's own predicate;
* no column above the caller's grades is in it, be it selected, filtered, grouped or sorted by;
* nothing in it is raw SQL: text, literal columns, bare tables, hints, operators or functions
  that are not on the lists of ``storage.permitted``.

What is not known is refused. Statements of other sessions pass unchecked.
No other file looks as deep under SQLAlchemy's surface; pins in ``pyproject.toml`` and the
leak matrix in the tests hold it to the version that it was written for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Boolean,
    ColumnElement,
    Delete,
    Dialect,
    String,
    Table,
    Update,
    and_,
)
from sqlalchemy.orm import Mapper
from sqlalchemy.sql import coercions, functions, operators, roles
from sqlalchemy.sql.compiler import IdentifierPreparer, SQLCompiler
from sqlalchemy.sql.elements import BooleanClauseList, Grouping
from sqlalchemy.sql.selectable import CTE, Alias, FromGrouping, Join, Lateral, Subquery
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.errors import GradeError, UnscopedStatementError
from storage.permitted import FUNCTIONS, KINDS

StatementT = TypeVar("StatementT")


_HINTS = ("get_crud_hint_text", "get_from_hint_text", "get_select_hint_text")

# How the names of the guard's own parameters begin.
RESERVED = "guard_"
# Marks a part of the guard's own predicate: the table it filters, how many parts, which one.
_MARK = "salestwin_guarded"
# Execution options that change how rows arrive, never which.
_EXECUTION_OPTIONS = frozenset({"populate_existing", "synchronize_session", "yield_per"})


class ScopeParameter(BindParameter[Any]):
    """A bound value of the guard's own. Nobody else may use its name: it would change the value."""

    inherit_cache = True


class Ids(TypeDecorator[tuple[str, ...]]):
    """Several ids as one bound value: a JSON array on SQLite, ``text[]`` on PostgreSQL."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(String))

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else list(value or ())


class Among(ColumnElement[bool]):
    """``column IN ids`` with a text that does not depend on how many ids there are.

    ``column.in_(…)`` makes SQLAlchemy rewrite the statement for each execution, which costs
    more than everything else that the guard does.
    """

    __visit_name__ = "guard_among"
    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy's own convention
        ("column", InternalTraversal.dp_clauseelement),
        ("ids", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: Any, ids: BindParameter[Any]) -> None:
        self.column = coercions.expect(roles.ExpressionElementRole, column)
        self.ids = ids
        self.type = Boolean()

    @property
    def _from_objects(self) -> Any:
        return self.column._from_objects


def marked(parts: tuple[ColumnElement[bool], ...], mapper: Mapper[Any]) -> ColumnElement[bool]:
    """``parts`` joined by AND, each with the mark by which the proof knows it again.

    SQLAlchemy merges an AND into its surroundings, so each part of it bears the mark.
    """
    return and_(
        *(
            Grouping(part)._annotate({_MARK: (mapper.local_table, len(parts), number)})
            for number, part in enumerate(parts)
        )
    )


def has_guard(statement: Any, guard: Any) -> bool:
    """Whether ``guard`` is the statement's only option."""
    return bool(statement._with_options == (guard,))


def with_guard(statement: StatementT, guard: Any) -> StatementT:
    """``statement`` with ``guard`` as its only option."""
    inner: Any = statement
    if inner._propagate_attrs.get("compile_state_plugin") != "orm":
        raise UnscopedStatementError("a statement over no class: select classes, not tables")
    if not _EXECUTION_OPTIONS.issuperset(inner._execution_options):
        raise UnscopedStatementError("execution options of its own")
    if inner._with_options:
        raise UnscopedStatementError("loader options of its own")
    # What statement.options() does, without its coercions.
    guarded = inner._generate()
    guarded._with_options = (guard,)
    return guarded  # type: ignore[no-any-return]


def column_types(compiled: SQLCompiler) -> list[TypeEngine[Any]]:
    """The types of what a compiled select gives, column by column."""
    return [column.type for column in compiled._result_columns]


def check_parameters(params: Any) -> None:
    """Refuse values that would take the place of the guard's own, and several sets of values."""
    if not params:
        return
    if not isinstance(params, Mapping):
        raise UnscopedStatementError("several sets of values")
    if any(str(name).startswith(RESERVED) for name in params):
        raise UnscopedStatementError("a value for a parameter of the guard")


def target_of(statement: Update | Delete) -> Mapper[Any]:
    """The mapped class that a bulk change writes."""
    entity = statement.table._annotations.get("parententity")
    if entity is None:
        raise UnscopedStatementError("a change over no class")
    return entity.mapper  # type: ignore[no-any-return]


def changed_by(statement: Update) -> set[str]:
    """The names of the fields that a bulk update sets."""
    inner: Any = statement
    if inner._multi_values:
        raise UnscopedStatementError("several sets of values in one update")
    return {getattr(key, "key", key) for key in inner._values or ()}


class _Checks(SQLCompiler):
    """The checks, mixed in before a dialect's own compiler."""

    _in_exists = 0
    _in_count = 0

    @property
    def _guard(self) -> Any:
        # The compiler works while it is being constructed; its statement is there by then.
        found = self.__dict__.get("_found_guard", ...)
        if found is ...:
            options = getattr(self.statement, "_with_options", ())
            found = next((option for option in options if hasattr(option, "grades")), None)
            self.__dict__["_found_guard"] = found
        return found

    def _compose_select_body(
        self, text: Any, select: Any, compile_state: Any, columns: Any, froms: Any, *rest: Any
    ) -> Any:
        if self._guard is not None:
            conditions = tuple(_conjuncts(select._where_criteria))
            for source in froms:
                _prove(source, conditions)
        return super()._compose_select_body(text, select, compile_state, columns, froms, *rest)  # type: ignore[no-untyped-call]

    def visit_update(self, update_stmt: Any, *args: Any, **kw: Any) -> Any:
        self._top_level_only("UPDATE")
        text = super().visit_update(update_stmt, *args, **kw)
        self._prove_change()
        return text

    def visit_delete(self, delete_stmt: Any, *args: Any, **kw: Any) -> Any:
        self._top_level_only("DELETE")
        text = super().visit_delete(delete_stmt, *args, **kw)  # type: ignore[no-untyped-call]
        self._prove_change()
        return text

    def visit_column(self, column: Any, *args: Any, **kw: Any) -> Any:
        if self._guard is not None:
            self._check_column(column)
        return super().visit_column(column, *args, **kw)

    def visit_table(self, table: Any, *args: Any, **kw: Any) -> Any:
        if self._guard is not None and not isinstance(table, Table):
            _refuse(f"a table by name: {table.name}")
        return super().visit_table(table, *args, **kw)  # type: ignore[no-untyped-call]

    def visit_bindparam(self, bindparam: Any, *args: Any, **kw: Any) -> Any:
        if self._guard is not None:
            own = isinstance(bindparam, ScopeParameter)
            if bindparam.key.startswith(RESERVED) and not own:
                _refuse(f"a parameter called {bindparam.key}")
            _check_type(bindparam.type)
        return super().visit_bindparam(bindparam, *args, **kw)  # type: ignore[no-untyped-call]

    def visit_typeclause(self, typeclause: Any, **kw: Any) -> Any:
        if self._guard is not None:
            _check_type(typeclause.type)
        return super().visit_typeclause(typeclause, **kw)  # type: ignore[no-untyped-call]

    def visit_function(self, func: Any, *args: Any, **kw: Any) -> Any:
        if self._guard is None:
            return super().visit_function(func, *args, **kw)
        if func.packagenames or func.name.lower() not in FUNCTIONS:
            _refuse(f"function {func.name}")
        with self._inside("_in_count", isinstance(func, functions.count)):
            return super().visit_function(func, *args, **kw)

    def visit_unary(self, unary: Any, *args: Any, **kw: Any) -> Any:
        with self._inside("_in_exists", unary.operator is operators.exists):
            return super().visit_unary(unary, *args, **kw)  # type: ignore[no-untyped-call]

    def visit_extract(self, extract: Any, *args: Any, **kw: Any) -> Any:
        if self._guard is not None and not extract.field.isalpha():
            _refuse(f"EXTRACT of {extract.field!r}")
        return super().visit_extract(extract, *args, **kw)  # type: ignore[no-untyped-call]

    def visit_guard_among(self, among: Among, **kw: Any) -> str:
        column, ids = self.process(among.column, **kw), self.process(among.ids, **kw)
        if self.dialect.name == "sqlite":
            return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608
        return f"{column} = ANY ({ids})"

    def for_update_clause(self, select: Any, **kw: Any) -> Any:
        if self._guard is not None:
            _refuse("FOR UPDATE: a caller does not hold up others")
        return super().for_update_clause(select, **kw)  # type: ignore[no-untyped-call]

    def get_statement_hint_text(self, hint_texts: Any) -> Any:
        if self._guard is not None:
            _refuse("a hint")
        return super().get_statement_hint_text(hint_texts)  # type: ignore[no-untyped-call]

    def _check_column(self, column: Any) -> None:
        if column.is_literal and not (column.name == "*" and (self._in_exists or self._in_count)):
            _refuse(f"literal SQL {column.name!r}")
        if column.table is None and not column.is_literal:
            _refuse(f"a column of no table: {column.name}")
        for base in column.base_columns:
            grade = getattr(base, "info", {}).get("grade")
            if grade is not None and grade not in self._guard.grades:
                raise GradeError(f"{column} is {grade}")

    def _top_level_only(self, what: str) -> None:
        if self._guard is not None and self.stack:
            _refuse(f"{what} inside another statement")

    def _prove_change(self) -> None:
        if self._guard is None:
            return
        state: Any = self.compile_state
        if state._extra_froms:
            _refuse("a change of one table that reads another")
        _prove(state.statement.table, tuple(_conjuncts(state.statement._where_criteria)))

    @contextmanager
    def _inside(self, name: str, entered: bool) -> Iterator[None]:
        self.__dict__[name] = getattr(self, name) + entered
        try:
            yield
        finally:
            self.__dict__[name] -= entered


def guard_dialect(dialect: Any) -> None:
    """Make a dialect write statements with the checks above, for all sessions on its engine."""
    dialect.statement_compiler = _guarding(dialect.statement_compiler)
    plain = type(dialect.identifier_preparer)
    dialect.identifier_preparer = type(f"Strict{plain.__name__}", (_Names, plain), {})(dialect)


class _Names(IdentifierPreparer):
    """Quotes every name that needs it, whatever the name says about itself."""

    def quote(self, ident: str) -> str:
        if getattr(ident, "quote", None) is False:
            _refuse(f"a name that is not to be quoted: {ident[:40]}")
        return super().quote(ident)


def _guarding(compiler: type[SQLCompiler]) -> type[SQLCompiler]:
    """``compiler`` with the checks; every kind of element that is not listed is refused."""
    names = {name for name in dir(compiler) if name.startswith("visit_")}
    names -= {f"visit_{kind}" for kind in KINDS} | set(vars(_Checks))
    refusals = {name: _refusing(compiler, name) for name in (*names, *_HINTS)}
    return type(f"Guarding{compiler.__name__}", (_Checks, compiler), refusals)


def _refusing(compiler: type[SQLCompiler], name: str) -> Any:
    original = getattr(compiler, name)

    def check(self: _Checks, *args: Any, **kw: Any) -> Any:
        if self._guard is not None:
            _refuse(name.removeprefix("visit_").replace("_", " "))
        return original(self, *args, **kw)

    return check


def _check_type(kind: Any) -> None:
    # A type of one's own may write any text into a CAST, and so may the name of a collation.
    known = type(kind).__module__.partition(".")[0] in {"sqlalchemy", "sqlmodel", "storage"}
    if not known or getattr(kind, "collation", None) is not None:
        _refuse(f"type {type(kind).__name__}")


def _prove(source: Any, conditions: tuple[Any, ...]) -> None:
    """Refuse ``source`` unless each table in it carries the guard's predicate.

    ``conditions`` hold for every row that can come out of ``source``. The condition of an
    outer join holds for its right side alone.
    """
    if isinstance(source, Join):
        if source.full:
            _refuse("FULL JOIN")
        both = (*conditions, *_conjuncts((source.onclause,)))
        _prove(source.left, conditions if source.isouter else both)
        _prove(source.right, both)
    elif isinstance(source, FromGrouping):
        _prove(source.element, conditions)
    elif isinstance(source, Table):
        _prove_table(source, source, conditions)
    elif isinstance(source, Alias) and isinstance(source.element, Table):
        _prove_table(source, source.element, conditions)
    elif not isinstance(source, Subquery | CTE | Lateral):
        # The parts of those three are selects, which are proved when they are rendered.
        _refuse(f"FROM {type(source).__name__}")


def _prove_table(source: Any, table: Table, conditions: tuple[Any, ...]) -> None:
    # Hashes, because an annotated copy of a table has the hash of the table itself.
    found, wanted = set(), 1
    for condition in conditions:
        guarded, parts, number = condition._annotations.get(_MARK, (None, 0, 0))
        if hash(guarded) != hash(table):
            continue
        if hash(source) in {hash(part) for part in condition._from_objects}:
            found.add(number)
            wanted = parts
    if len(found) < wanted:
        _refuse(f"{table.name} without its row filter: select from its class, join with .join()")


def _conjuncts(clauses: Iterable[Any]) -> Iterator[Any]:
    for clause in clauses:
        if isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
            yield from _conjuncts(clause.clauses)
        else:
            yield clause


def _refuse(what: str) -> NoReturn:
    raise UnscopedStatementError(f"not allowed in a principal session: {what}")
