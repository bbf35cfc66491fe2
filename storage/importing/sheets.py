"""A table of the source: where its header is, and its rows with their numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from storage.importing.problems import ImportProblem, nearest
from storage.importing.texts import fold, plain, visible

Row = tuple[int, list[object]]  # line (from 1) and cells
_HEADER_WITHIN = 20  # rows; exports put titles, dates and blank lines above the header
_NAMES_SHOWN = 30


@dataclass(slots=True)
class RawTable:
    """Rows as they stand. ``columns`` is given where the source knows them (SQL)."""

    file: str
    rows: Iterable[Row]
    columns: list[str] | None = None
    width_counts: bool = False  # whether a row of another width is a trouble (CSV)
    notices: list[tuple[str, dict[str, str | int | list[str]]]] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)  # filled while reading


@dataclass(slots=True)
class Sheet:
    """A table with a known header. ``columns`` are the names in the mapping's spelling."""

    raw: RawTable
    columns: list[str]
    rows: Iterator[Row]

    @property
    def file(self) -> str:
        return self.raw.file

    def position(self, column: str) -> int:
        """The place of a column that is known to be there."""
        return self.columns.index(column)


def locate(raw: RawTable, wanted: Sequence[str], header_row: int | None = None) -> Sheet:
    """Finds the header: the row (of the first 20) that has most of the wanted columns.

    Blank header cells take the name from the row above (cells merged downwards); names that
    stand twice are told apart by the group above them: ``2025/金额``. Raises ``ImportProblem``
    for an empty table, a missing column and a wanted column that is there twice.
    """
    rows = iter(raw.rows)
    if raw.columns is not None:
        columns, rest = raw.columns, rows
    else:
        head = list(islice(rows, max(_HEADER_WITHIN, header_row or 0)))
        at, columns = _header(raw, head, wanted, header_row)
        rest = chain(head[at + 1 :], rows)
    named = _spelled(columns, wanted)
    for name in wanted:
        _present(raw, named, name)
    return Sheet(raw, named, rest)


def _header(
    raw: RawTable, head: list[Row], wanted: Sequence[str], header_row: int | None
) -> tuple[int, list[str]]:
    if not any(_filled(cells) for _, cells in head):
        raise ImportProblem("empty_file", file=raw.file)
    if header_row is not None:
        places = [n for n, (line, _) in enumerate(head) if line == header_row]
        if not places:
            raise ImportProblem("no_header_row", file=raw.file, line=header_row)
        return places[0], _names(head, places[0])
    folded = {fold(name) for name in wanted}
    candidates = [(at, _names(head, at)) for at in range(len(head))]

    def score(candidate: tuple[int, list[str]]) -> int:
        return len(folded & {fold(name) for name in candidate[1]})

    best = max(candidates, key=score)  # the first of equals
    if score(best) == 0:
        return next(c for c in candidates if _filled(head[c[0]][1]) >= _least(head))
    return best


def _least(head: list[Row]) -> int:
    """Cells that a header has at least: a title line above it has fewer than its table."""
    return max(1, max(_filled(cells) for _, cells in head) * 2 // 3)


def _filled(cells: Sequence[object]) -> int:
    return sum(1 for cell in cells if plain(cell).strip())


def _names(head: list[Row], at: int) -> list[str]:
    own = [" ".join(visible(plain(cell)).split()) for cell in head[at][1]]
    above = [" ".join(plain(cell).split()) for cell in head[at - 1][1]] if at else []
    above += [""] * (len(own) - len(above))
    own += [""] * (len(above) - len(own))
    names = [name or over for name, over in zip(own, above, strict=True)]
    if not at or len({n for n in names if n}) == len([n for n in names if n]):
        return names
    groups = _filled_forward(above)
    return [
        f"{group}/{name}" if names.count(name) > 1 and name and group != name and group else name
        for name, group in zip(names, groups, strict=True)
    ]


def _filled_forward(cells: Sequence[str]) -> list[str]:
    last, result = "", []
    for cell in cells:
        last = cell or last
        result.append(last)
    return result


def _spelled(columns: Sequence[str], wanted: Sequence[str]) -> list[str]:
    spelling = {fold(name): name for name in wanted}
    return [spelling.get(fold(column), column) for column in columns]


def _present(raw: RawTable, columns: list[str], name: str) -> None:
    known = [column for column in columns if column]
    if name not in columns:
        raise ImportProblem(
            "missing_column",
            file=raw.file,
            column=name,
            near=nearest(name, known),
            known=known[:_NAMES_SHOWN],
        )
    if columns.count(name) > 1:
        raise ImportProblem("repeated_column", file=raw.file, column=name)
