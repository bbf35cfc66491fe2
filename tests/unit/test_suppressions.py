"""Whoever tells a checker to look away says why, on the same line."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "agents", "tools", "knowledge_base", "prompts", "storage")
_LOOKS_AWAY = re.compile(r"# (?:noqa|type: ignore)")
_CODES = re.compile(r"# (?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z-, ]+\])")
# It is full of SQLAlchemy's compilers, which are not typed; its head says what it does with them.
_COMPILERS = "storage/statements.py"


def unexplained(text: str) -> Iterator[tuple[int, str]]:
    """Line and words of suppressions without a code, or with nothing behind their codes."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT or not _LOOKS_AWAY.search(token.string):
            continue
        rest = _CODES.sub("", token.string)
        if _LOOKS_AWAY.search(rest) or not re.search(r"[a-z]{2}", rest):
            yield token.start[0], token.string


def test_every_suppression_says_why() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {words}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for line, words in unexplained(path.read_text(encoding="utf-8"))
        if path.relative_to(ROOT).as_posix() != _COMPILERS
    ]
    assert found == []


def test_what_counts_as_a_reason() -> None:
    for words in ("# noqa: S608", "# noqa - because", "# type: ignore[x]", "# type: ignore"):
        assert list(unexplained(f"x = 1  {words}\n")) == [(1, words)]
    for words in ("# noqa: S608 - our own names", "# type: ignore[x]  # put there by y"):
        assert list(unexplained(f"x = 1  {words}\n")) == []
