"""Collects what an import meets on its way: repairs, rows with trouble, notices."""

from collections import Counter
from dataclasses import dataclass, field

from storage.importing.problems import Detail, ImportProblem, Place, Trouble

EXAMPLES = 3
ROWS_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Example:
    """One corrected cell."""

    before: str
    after: str
    file: str
    line: int


@dataclass(slots=True)
class RepairTally:
    """How often one rule corrected one column, with the first examples."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowTrouble:
    """A row with trouble and what became of it: skipped, blanked (the field) or kept as it is."""

    table: str
    key: str | None
    outcome: str
    trouble: Trouble


@dataclass(slots=True)
class Findings:
    """Everything worth telling. Lists are bounded, counts are exact."""

    repairs: dict[tuple[str, str, str], RepairTally] = field(default_factory=dict)
    rows: list[RowTrouble] = field(default_factory=list)
    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    notices: list[Trouble] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)  # rows by table, good and bad
    used: dict[str, set[str]] = field(default_factory=dict)  # by file
    columns: dict[str, list[str]] = field(default_factory=dict)  # by file

    def repaired(self, table: str, column: str, rule: str, example: Example) -> None:
        """Count one corrected cell."""
        tally = self.repairs.setdefault((table, column, rule), RepairTally())
        tally.count += 1
        if len(tally.examples) < EXAMPLES and all(
            (e.before, e.after) != (example.before, example.after) for e in tally.examples
        ):
            tally.examples.append(example)

    def row(self, table: str, key: str | None, outcome: str, trouble: Trouble) -> None:
        """Note what became of one row. An outcome ``stop`` ends the import here."""
        if outcome == "stop":
            raise ImportProblem.of(trouble)
        self.outcomes[table, outcome, trouble.code] += 1
        if len(self.rows) < ROWS_LISTED:
            self.rows.append(RowTrouble(table, key, outcome, trouble))

    def notice(self, code: str, file: str | None = None, **details: Detail) -> None:
        """Something about the whole that a person should know."""
        self.notices.append(Trouble(code, Place(file), details))

    def skipped(self, table: str) -> int:
        """How many rows of a table were left out."""
        return sum(
            n for (t, outcome, _), n in self.outcomes.items() if (t, outcome) == (table, "skipped")
        )

    def saw(self, file: str, columns: list[str], used: set[str]) -> None:
        """Which columns of a file the mapping uses."""
        self.columns.setdefault(file, [c for c in columns if c])
        self.used.setdefault(file, set()).update(used)

    def unmapped(self) -> dict[str, list[str]]:
        """Columns that no table of the mapping uses, by file."""
        left = {
            file: [column for column in columns if column not in self.used[file]]
            for file, columns in self.columns.items()
        }
        return {file: columns for file, columns in left.items() if columns}
