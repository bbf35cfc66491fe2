"""Reads a mapping file and checks it against the domain tables; every mistake has a line."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from storage.identity import Visibility
from storage.importing.convert import constant
from storage.importing.copies import bared
from storage.importing.fields import OWN_FIELDS, Target, TargetField, target_named, targets
from storage.importing.mapping import (
    ColumnPart,
    DerivePart,
    ImportMapping,
    LookupPart,
    OrganisationPart,
    TablePart,
)
from storage.importing.problems import ImportProblem, Place, Trouble, nearest
from storage.importing.texts import plain
from storage.importing.troubles import CellError
from storage.importing.yaml_lines import Lines, load
from storage.importing.yaml_lines import Path as YamlPath

_LARGEST = 1_000_000  # bytes; a mapping is written by hand


def read_mapping(path: Path) -> tuple[ImportMapping, Lines]:
    """The mapping and its lines in ``path``, or an ``ImportProblem`` with file and line."""
    file = str(path)
    try:
        raw = path.read_bytes()
        text = raw[: _LARGEST + 1].decode("utf-8-sig")
    except OSError as error:
        raise ImportProblem("mapping_unreadable", file=file) from error
    except UnicodeDecodeError as error:
        raise ImportProblem("mapping_encoding", file=file) from error
    if len(raw) > _LARGEST:
        raise ImportProblem("mapping_unreadable", file=file)
    return parse_mapping(text, file)


def parse_mapping(text: str, file: str) -> tuple[ImportMapping, Lines]:
    """The same from text; ``file`` is how messages call it."""
    data, lines = load(text, file)
    if not isinstance(data, dict):
        code = "mapping_empty" if data is None else "mapping_shape"
        raise ImportProblem(code, file=file, line=1)
    try:
        mapping = ImportMapping.model_validate(data)
    except ValidationError as error:
        raise _invalid(error.errors()[0], lines, file) from error
    for number, table in enumerate(mapping.tables):
        for path, code, details in _table_mistakes(table, mapping.organisation):
            place = Place(file, lines.of(("tables", number, *path)))
            raise ImportProblem.of(Trouble(code, place, details))
    for number, name in enumerate(mapping.shares):
        target = target_named(name)
        if target is None or not {"customer_id", "owner_id"} <= target.fields.keys():
            line = lines.of(("shares", number))
            raise ImportProblem("mapping_share", file=file, line=line, table=name)
    return mapping, lines


def _invalid(error: ErrorDetails, lines: Lines, file: str) -> ImportProblem:
    # Aliases and list wrappers are not in the file's own paths: keep what the file has.
    path = tuple(part for part in error["loc"] if not str(part).startswith("function-"))
    shown = ".".join(str(part) for part in path) or "-"
    line = lines.of(path)
    if error["type"] == "extra_forbidden":
        return ImportProblem("mapping_unknown_key", file=file, line=line, key=shown)
    if error["type"] == "missing":
        return ImportProblem("mapping_missing_key", file=file, line=line, key=shown)
    allowed = error.get("ctx", {}).get("expected", "")
    details = {"because": error["type"], "allowed": str(allowed)}
    return ImportProblem("mapping_invalid", file=file, line=line, key=shown, **details)


Mistake = tuple[YamlPath, str, dict[str, str | int | list[str]]]


def _table_mistakes(table: TablePart, organisation: OrganisationPart) -> Iterator[Mistake]:
    target = target_named(table.target)
    if target is None:
        yield ("target",), "mapping_unknown_table", _unknown_table(table.target)
        return
    for column, parts in table.columns.items():
        for part in parts:
            yield from _column_mistakes(target, part, ("columns", column))
    for section in ("defaults", "derive", "not_before"):
        for name in getattr(table, section):
            yield from _field_mistakes(target, name, (section, name))
    yield from _default_mistakes(target, table, organisation)
    for number, name in enumerate(table.required):
        yield from _field_mistakes(target, name, ("required", number))
    for name, derived in table.derive.items():
        yield from _derive_mistakes(target, derived, ("derive", name))
    for path, name, field, grade in bared(target, table):
        yield path, "mapping_grade", {"field": name, "source": field, "grade": grade.value}
    yield from _unfilled(target, table)


def _column_mistakes(target: Target, part: ColumnPart, path: YamlPath) -> Iterator[Mistake]:
    yield from _field_mistakes(target, part.to, path)
    field = target.fields.get(part.to)
    if field is None:
        return
    expected = {"moment": "date", "choice": "text"}.get(field.kind, field.kind)
    if part.type is not None and part.type != expected:
        details = {"field": part.to, "type": part.type, "expected": expected}
        yield path, "mapping_type", {**details}
    if field.reference or part.lookup is not None:
        yield from _lookup_mistakes(field, part.lookup, path)


def _default_mistakes(
    target: Target, table: TablePart, organisation: OrganisationPart
) -> Iterator[Mistake]:
    """Defaults that their field cannot take; names of rows are looked up later."""
    given: list[tuple[YamlPath, str, object]] = [
        (("defaults", name), name, value) for name, value in table.defaults.items()
    ]
    for column, parts in table.columns.items():
        given += [(("columns", column), p.to, p.default) for p in parts if p.default is not None]
    zone = ZoneInfo(organisation.timezone)
    for path, name, value in given:
        field = target.fields.get(name)
        if field is None or field.reference:
            continue
        try:
            constant(field, value, zone, organisation.currency)
        except CellError:
            known = [str(member.value) for member in field.choices or ()]
            code = "mapping_default_of" if known else "mapping_default"
            shown = plain(value)
            yield path, code, {"field": name, "value": shown, **({"known": known} if known else {})}


def _lookup_mistakes(
    field: TargetField, lookup: LookupPart | None, path: YamlPath
) -> Iterator[Mistake]:
    name = lookup.table if lookup is not None else field.refers
    found = target_named(name) if name is not None else None
    if found is None:
        yield path, "mapping_lookup", {"field": field.name, "known": list(targets())}
    elif lookup is not None and lookup.by is not None:
        yield from _field_mistakes(found, lookup.by, path)


def _derive_mistakes(target: Target, derived: DerivePart, path: YamlPath) -> Iterator[Mistake]:
    reference = derived.copy_ or derived.most
    if reference is None or derived.via is None:
        return
    name, _, field = reference.partition(".")
    other = target_named(name)
    if other is None:
        yield path, "mapping_unknown_table", _unknown_table(name)
        return
    yield from _field_mistakes(other, field, path)
    pointing = target if derived.copy_ is not None else other
    yield from _field_mistakes(pointing, derived.via, path)


def _unknown_table(name: str) -> dict[str, str | int | list[str]]:
    known = list(targets())
    return {"name": name, "near": nearest(name, known), "known": known}


def _field_mistakes(target: Target, name: str, path: YamlPath) -> Iterator[Mistake]:
    if name in OWN_FIELDS:
        yield path, "mapping_own_field", {"field": name}
    elif name not in target.fields:
        known = sorted(target.fields)
        details = {"name": name, "table": target.name, "near": nearest(name, known)}
        yield path, "mapping_unknown_field", {**details, "known": known}


def must_be_filled(target: Target, field: TargetField) -> bool:
    """Whether a row without this field is no row. Private words need their author."""
    private = target.visibility is Visibility.PRIVATE and field.name == "owner_id"
    return field.required or private


def _unfilled(target: Target, table: TablePart) -> Iterator[Mistake]:
    """A field that every row needs and that nothing in the mapping fills."""
    filled = {part.to for parts in table.columns.values() for part in parts}
    filled |= table.defaults.keys() | table.derive.keys()
    for field in target.fields.values():
        if must_be_filled(target, field) and field.name not in filled:
            yield ("target",), "mapping_unfilled", {"field": field.name, "table": target.name}
