"""Reads all tables of a mapping from a source into records."""

from collections import Counter
from dataclasses import dataclass, field

from storage.importing.fields import Target, target_named
from storage.importing.findings import Findings
from storage.importing.mapping import ImportMapping, TablePart
from storage.importing.problems import Detail, ImportProblem, Place, Trouble
from storage.importing.progress import Progress, ProgressCallback
from storage.importing.records import Record
from storage.importing.rows import RowReader, wanted_columns
from storage.importing.sheets import Sheet, locate
from storage.importing.sources import Source

_REPORT_EVERY = 1000  # rows


@dataclass(slots=True)
class Reading:
    """Records by target and id, and what was read on the way."""

    findings: Findings
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    merged: Counter[str] = field(default_factory=Counter)
    whole: set[str] = field(default_factory=set)  # targets of which the source had every part

    def take(self, record: Record, part: TablePart | None = None) -> None:
        """Keep a record unless its key is taken already."""
        table = record.target.name
        by_id = self.records.setdefault(table, {})
        files = self.files.setdefault(table, [])
        if record.file not in files:
            files.append(record.file)
        first = by_id.setdefault(record.id, record)
        if first is record:
            return
        if part is None or not part.one_per_key or first.file != record.file:
            self._second(first, record, "skipped", "repeated_key")
            return
        self.merged[table] += 1
        if not _same(first, record):
            self._second(first, record, "kept", "differing_key")

    def _second(self, first: Record, second: Record, outcome: str, code: str) -> None:
        place = Place(second.file, second.line)
        details: dict[str, Detail] = {
            "key": second.key,
            "first": first.line,
            "first_file": first.file,
        }
        self.findings.row(second.target.name, second.key, outcome, Trouble(code, place, details))


def read_all(
    source: Source, mapping: ImportMapping, reading: Reading, progress: ProgressCallback
) -> None:
    """Read every table of the mapping that the source has.

    Raises ``ImportProblem`` if it has none of them.
    """
    parts = _parts_here(source, mapping)
    left_out = {id(part) for part in mapping.tables} - {id(part) for part, _ in parts}
    reading.whole = {_target(part).name for part in mapping.tables} - {
        _target(part).name for part in mapping.tables if id(part) in left_out
    }
    for part, renamed in parts:
        raw = source.read(renamed.from_)
        for code, details in raw.notices:
            reading.findings.notice(code, raw.file, **details)
        sheet = locate(raw, wanted_columns(part), part.from_.header_row)
        reading.findings.saw(raw.file, sheet.columns, set(wanted_columns(part)))
        _read(sheet, mapping, part, reading, progress)
    if source.unread():
        reading.findings.notice("unused_files", names=source.unread())
    missing = sorted({part.from_.name for part in mapping.tables if id(part) in left_out})
    if missing:
        reading.findings.notice("left_out", names=missing)


def _read(
    sheet: Sheet,
    mapping: ImportMapping,
    part: TablePart,
    reading: Reading,
    progress: ProgressCallback,
) -> None:
    target = _target(part)
    reader = RowReader(mapping, part, target, sheet, reading.findings)
    reading.records.setdefault(target.name, {})
    count = 0
    for count, record in enumerate(reader.records(), start=1):
        reading.take(record, part)
        if count % _REPORT_EVERY == 0:
            progress(Progress("read", target.name, count))
    progress(Progress("read", target.name, count, count))
    if count == 0 and reading.findings.skipped(target.name) == 0:
        reading.findings.notice("no_rows", sheet.file)


def _parts_here(source: Source, mapping: ImportMapping) -> list[tuple[TablePart, TablePart]]:
    """Parts of the mapping that this source can fill, each with its source part as to be read.

    One file of any name is enough for a mapping that reads just one.
    """
    here = [(part, part) for part in mapping.tables if source.has(part.from_)]
    if here:
        return here
    names = sorted({part.from_.name for part in mapping.tables})
    only_query = any(part.from_.query for part in mapping.tables)
    if len(names) == 1 and len(source.names()) == 1 and not only_query:
        update = {"file": None, "sheet": None, "table": source.names()[0]}
        return [
            (part, part.model_copy(update={"from_": part.from_.model_copy(update=update)}))
            for part in mapping.tables
        ]
    raise ImportProblem("nothing_matches", file=source.name, names=names, known=source.names())


def _target(part: TablePart) -> Target:
    target = target_named(part.target)
    if target is None:  # the mapping was checked when it was read
        raise ImportProblem("mapping_unknown_table", name=part.target, near="", known=[])
    return target


def _same(first: Record, second: Record) -> bool:
    said = [[(p.field, p.said) for p in record.pending] for record in (first, second)]
    return first.values == second.values and said[0] == said[1]
