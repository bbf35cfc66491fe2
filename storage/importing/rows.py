"""Rows of one source table become records of one target table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from storage.importing.cells import CellReader, Cells, Notes, SkippedRowError
from storage.importing.convert import Converter, constant, within
from storage.importing.copies import PLACEHOLDER
from storage.importing.dates import UnclearDayError, fitting_formats
from storage.importing.fields import LONGEST_NAME, Target, TargetField
from storage.importing.findings import Findings
from storage.importing.mapping import ColumnPart, ImportMapping, TablePart
from storage.importing.mapping_file import must_be_filled
from storage.importing.problems import ImportProblem
from storage.importing.records import Pending, Record, joined_key, stable_id
from storage.importing.sheets import Sheet
from storage.importing.texts import fold, plain
from storage.importing.troubles import CellError

_EXAMPLES = 3
_UNCLEAR_KEPT = 500


def wanted_columns(part: TablePart) -> list[str]:
    """Every column that the mapping of a table speaks of."""
    names = [*part.key, *part.columns, *part.repair, *part.skip_if]
    names += [c for entries in part.columns.values() for e in entries for c in e.when]
    templates = [t for d in part.derive.values() for t in d.template or ()]
    names += [name for template in templates for name in PLACEHOLDER.findall(template)]
    return list(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One column on its way to one field."""

    column: str
    part: ColumnPart
    field: TargetField
    read: Converter
    when: tuple[tuple[str, frozenset[str]], ...]

    def applies(self, cells: Cells) -> bool:
        return all(fold(plain(cells[column])) in allowed for column, allowed in self.when)

    @property
    def looks_up(self) -> bool:
        return self.field.reference or self.part.lookup is not None


@dataclass(slots=True)
class RowReader:
    """Reads one sheet for one table of the mapping."""

    mapping: ImportMapping
    part: TablePart
    target: Target
    sheet: Sheet
    findings: Findings
    _zone: ZoneInfo = field(init=False)
    _notes: Notes = field(init=False)
    _entries: list[_Entry] = field(init=False)
    _constants: dict[str, Any] = field(init=False)
    _defaults: dict[str, Any] = field(init=False)
    _needs: Mapping[str, str] = field(init=False)
    _unwanted: list[tuple[str, frozenset[str]]] = field(init=False)
    _unclear: dict[str, list[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._zone = ZoneInfo(self.mapping.organisation.timezone)
        self._notes = Notes(self.target.name, self.sheet.file, self.findings)
        self._entries = self._all_entries()
        self._unwanted = [(c, _folded(values)) for c, values in self.part.skip_if.items()]
        self._constants, self._defaults = self._all_constants()
        self._needs = self._all_needs()

    def records(self) -> Iterator[Record]:
        """Good rows in their order; what is wrong with the others stands in the findings.

        Raises ``ImportProblem`` where a column has dates that nobody can read for sure.
        """
        blanks = self.part.blanks if self.part.blanks is not None else self.mapping.blanks
        cells = CellReader(
            self.part, self.sheet, self._notes, wanted_columns(self.part), list(blanks)
        )
        for line, row, repaired in cells.rows():
            try:
                yield self._record(line, row, repaired)
            except SkippedRowError:
                continue
        for column, examples in self._unclear.items():
            self._refuse_dates(column, examples)

    def _record(self, line: int, cells: Cells, repaired: bool) -> Record:
        for column, unwanted in self._unwanted:
            text = plain(cells[column])
            if fold(text) in unwanted:
                self._notes.row("skipped", "unwanted", line, column, value=text)
        key = self._key(line, cells)
        record = Record(
            target=self.target,
            key=key,
            id=stable_id(self.mapping.organisation.id, self.target.name, self.target.prefix, key),
            values={},
            file=self.sheet.file,
            line=line,
            needs=self._needs,
            derive=self.part.derive,
            repaired=repaired,
        )
        self._fill(record, cells)
        self._check_order(record)
        return record

    def _key(self, line: int, cells: Cells) -> str:
        parts = [plain(cells[column]) for column in self.part.key]
        if not all(parts):
            self._notes.row("skipped", "blank_key", line, self.part.key[parts.index("")])
        key = joined_key(parts)
        self._allow(key, LONGEST_NAME, line, self.part.key[0], None, "skip")
        return key

    def _fill(self, record: Record, cells: Cells) -> None:
        """The fields of a record: columns first, then templates, then defaults."""
        values = record.values
        pending: dict[str, Pending] = {}
        for entry in self._entries:
            name, raw = entry.part.to, cells[entry.column]
            values.setdefault(name, None)
            if raw is None or values[name] is not None or not entry.applies(cells):
                continue
            if entry.looks_up:
                pending.setdefault(name, self._pending(entry, raw))
            else:
                values[name] = self._value(record, entry, raw)
        for name, derived in self.part.derive.items():
            if derived.template is not None:
                made = _from_template(derived.template, cells)
                values[name] = made and self._allow(
                    made,
                    self.target.fields[name].longest,
                    record.line,
                    None,
                    record.key,
                    self.part.problems,
                )
        for name, waiting in self._defaults.items():
            if values.get(name) is None:
                pending.setdefault(name, waiting)
        for name, value in self._constants.items():
            if values.get(name) is None:
                values[name] = value
        record.pending = tuple(pending.values())

    def _value(self, record: Record, entry: _Entry, raw: object) -> Any:
        currency, column = record.values.get("currency"), entry.column
        try:
            value = entry.read(raw, currency)
        except UnclearDayError as unclear:
            examples = self._unclear.setdefault(column, [])
            if unclear.text not in examples and len(examples) < _UNCLEAR_KEPT:
                examples.append(unclear.text)
            return None
        except CellError as trouble:
            policy = entry.part.problems or self.part.problems
            outcome = outcome_of(policy, can_keep=trouble.kept is not None)
            self._notes.row(
                outcome, trouble.code, record.line, column, record.key, **trouble.details
            )
            return trouble.kept if outcome == "kept" else None
        amount = entry.read.rounded(raw, currency)
        if amount is not None:
            self._notes.repair(column, "rounded", plain(raw), amount, record.line)
            record.repaired = True
        return value

    def _allow(
        self, text: str, longest: int, line: int, column: str | None, key: str | None, policy: str
    ) -> str | None:
        """A text that stands in no cell of its own, if it is not too long."""
        try:
            return within(text, longest)
        except CellError as trouble:
            outcome = outcome_of(policy, can_keep=True)
            self._notes.row(outcome, trouble.code, line, column, key, **trouble.details)
            return text[:longest] if outcome == "kept" else None

    def _pending(self, entry: _Entry, raw: object) -> Pending:
        text = entry.read.meaning(plain(raw))
        return self._lookup(entry.field, entry.part, entry.column, text)

    def _lookup(self, field_: TargetField, part: ColumnPart, column: str, text: str) -> Pending:
        said: str | tuple[str, ...] = text
        if field_.kind == "list":
            items = text.split(part.separator or ";")
            said = tuple(item.strip() for item in items if item.strip())
        table = part.lookup.table if part.lookup is not None else field_.refers or ""
        by = part.lookup.by if part.lookup is not None else None
        return Pending(part.to, table, by, said, column, part.problems or self.part.problems)

    def _check_order(self, record: Record) -> None:
        for later, earlier in self.part.not_before.items():
            first, second = record.values.get(earlier), record.values.get(later)
            if first is None or second is None or second >= first:
                continue
            outcome = outcome_of(self.part.problems, can_keep=True)
            details = {"later": later, "earlier": earlier}
            self._notes.row(outcome, "out_of_order", record.line, None, record.key, **details)
            if outcome == "blanked":
                record.values[later] = None

    # -- what all rows of the table have in common -----------------------------------------------

    def _all_entries(self) -> list[_Entry]:
        currency = self.mapping.organisation.currency
        entries = []
        for column, parts in self.part.columns.items():
            for part in parts:
                field_ = self.target.fields[part.to]
                when = tuple((c, _folded(values)) for c, values in part.when.items())
                read = Converter(part, field_, currency, self._zone)
                entries.append(_Entry(column, part, field_, read, when))
        return sorted(entries, key=lambda e: e.part.to != "currency")  # money needs it first

    def _all_needs(self) -> Mapping[str, str]:
        """Fields that must not be empty in the end, with the column that should fill them."""
        columns = {e.part.to: e.column for e in self._entries}
        needed = [f.name for f in self.target.fields.values() if must_be_filled(self.target, f)]
        return {name: columns.get(name, name) for name in (*needed, *self.part.required)}

    def _all_constants(self) -> tuple[dict[str, Any], dict[str, Pending]]:
        """Defaults of the mapping, then of the organisation; names of rows are looked up."""
        organisation, fields = self.mapping.organisation, self.target.fields
        paid = {e.part.currency for e in self._entries if e.part.currency}
        found = {
            "currency": paid.pop() if len(paid) == 1 else organisation.currency,
            "timezone": organisation.timezone,
            "language": organisation.language,
        }
        constants = {name: value for name, value in found.items() if name in fields}
        lookups = {}
        given = {e.part.to: e.part.default for e in self._entries if e.part.default is not None}
        for name, value in {**self.part.defaults, **given}.items():
            if fields[name].reference:
                part = ColumnPart(to=name)
                lookups[name] = self._lookup(fields[name], part, name, plain(value))
            else:
                constants[name] = self._constant(fields[name], value)
        return constants, lookups

    def _constant(self, field_: TargetField, value: object) -> Any:
        try:
            return constant(field_, value, self._zone, self.mapping.organisation.currency)
        except CellError as trouble:
            raise ImportProblem(
                "mapping_default", field=field_.name, value=plain(value)
            ) from trouble

    def _refuse_dates(self, column: str, examples: list[str]) -> None:
        fitting = fitting_formats(examples)
        code = "unclear_dates_one_fits" if len(fitting) == 1 else "unclear_dates"
        shown = examples[:_EXAMPLES]
        raise ImportProblem(
            code, file=self.sheet.file, column=column, examples=shown, formats=fitting
        )


def outcome_of(policy: str, *, can_keep: bool = False) -> str:
    """What becomes of a row: a value that means nothing can be blanked, but not kept."""
    if policy == "keep":
        return "kept" if can_keep else "blanked"
    return {"skip": "skipped", "blank": "blanked", "stop": "stop"}[policy]


def _folded(values: list[str]) -> frozenset[str]:
    return frozenset(fold(value) for value in values)


def _from_template(templates: tuple[str, ...], cells: Cells) -> str | None:
    """The first template whose columns are all filled."""
    for template in templates:
        names = PLACEHOLDER.findall(template)
        if all(cells[name] is not None for name in names):
            return PLACEHOLDER.sub(lambda match: plain(cells[match[1]]), template)
    return None
