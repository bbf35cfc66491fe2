"""YAML that remembers on which line everything stands, and reads keys as they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from storage.importing.problems import ImportProblem

Path = tuple[str | int, ...]
_BOOLEANS = {"true": True, "false": False}
_COLLECTIONS = frozenset({"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_DEEPEST, _MOST = 30, 100_000  # levels, and things in all; a mapping is written by hand
_BOOL, _TIME = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"


@dataclass(slots=True)
class Lines:
    """Line numbers (from 1) by path."""

    by_path: dict[Path, int] = field(default_factory=dict)

    def of(self, path: Path) -> int:
        """The line of the path, or of the nearest thing above it that is in the file."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.by_path:
                return self.by_path[path[:length]]
        return 1


def load(text: str, file: str) -> tuple[Any, Lines]:
    """The document and its lines.

    Unlike plain YAML 1.1, ``NO``, ``on`` and dates stay text and keys are never turned into
    something else (``NO: Norway`` in a value map); a key given twice is a problem.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError as error:
        raise ImportProblem("mapping_deep", file=file) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        reason = str(getattr(error, "problem", None) or "unreadable characters")
        raise ImportProblem("mapping_syntax", file=file, line=line, reason=reason) from error
    lines = Lines()
    return (_plain(node, (), lines, file) if node is not None else None), lines


def _plain(node: yaml.Node, path: Path, lines: Lines, file: str) -> Any:
    line = node.start_mark.line + 1
    lines.by_path.setdefault(path, line)
    # A text that uses its own anchors may go on for ever, or multiply beyond all measure.
    if len(path) > _DEEPEST or len(lines.by_path) > _MOST:
        raise ImportProblem("mapping_deep", file=file, line=line)
    if not isinstance(node, yaml.ScalarNode) and node.tag not in _COLLECTIONS:
        raise ImportProblem("mapping_tag", file=file, line=line, tag=node.tag)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, file)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, n), lines, file) for n, item in enumerate(node.value)]
    return _scalar(node, file)


def _mapping(node: yaml.MappingNode, path: Path, lines: Lines, file: str) -> Mapping[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in result:
            raise ImportProblem("mapping_repeated_key", file=file, line=line, key=key)
        lines.by_path[*path, key] = line
        result[key] = _plain(value_node, (*path, key), lines, file)
    return result


def _scalar(node: yaml.Node, file: str) -> Any:
    if node.tag == _BOOL:
        return _BOOLEANS.get(str(node.value).lower(), str(node.value))
    if node.tag == _TIME:
        return str(node.value)
    line = node.start_mark.line + 1
    if node.tag not in yaml.SafeLoader.yaml_constructors:
        raise ImportProblem("mapping_tag", file=file, line=line, tag=node.tag)
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise ImportProblem(
            "mapping_syntax", file=file, line=line, reason=str(node.value)
        ) from error
