"""What only the storage room and the composition root may say: no handle to unguarded data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "agents", "tools", "knowledge_base", "prompts", "storage")
# Files outside storage/ that may open system units: they run before there is a caller, or
# decide on who that is.
SYSTEM_UNITS = {
    "bot/container.py",
    "bot/checkup.py",  # doctor: counts and dates, no rows
    "bot/directory.py",  # who is who, for --as
    "bot/founding.py",  # init: which organisations there are
    "bot/identity.py",  # makes callers
    "bot/opening.py",  # closes what waited too long
}
BANNED_ATTRIBUTES = {
    "system": SYSTEM_UNITS,
    "connection": set(),
    "raw_connection": set(),
    "exec_driver_sql": set(),
    "_PrincipalSession__session": set(),
    "_sa_instance_state": set(),
    "_engine": set(),
    "_binds": set(),
}
# From these comes SQL of one's own; import-linter forbids them too.
BANNED_IMPORTS = {"text", "literal_column", "create_engine", "object_session", "GuardedSession"}


def sources() -> list[Path]:
    return [
        path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if room != "storage"
    ]


def breaches(tree: ast.AST, name: str) -> Iterator[str]:
    """The handles that ``name`` (a path from the root) uses and may not use."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _banned(node, name):
            yield f"{name}:{node.lineno} .{node.attr}"
        if isinstance(node, ast.Constant) and node.value == "_PrincipalSession__session":
            yield f"{name}:{node.lineno} {node.value}"
        if isinstance(node, ast.ImportFrom) and _database(node.module):
            yield from (
                f"{name}:{node.lineno} {alias.name}"
                for alias in node.names
                if alias.name in BANNED_IMPORTS
            )


def _banned(node: ast.Attribute, name: str) -> bool:
    if isinstance(node.value, ast.Name) and node.value.id == "platform":
        return False  # platform.system() names the operating system
    return name not in BANNED_ATTRIBUTES.get(node.attr, {name})


def _database(module: str | None) -> bool:
    return (module or "").partition(".")[0] in {"sqlalchemy", "sqlmodel", "storage"}


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_outside_storage_gets_behind_the_guard(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not list(breaches(tree, path.relative_to(ROOT).as_posix()))


@pytest.mark.parametrize(
    "code",
    [
        "database.system('x')",
        "session._PrincipalSession__session.execute(q)",
        "getattr(session, '_PrincipalSession__session')",
        "row._sa_instance_state.session",
        "from sqlalchemy import select, text",
        "from sqlmodel import create_engine",
        "from storage.session import GuardedSession",
        "from sqlalchemy.orm import object_session",
        "session.connection()",
        "database._engine.raw_connection()",
        "connection.exec_driver_sql('select 1')",
    ],
)
def test_the_check_sees_each_way(code: str) -> None:
    assert list(breaches(ast.parse(code), "tools/notes/service.py"))


def test_the_list_of_exceptions_has_no_dead_entries() -> None:
    for name in SYSTEM_UNITS - {"bot/container.py"}:
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        assert any(isinstance(n, ast.Attribute) and n.attr == "system" for n in ast.walk(tree))


def test_the_composition_root_may_open_system_units_and_no_more() -> None:
    assert not list(breaches(ast.parse("database.system('x')"), "bot/container.py"))
    assert list(breaches(ast.parse("session.connection()"), "bot/container.py"))
