"""Cleans the cells of a row: width, invisible characters, spaces, repairs, blanks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from storage.importing.findings import Example, Findings
from storage.importing.mapping import TablePart
from storage.importing.problems import Detail, Place, Trouble
from storage.importing.sheets import Sheet
from storage.importing.texts import fold, plain, visible

Cells = dict[str, object]  # by column; blank cells are None

_SHOWN = 300  # characters of a cell that an example of a correction shows
# What a spreadsheet shows where a formula failed.
_FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})


class SkippedRowError(Exception):
    """The row is left out, for a reason that is already noted."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Writes what rows of one sheet meet into the findings."""

    table: str
    file: str
    findings: Findings

    def row(
        self,
        outcome: str,
        code: str,
        line: int,
        column: str | None = None,
        key: str | None = None,
        **details: Detail,
    ) -> None:
        """What became of a row. Raises ``SkippedRowError`` if it is skipped."""
        trouble = Trouble(code, Place(self.file, line, column), details)
        self.findings.row(self.table, key, outcome, trouble)
        if outcome == "skipped":
            raise SkippedRowError

    def repair(self, column: str, rule: str, before: str, after: str, line: int) -> None:
        """One corrected cell."""
        example = Example(_shown(before), _shown(after), self.file, line)
        self.findings.repaired(self.table, column, rule, example)


@dataclass(slots=True)
class CellReader:
    """Gives the wanted cells of each row, cleaned."""

    part: TablePart
    sheet: Sheet
    notes: Notes
    columns: list[str]
    blanks: list[str]
    _places: list[tuple[str, int]] = field(init=False)
    _blank: Callable[[str], bool] = field(init=False)
    _repair: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self._places = [(name, self.sheet.position(name)) for name in self.columns]
        blanks = {fold(blank) for blank in self.blanks}
        self._blank = lambda text: text == "" or (bool(blanks) and fold(text) in blanks)
        self._repair = {
            column: {fold(bad): good for bad, good in rules.items()}
            for column, rules in self.part.repair.items()
        }

    def rows(self) -> Iterator[tuple[int, Cells, bool]]:
        """Line, cells, and whether one of them was corrected."""
        width = len(self.sheet.columns)
        read = self.notes.findings.read
        for line, raw in self.sheet.rows:
            read[self.notes.table] += 1
            try:
                row = self._squared(line, raw, width)
            except SkippedRowError:
                continue
            yield line, *self._cells(line, row)
        for line, reason in self.sheet.raw.broken:
            read[self.notes.table] += 1
            try:
                self.notes.row("skipped", "broken_quotes", line, reason=reason)
            except SkippedRowError:
                continue

    def _squared(self, line: int, cells: list[object], width: int) -> list[object]:
        """The row at the header's width; in CSV another width is a trouble."""
        if len(cells) == width:
            return cells
        surplus = any(plain(cell).strip() for cell in cells[width:])
        if self.sheet.raw.width_counts and (len(cells) < width or surplus):
            outcome = "skipped" if self.part.ragged == "skip" else "kept"
            self.notes.row(outcome, "ragged_row", line, found=len(cells), expected=width)
        return [*cells[:width], *([None] * (width - len(cells)))]

    def _cells(self, line: int, row: list[object]) -> tuple[Cells, bool]:
        cells: Cells = {}
        repaired = False
        for column, place in self._places:
            raw = row[place]
            clean = self._repaired(column, line, self._clean(column, line, raw))
            cells[column] = None if clean is None or self._blank(plain(clean)) else clean
            repaired = repaired or (clean is not raw and clean != raw)
        return cells, repaired

    def _clean(self, column: str, line: int, raw: object) -> object:
        if not isinstance(raw, str):
            return raw
        if raw in _FORMULA_ERRORS:
            self.notes.row("blanked", "formula_error", line, column, value=raw)
            return None
        if raw.isascii() and raw.isprintable() and raw == raw.strip():
            return raw  # nearly every cell
        seen = visible(raw)
        if seen != raw:
            self.notes.repair(column, "invisible", ascii(raw), seen, line)
        clean = seen.strip()
        if clean and clean != seen:
            self.notes.repair(column, "spaces", f"“{seen}”", f"“{clean}”", line)
        return clean

    def _repaired(self, column: str, line: int, clean: object) -> object:
        rules = self._repair.get(column)
        if not rules or clean is None:
            return clean
        text = plain(clean)
        good = rules.get(fold(text))
        if good is None or good == text:
            return clean
        self.notes.repair(column, f"{text} → {good}", text, good, line)
        return good


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
