"""What an import did, for people (``text``) and programs (JSON)."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from storage.importing.findings import Findings
from storage.importing.problems import Trouble, words

Code = Literal["imported", "dry_run", "mapping_needed"]


class Sentence(BaseModel):
    """One sentence in both languages."""

    zh: str
    en: str


class Notice(BaseModel):
    """Something about the whole import that a person should know."""

    code: str
    file: str | None = None
    say: Sentence


class TableLine(BaseModel):
    """One table. ``read = taken + updated + unchanged + merged + skipped``.

    ``merged``: further rows about the same thing; ``repaired``: rows with a corrected cell;
    ``absent``: rows of earlier imports that are not in the source any more (they stay).
    """

    table: str
    files: list[str] = []
    read: int = 0
    taken: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    skipped: int = 0
    repaired: int = 0
    absent: int = 0


class RepairExample(BaseModel):
    """One corrected cell."""

    before: str
    after: str
    file: str
    line: int


class RepairLine(BaseModel):
    """How often a rule corrected a column: one of the mapping (``GTXPro → GTX Pro``), or a
    built-in one: ``spaces``, ``invisible`` (characters), ``rounded`` (money).
    """

    table: str
    column: str
    rule: str
    count: int
    examples: list[RepairExample]


class RowLine(BaseModel):
    """A row with trouble: skipped, blanked (the field stays unknown) or kept as it is."""

    table: str
    outcome: Literal["skipped", "blanked", "kept"]
    code: str
    file: str | None
    line: int | None
    column: str | None
    key: str | None
    say: Sentence


class OutcomeCount(BaseModel):
    """How many rows of a table had one trouble with one outcome; ``rows`` lists the first ones."""

    table: str
    outcome: Literal["skipped", "blanked", "kept"]
    code: str
    count: int


class ShareLine(BaseModel):
    """Colleagues who may read a customer beside its owner."""

    granted: int = 0
    unchanged: int = 0
    withdrawn: int = 0


class OrganisationLine(BaseModel):
    """The organisation that was imported into."""

    id: str
    name: str
    created: bool


class ImportReport(BaseModel):
    """The whole report. ``draft`` is a proposed mapping, only with code ``mapping_needed``."""

    code: Code
    source: str
    mapping: str | None = None
    organisation: OrganisationLine | None = None
    tables: list[TableLine] = []
    shares: ShareLine | None = None
    repairs: list[RepairLine] = []
    outcomes: list[OutcomeCount] = []
    rows: list[RowLine] = []
    unmapped: dict[str, list[str]] = {}
    warnings: list[Notice] = []
    lost: list[str] = []  # tables of the source of which not one row could be taken
    draft: str | None = None

    def text(self, language: str) -> str:
        """The report for people, in ``zh`` or ``en``."""
        from storage.importing.render import render_report

        return render_report(self, language)

    def table(self, name: str) -> TableLine:
        """The line of one table; an empty one if the import did not touch it."""
        return next((t for t in self.tables if t.table == name), TableLine(table=name))


def sentence(trouble: Trouble) -> Sentence:
    """A trouble in both languages."""
    return Sentence(zh=trouble.sentence("zh"), en=trouble.sentence("en"))


def found(findings: Findings) -> dict[str, Any]:
    """The parts of a report that come from the findings."""
    return {
        "repairs": _repairs(findings),
        "outcomes": [
            OutcomeCount(table=table, outcome=outcome, code=code, count=count)
            for (table, outcome, code), count in findings.outcomes.items()
        ],
        "rows": _rows(findings),
        "unmapped": findings.unmapped(),
        "warnings": [
            Notice(code=t.code, file=t.place.file, say=sentence(t)) for t in findings.notices
        ],
    }


# Rows that the mapping, a person or another source keeps out: nothing is wrong with them.
_MEANT = frozenset({"unwanted", "made_by_people", "other_source"})


def lost_tables(tables: Sequence[TableLine], findings: Findings) -> list[str]:
    """Tables of which no row came in, although rows were read and not all were unwanted."""
    troubled = {
        table
        for table, outcome, code in findings.outcomes
        if outcome == "skipped" and code not in _MEANT
    }
    return [
        line.table
        for line in tables
        if line.table in troubled and line.taken + line.updated + line.unchanged + line.merged == 0
    ]


def label(kind: str, name: str, language: str) -> str:
    """A table, rule or outcome as people call it; its own name if there is no word for it."""
    vocabulary: Mapping[str, Mapping[str, str]] = words(language)["labels"]
    return vocabulary[kind].get(name, name)


def _repairs(findings: Findings) -> list[RepairLine]:
    lines = [
        RepairLine(
            table=table,
            column=column,
            rule=rule,
            count=tally.count,
            examples=[
                RepairExample(before=e.before, after=e.after, file=e.file, line=e.line)
                for e in tally.examples
            ],
        )
        for (table, column, rule), tally in findings.repairs.items()
    ]
    return sorted(lines, key=lambda line: -line.count)


def _rows(findings: Findings) -> list[RowLine]:
    """The listed rows as they stand in their files: a table at a time, from above."""
    files = list(dict.fromkeys(row.trouble.place.file for row in findings.rows))
    ordered = sorted(
        findings.rows,
        key=lambda row: (files.index(row.trouble.place.file), row.trouble.place.line or 0),
    )
    return [
        RowLine(
            table=row.table,
            outcome=row.outcome,
            code=row.trouble.code,
            file=row.trouble.place.file,
            line=row.trouble.place.line,
            column=row.trouble.place.column,
            key=row.key,
            say=sentence(row.trouble),
        )
        for row in ordered
    ]
