"""``run``: a source and a mapping in, rows and a report out, in one transaction."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from storage.clock import Clock
from storage.database import Database, count_rows
from storage.importing.derive import NEED_OWNERS, derive
from storage.importing.fields import Target, targets
from storage.importing.findings import Findings
from storage.importing.link import check_needs, drop_orphans, leave_to_others, link
from storage.importing.mapping import ImportMapping
from storage.importing.mapping_file import read_mapping
from storage.importing.organisations import (
    declared_people,
    ensure_organisation,
    settle_organisation,
)
from storage.importing.problems import ImportProblem
from storage.importing.progress import Progress, ProgressCallback, silent
from storage.importing.reading import Reading, read_all
from storage.importing.report import (
    ImportReport,
    OrganisationLine,
    ShareLine,
    TableLine,
    found,
    lost_tables,
)
from storage.importing.shares import compare_shares, write_shares
from storage.importing.sources import Source, open_source
from storage.importing.world import World
from storage.importing.write import Change, Writer


def run(
    database: Database,
    source: str,
    *,
    mapping: Path | None,
    clock: Clock,
    dry_run: bool = False,
    progress: ProgressCallback | None = None,
    language: str = "en",
) -> ImportReport:
    """Import ``source`` (a folder, a CSV or Excel file, or a SQLAlchemy URL).

    Without a mapping nothing is imported: the report has the code ``mapping_needed`` and a draft,
    whose remarks are in ``language`` (zh, en).
    Raises ``ImportProblem`` where the import cannot go on, and ``StorageError`` where the
    database cannot be used; in both cases nothing is written. A dry run does everything,
    writes to the database too, and takes it all back.
    """
    tell = progress or silent
    opened = open_source(source)
    try:
        if mapping is None:
            from storage.importing.propose import propose

            return propose(opened, language)
        known, reading = _read(opened, mapping, tell)
    finally:
        opened.close()
    # Files are read before the transaction begins, so that others wait as short as can be.
    with database.system("import") as session:
        try:
            report = _Import(session, known, reading, clock, tell).run()
        except (IntegrityError, DataError) as error:
            # Not "from error": the driver's error holds the rows themselves.
            raise ImportProblem("refused", reason=str(error.orig)) from None
        if dry_run:
            session.rollback()
        else:
            count_rows(session)
    code = "dry_run" if dry_run else "imported"
    return report.model_copy(update={"code": code, "source": opened.name, "mapping": mapping.name})


def _read(source: Source, path: Path, progress: ProgressCallback) -> tuple[ImportMapping, Reading]:
    """The mapping, and the records that it makes of the source and of its own people."""
    mapping, lines = read_mapping(path)
    reading = Reading(Findings())
    for record in declared_people(mapping, path.name, lines):
        reading.findings.read[record.target.name] += 1
        reading.take(record)
    read_all(source, mapping, reading, progress)
    return mapping, reading


class _Import:
    """One import in its transaction."""

    def __init__(
        self,
        session: Session,
        mapping: ImportMapping,
        reading: Reading,
        clock: Clock,
        progress: ProgressCallback,
    ) -> None:
        self.session = session
        self.mapping = mapping
        self.reading = reading
        self.findings = reading.findings
        self.now = clock.now()
        self.progress = progress
        self.world = World(records=reading.records)

    def run(self) -> ImportReport:
        organisation = self.mapping.organisation
        created = ensure_organisation(self.session, self.mapping, self.findings)
        self.world.load(self.session, organisation.id, self._tables())
        self._settle()
        self._warn_of_ownerless()
        changes = self._write()
        shares = self._share() if self.mapping.shares else None
        changed = any(change.new or change.changed for change in changes.values())
        # A share shows a customer, and with it its name, to somebody else.
        changed = changed or (shares is not None and bool(shares.granted or shares.withdrawn))
        settle_organisation(
            self.session, self.mapping, self.world, created=created, changed=changed
        )
        tables = [self._line(change) for change in changes.values()]
        line = OrganisationLine(id=organisation.id, name=organisation.name, created=created)
        return ImportReport(
            code="imported",
            source="",
            organisation=line,
            tables=tables,
            lost=lost_tables(tables, self.findings),
            shares=shares,
            **found(self.findings),
        )

    def _tables(self) -> set[str]:
        """Targets, and whatever they refer to or inherit from."""
        tables = {"person", "region", "customer", *self.world.records}
        records = [r for by_id in self.world.records.values() for r in by_id.values()]
        tables |= {p.table for record in records for p in record.pending}
        for name in list(tables):
            fields = targets()[name].fields.values()
            tables |= {f.refers for f in fields if f.refers is not None}
        for record in records:
            for derived in record.derive.values():
                reference = derived.most or derived.copy_
                tables |= {reference.partition(".")[0]} if reference else set()
        return {name for name in tables if name in targets()}

    def _settle(self) -> None:
        """Names to ids, derived fields, and rows that cannot stand."""
        records = [r for by_id in self.world.records.values() for r in by_id.values()]
        total = len(records)
        self.progress(Progress("link", "", 0, total))
        leave_to_others(self.world, records, self.mapping.source, self.findings)
        link(self.world, records, self.findings)
        derive(self.world)
        if check_needs(records, self.findings):
            drop_orphans(self.world, records, self.findings)
            derive(self.world)  # what was counted over dropped rows is counted again
        self.progress(Progress("link", "", total, total))

    def _warn_of_ownerless(self) -> None:
        """Rows without an owner are seen by nobody but those who see the whole company."""
        for name, by_id in self.world.records.items():
            if targets()[name].visibility in NEED_OWNERS:
                count = sum(r.alive and r.values.get("owner_id") is None for r in by_id.values())
                if count:
                    self.findings.notice("no_owner", count=count, among=name)

    def _write(self) -> Mapping[str, Change]:
        writer = Writer(self.session, self.mapping.organisation.id, self.mapping.source, self.now)
        changes = {}
        for name, target in targets().items():
            by_id = self.world.records.get(name)
            if by_id is None:
                continue
            alive = [record for record in by_id.values() if record.alive]
            changes[name] = writer.compare(target, alive, self.world.existing[name])
            writer.write(changes[name], self._progress_of(target))
        return changes

    def _progress_of(self, target: Target) -> Any:
        return lambda done, total: self.progress(Progress("write", target.name, done, total))

    def _share(self) -> ShareLine:
        change = compare_shares(self.session, self.world, self.mapping, self.now)
        write_shares(self.session, change)
        return ShareLine(
            granted=len(change.new), unchanged=change.unchanged, withdrawn=len(change.gone)
        )

    def _line(self, change: Change) -> TableLine:
        name = change.target.name
        counts, skipped = change.counts, self.findings.skipped(name)
        done = {key: counts[key] for key in ("taken", "updated", "unchanged", "repaired")}
        return TableLine(
            table=name,
            files=self.reading.files.get(name, []),
            read=self.findings.read[name],
            merged=self.reading.merged[name],
            skipped=skipped,
            absent=self._absent(change) if name in self.reading.whole else 0,
            **done,
        )

    def _absent(self, change: Change) -> int:
        if not change.target.sourced:
            return 0
        rows, here = self.world.existing[change.target.name], self.world.records[change.target.name]
        return sum(
            r["source"] == self.mapping.source and row not in here for row, r in rows.items()
        )
