"""Reads playbook files: YAML, or Markdown with a YAML head. Every complaint names file and line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge_base.playbook import Playbook
from storage.yaml_text import safe_loader

SUFFIXES = frozenset({".yaml", ".yml", ".md"})
_LARGEST = 200_000  # bytes; a playbook is a page or two
_DEEPEST = 8

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong in one file; ``line`` counts from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ContentError(Exception):
    """Library files that cannot be used; ``complaints`` lists everything that was found."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(map(str, self.complaints)))


def playbook_files(folder: Path) -> list[Path]:
    """All playbook files below ``folder``, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())


def read_playbook(name: str, content: bytes) -> Playbook:
    """The playbook in a file called ``name`` (for messages and the kind). Raises ContentError."""
    head, body, first_line = _split(name, _decoded(name, content))
    node = _composed(name, head, first_line)
    lines: dict[Key, int] = {}
    faults = [
        Complaint(name, line, message) for line, message in _walk(node, (), first_line, lines)
    ]
    if faults:
        raise ContentError(faults)
    data = _constructed(name, node, first_line)
    if not isinstance(data, dict):
        raise ContentError([Complaint(name, first_line, "the file must be a mapping of fields")])
    if body is not None:
        data["background"] = body
    try:
        return Playbook.model_validate(data)
    except ValidationError as error:
        raise ContentError(_complaints(name, error, lines)) from None


def read_library(files: Iterable[tuple[str, bytes]]) -> list[Playbook]:
    """The playbooks in files, in order. Raises ContentError with the complaints of all files."""
    found: list[Playbook] = []
    places: dict[tuple[str, str], str] = {}
    complaints: list[Complaint] = []
    for name, content in files:
        try:
            playbook = read_playbook(name, content)
        except ContentError as error:
            complaints.extend(error.complaints)
            continue
        place = places.setdefault((playbook.id, playbook.language), name)
        if place != name:
            message = f"{playbook.id} in language {playbook.language} stands in {place} already"
            complaints.append(Complaint(name, 1, message))
        found.append(playbook)
    if complaints:
        raise ContentError(complaints)
    return found


def _decoded(name: str, content: bytes) -> str:
    if len(content) > _LARGEST:
        raise ContentError([Complaint(name, 1, f"larger than {_LARGEST // 1000} kB")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ContentError([Complaint(name, line, "not UTF-8: save the file as UTF-8")]) from None


def _split(name: str, text: str) -> tuple[str, str | None, int]:
    """The YAML part, the Markdown body if there is one, and the line on which the YAML begins."""
    if not name.endswith(".md"):
        return text, None, 1
    lines = text.splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.rstrip() == "---"][:2]
    if len(fences) < 2 or fences[0] != 0:
        message = "a Markdown playbook begins with its fields between two lines of ---"
        raise ContentError([Complaint(name, 1, message)])
    head, body = "".join(lines[1 : fences[1]]), "".join(lines[fences[1] + 1 :]).strip()
    return head, body or None, 2


def _composed(name: str, text: str, first_line: int) -> yaml.Node:
    try:
        _check_shape(name, text, first_line)
        node = yaml.compose(text, Loader=safe_loader())
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(name, error, first_line) from None
    except yaml.YAMLError as error:
        raise ContentError([Complaint(name, first_line, f"not YAML: {error}")]) from None
    if node is None:
        raise ContentError([Complaint(name, first_line, "the file is empty")])
    return node


def _check_shape(name: str, text: str, first_line: int) -> None:
    """Refuses what the composing parser would follow without bound: depth, and aliases."""
    depth = 0
    for event in yaml.parse(text, Loader=safe_loader()):
        line = (event.start_mark.line if event.start_mark else 0) + first_line
        if isinstance(event, yaml.AliasEvent):
            raise ContentError([Complaint(name, line, "anchors and aliases are not used here")])
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ContentError([Complaint(name, line, "nested too deeply")])


def _constructed(name: str, node: yaml.Node, first_line: int) -> Any:
    try:
        return yaml.constructor.SafeConstructor().construct_document(node)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(name, error, first_line) from None
    except ValueError as error:  # a date such as 2026-02-31
        raise ContentError(
            [Complaint(name, first_line, f"a value is impossible: {error}")]
        ) from None


def _not_yaml(name: str, error: yaml.MarkedYAMLError, first_line: int) -> ContentError:
    mark = error.problem_mark or error.context_mark
    line = (mark.line if mark else 0) + first_line
    return ContentError([Complaint(name, line, f"not YAML: {error.problem}")])


def _walk(
    node: yaml.Node, key: Key, first_line: int, lines: dict[Key, int]
) -> Iterator[tuple[int, str]]:
    """Notes the line of every field in ``lines``; yields fields that are named twice."""
    line = node.start_mark.line + first_line
    lines.setdefault(key, line)
    if isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, (*key, index), first_line, lines)
    elif isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            below = (*key, str(name.value))
            if below in lines:
                yield name.start_mark.line + first_line, f"{name.value} stands here a second time"
            lines[below] = name.start_mark.line + first_line
            yield from _walk(value, below, first_line, lines)


def _complaints(name: str, error: ValidationError, lines: dict[Key, int]) -> list[Complaint]:
    found = []
    details = error.errors(include_url=False, include_context=False)
    for detail in details:
        key: Key = detail["loc"]
        if detail["type"] == "too_short" and _has_faults_inside(key, details):
            continue  # the list is too short only because items of it are wrong
        path = ".".join(str(part + 1 if isinstance(part, int) else part) for part in key)
        found.append(
            Complaint(name, _nearest(key, lines), f"{path or 'playbook'}: {detail['msg']}")
        )
    return found


def _has_faults_inside(key: Key, details: Iterable[Any]) -> bool:
    return any(d["loc"][: len(key)] == key and len(d["loc"]) > len(key) for d in details)


def _nearest(key: Key, lines: dict[Key, int]) -> int:
    """The line of a field, or of the closest thing around it that is there."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 1)
