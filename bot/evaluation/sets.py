"""Evaluation sets on disk: ``evals/<set>/*.jsonl``, with their provenance beside them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import CommandError

FOLDER = "evals"


@dataclass(frozen=True, slots=True)
class EvalSet:
    """A set's lines in file order; ``hash`` changes when any byte of them does."""

    name: str
    hash: str
    items: Sequence[dict[str, Any]]


def set_folder(name: str, home: Path) -> Path | None:
    """Where a set lies: beside the source, or in the home; None if it is at neither."""
    roots = (Path(__file__).resolve().parents[2], home)
    folders = (root / FOLDER / name for root in roots)
    return next((folder for folder in folders if any(folder.glob("*.jsonl"))), None)


def load_set(name: str, folder: Path) -> EvalSet:
    """All lines of a set. Raises CommandError with file and line for one that is no object."""
    digest = hashlib.sha256()
    items: list[dict[str, Any]] = []
    for file in sorted(folder.glob("*.jsonl")):
        data = file.read_bytes()
        digest.update(data)
        for number, line in enumerate(data.decode("utf-8").splitlines(), start=1):
            if line.strip():
                items.append(_item(line, f"{file.name}:{number}"))
    return EvalSet(name, digest.hexdigest()[:12], items)


def _item(line: str, place: str) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except ValueError:
        item = None
    if not isinstance(item, dict):
        raise CommandError("evaluation.broken_line", place=place)
    return item
