"""Proposes a mapping for a source that has none: guesses by names, to be checked by a person."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from pathlib import PurePath
from typing import Any

from storage.importing.dates import UnclearDayError, read_date
from storage.importing.fields import targets
from storage.importing.mapping import SourcePart
from storage.importing.problems import ImportProblem, words
from storage.importing.report import ImportReport, Notice, sentence
from storage.importing.sheets import locate
from storage.importing.sources import Source
from storage.importing.texts import fold, plain
from storage.importing.troubles import CellError
from storage.yaml_text import read_yaml

_SAMPLE = 200  # rows
_TABLE_NAME_COUNTS = 2  # a telling table name is worth as much as two telling columns


@dataclass(slots=True)
class Guess:
    """What one source table may be."""

    source: str
    columns: list[str]
    target: str | None = None
    fields: dict[str, str] = field(default_factory=dict)  # column: field
    key: str | None = None
    unclear_dates: set[str] = field(default_factory=set)
    describes: bool = False  # it seems to be about the other tables


def propose(source: Source, language: str = "en") -> ImportReport:
    """A report with the code ``mapping_needed`` and a draft; nothing is imported.

    Tables that cannot be read are left out of the draft and named in the warnings.
    """
    guesses, warnings = [], []
    for name in source.names():
        try:
            guesses.append(guess_table(source, name))
        except ImportProblem as problem:
            say = sentence(problem.trouble)
            warnings.append(Notice(code=problem.code, file=problem.file, say=say))
    for guess in guesses:
        guess.describes = _is_dictionary(guess, guesses)
    draft = draft_text(source.name, guesses, language)
    return ImportReport(code="mapping_needed", source=source.name, draft=draft, warnings=warnings)


def guess_table(source: Source, name: str) -> Guess:
    """What the table of that name may be, by its name, its columns and its first rows."""
    raw = source.read(SourcePart(table=name))
    sheet = locate(raw, [])
    rows = [cells for _, cells in islice(sheet.rows, _SAMPLE)]
    guess = Guess(name, [column for column in sheet.columns if column])
    scores = {table: _score(table, name, guess.columns) for table in _known()["tables"]}
    best = max(scores, key=lambda table: scores[table])
    if scores[best] >= _TABLE_NAME_COUNTS:
        guess.target = best
        guess.fields = _fields(best, guess.columns)
        guess.key = _key(best, guess)
        for column, target_field in guess.fields.items():
            kind = targets()[best].fields[target_field].kind
            place = sheet.position(column)
            if kind in {"date", "moment"} and _unclear(r[place] for r in rows if place < len(r)):
                guess.unclear_dates.add(column)
    return guess


def _is_dictionary(guess: Guess, guesses: Sequence[Guess]) -> bool:
    """Whether a table is named like a description, or has the columns of several others."""
    if fold(PurePath(guess.source).stem) in {fold(word) for word in _known()["dictionaries"]}:
        return True
    own = set(guess.columns)
    held = [g for g in guesses if g is not guess and g.target and set(g.columns) < own]
    return len({g.target for g in held}) > 1


def draft_text(name: str, guesses: Iterable[Guess], language: str) -> str:
    """The draft as YAML with a remark wherever a person has to decide."""
    say = words(language)["draft"]
    check = f"  # {say['check']}"
    slug = re.sub(r"[^a-z0-9]+", "-", PurePath(name).stem.lower()).strip("-")[:30] or "import"
    lines = [
        "version: 1",
        f"source: {slug}",
        "organisation:",
        f"  id: org-{slug}",
        f"  name: {_quoted(PurePath(name).stem)}{check}",
        f"  currency: CNY{check}",
        f"  timezone: Asia/Shanghai{check}",
        f"  language: zh{check}",
        f"people: []  # {say['people']}",
        "tables:",
    ]
    for guess in guesses:
        lines += _table_lines(guess, say)
    return "\n".join(lines) + "\n"


def _table_lines(guess: Guess, say: Mapping[str, str]) -> list[str]:
    if guess.target is None or guess.describes:
        shown = ", ".join(_quoted(column) for column in guess.columns)
        kind = "dictionary" if guess.describes else "unknown"
        return [f"  # {say[kind].format(name=_quoted(guess.source), columns=shown)}"]
    lines = [
        f"  - target: {guess.target}",
        f"    from: {_quoted(guess.source)}",
        f"    key: {_quoted(guess.key or guess.columns[0])}  # {say['check_key']}",
        "    columns:",
    ]
    for column in guess.columns:
        to = guess.fields.get(column)
        if to is None:
            lines.append(f"      # {_quoted(column)}: ?")
        elif column in guess.unclear_dates:
            asked = f"  # {say['which_day']}"
            lines.append(f"      {_quoted(column)}: {{to: {to}, formats: []}}{asked}")
        else:
            lines.append(f"      {_quoted(column)}: {to}")
    defaults = _missing(guess)
    if defaults:
        lines.append(f"    # {say['needed'].format(fields=', '.join(defaults))}")
    return lines


def _missing(guess: Guess) -> list[str]:
    if guess.target is None:
        return []
    filled = set(guess.fields.values())
    fields = targets()[guess.target].fields.values()
    return [f.name for f in fields if f.required and f.name not in filled]


def _score(table: str, name: str, columns: list[str]) -> int:
    stem = fold(PurePath(name).stem)
    by_name = stem in {fold(word) for word in _known()["tables"][table]}
    return by_name * _TABLE_NAME_COUNTS + len(_fields(table, columns))


def _fields(table: str, columns: list[str]) -> dict[str, str]:
    """Column to field; each field once, by the column whose name comes first in the word list."""
    found: dict[str, str] = {}
    folded = {_word(column): column for column in columns}
    for target_field, names in _known()["fields"].get(table, {}).items():
        column = next((folded[_word(n)] for n in names if _word(n) in folded), None)
        if column is not None and column not in found:
            found[column] = target_field
    return found


def _key(table: str, guess: Guess) -> str | None:
    """A column that looks like an identifier, or else the one with the name."""
    known = {_word(word) for word in _known()["keys"]}
    by_field = {to: column for column, to in guess.fields.items()}
    identifiers = [c for c in guess.columns if _word(c) in known or _word(c) == f"{table} id"]
    own = [by_field[name] for name in ("number", "code", "name") if name in by_field]
    return next(iter([*identifiers, *own]), None)


def _unclear(cells: Iterable[object]) -> bool:
    from zoneinfo import ZoneInfo

    for cell in cells:
        if cell is None or not plain(cell).strip():
            continue
        try:
            read_date(cell, [], ZoneInfo("UTC"))
        except UnclearDayError:
            return True
        except CellError:
            continue
    return False


def _word(name: str) -> str:
    return fold(name.replace("_", " ").replace("-", " "))


def _quoted(text: str) -> str:
    """A YAML scalar that is right for any name."""
    simple = re.fullmatch(r"[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff .]*", text)
    return text if simple and text == text.strip() else json.dumps(text, ensure_ascii=False)


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Any]:
    path = files("storage.importing") / "words" / "headers.yaml"
    loaded: Mapping[str, Any] = read_yaml(path.read_text(encoding="utf-8"))
    return loaded
