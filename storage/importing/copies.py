"""Copies within a mapping: a field may not show somebody what its source field hides. Pure."""

import re
from collections.abc import Iterator

from storage.importing.fields import Target, target_named
from storage.importing.mapping import ColumnPart, DerivePart, TablePart
from storage.vocabulary import Grade

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")

# Where it stands, the field that takes the copy, the field that it comes from, and its grade.
Copy = tuple[tuple[str | int, ...], str, str, Grade]


def bared(target: Target, table: TablePart) -> Iterator[Copy]:
    """Fields that would show in a lower grade what stands in a graded one, too."""
    graded = dict(_graded_columns(target, table))
    for column, parts in table.columns.items():
        for part in parts:
            field, grade = graded.get(column, (part.to, None))
            if grade is not None and _copies(part) and not _covered(target, part.to, grade):
                yield ("columns", column), part.to, field, grade
    for name, derived in table.derive.items():
        for field, grade in _sources(derived, graded):
            if not _covered(target, name, grade):
                yield ("derive", name), name, field, grade


def _graded_columns(target: Target, table: TablePart) -> Iterator[tuple[str, tuple[str, Grade]]]:
    """Columns that fill a graded field as they are."""
    for column, parts in table.columns.items():
        for part in parts:
            field = target.fields.get(part.to)
            if field is not None and field.grade is not None and _copies(part):
                yield column, (field.name, field.grade)


def _copies(part: ColumnPart) -> bool:
    """Whether the words of a cell get into the field; a value map gives words of its own."""
    return not part.values and part.lookup is None


def _sources(
    derived: DerivePart, graded: dict[str, tuple[str, Grade]]
) -> Iterator[tuple[str, Grade]]:
    """The graded fields from which a derived one is made."""
    for template in derived.template or ():
        yield from (graded[name] for name in PLACEHOLDER.findall(template) if name in graded)
    table, _, name = (derived.copy_ or derived.most or "").partition(".")
    other = target_named(table)
    field = other.fields.get(name) if other is not None else None
    if field is not None and field.grade is not None:
        yield f"{table}.{name}", field.grade


def _covered(target: Target, name: str, grade: Grade) -> bool:
    field = target.fields.get(name)
    return field is None or field.grade in {grade, Grade.L3}
