"""Tables in terminal cells: a Chinese character is two cells wide."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size

from bot.render.harmless import harmless
from tools.artifact import Table

_GAP = "  "
_LEAST = 6  # cells that every column keeps when the table is too wide


def table_lines(table: Table, width: int) -> list[str]:
    """The table's title, head, rule and rows, none wider than ``width`` cells."""
    head = [f"{c.label}({c.unit})" if c.unit else c.label for c in table.columns]
    lines = grid(head, table.rows, width)
    return [harmless(table.title), *lines] if table.title else lines


def grid(head: Sequence[str], rows: Sequence[Sequence[Any]], width: int) -> list[str]:
    """Head and rows in aligned columns; numbers stand right, long cells end with ``…``."""
    cells = [[_cell(value) for value in row] for row in rows]
    titles = [_cell(title) for title in head]
    widths = _widths([titles, *cells], width)
    right = [_numeric(row[i] for row in rows) for i in range(len(titles))]
    rule = _GAP.join("─" * w for w in widths)
    return [
        _line(titles, widths, right),
        rule,
        *(_line(row, widths, right) for row in cells),
    ]


def shortened(text: str, cells: int) -> str:
    """The text on one line that is no wider than that; what is left out shows as ``…``."""
    line = " ".join(text[: 4 * cells].split())  # of a very long text the rest is not looked at
    if cell_len(line) <= cells and len(text) <= 4 * cells:
        return line
    return set_cell_size(line, cells - 1).rstrip() + "…"


def _cell(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return harmless(str(value)).replace("\n", " ").replace("\t", " ")


def _numeric(values: Any) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in known
    )


def _widths(lines: Sequence[Sequence[str]], width: int) -> list[int]:
    """Natural column widths; the widest give way until the line fits."""
    columns = len(lines[0])
    widths = [max(cell_len(line[i]) for line in lines) for i in range(columns)]
    while sum(widths) + len(_GAP) * (columns - 1) > width and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    parts = [_fitted(cell, w, right=r) for cell, w, r in zip(cells, widths, right, strict=True)]
    return _GAP.join(parts).rstrip()


def _fitted(cell: str, width: int, *, right: bool) -> str:
    if cell_len(cell) > width:
        cell = set_cell_size(cell, width - 1).rstrip() + "…"
    padding = " " * (width - cell_len(cell))
    return padding + cell if right else cell + padding
