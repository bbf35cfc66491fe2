"""The environment is read in one file and written in one file."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "agents", "tools", "knowledge_base", "prompts", "storage")
ALLOWED = {"bot/settings.py", "bot/libraries.py"}
_NAMES = {"environ", "environb", "getenv", "putenv", "unsetenv"}


def touches(tree: ast.AST) -> Iterator[int]:
    """Lines that name the environment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _NAMES:
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (node.lineno for alias in node.names if alias.name in _NAMES)


def test_no_other_file_touches_the_environment() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if any(touches(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == ALLOWED


def test_libraries_are_told_before_any_is_imported() -> None:
    script = (
        "import os, sys\n"
        "import bot.libraries\n"
        "print(sorted(m for m in ('pydantic', 'langsmith', 'pypinyin') if m in sys.modules))\n"
        "bot.libraries.instruct_libraries()\n"
        "print(os.environ['LANGSMITH_TRACING'])\n"
    )
    done = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANGSMITH_TRACING": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[:2] == ["[]", "false"]
