"""Where the data comes from: a folder of files, one file, or a database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from storage.importing import csv_files, excel_files
from storage.importing.mapping import SourcePart
from storage.importing.problems import ImportProblem, nearest
from storage.importing.sheets import RawTable
from storage.importing.texts import fold

READABLE = (*csv_files.ENDINGS, *excel_files.ENDINGS)


class Source(Protocol):
    """Tables to read from. ``name`` is what messages call it."""

    name: str

    def names(self) -> list[str]:
        """What can be read: files, sheets or tables."""

    def has(self, part: SourcePart) -> bool:
        """Whether it could hold that table; a part of an export leaves out what it has not."""

    def unread(self) -> list[str]:
        """What is there and was never read; empty where that would be no surprise."""

    def read(self, part: SourcePart) -> RawTable:
        """One table. Raises ``ImportProblem`` if it is not there or unreadable."""

    def close(self) -> None: ...


def open_source(source: str) -> Source:
    """The source for a path or a SQLAlchemy URL."""
    if "://" in source:
        from storage.importing.sql_sources import SqlSource

        return SqlSource(source)
    path = Path(source).expanduser()
    if path.is_dir():
        return FolderSource(path)
    if not path.exists():
        raise ImportProblem("source_missing", file=source)
    if path.suffix.lower() not in READABLE:
        raise _unreadable(path.name)
    return FileSource(path)


class FolderSource:
    """Every CSV and Excel file in one folder."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name or str(folder)
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            raise ImportProblem("unreadable_file", file=str(folder)) from error
        self._others = [p for p in entries if p.suffix.lower() in excel_files.OLD_ENDINGS]
        self.files = [p for p in entries if _usable(p)]
        self._read: set[str] = set()
        if not self.files:
            if self._others:
                raise _unreadable(self._others[0].name)
            raise ImportProblem("empty_folder", file=str(folder))

    def names(self) -> list[str]:
        return [path.name for path in self.files]

    def unread(self) -> list[str]:
        return [name for name in self.names() if name not in self._read]

    def has(self, part: SourcePart) -> bool:
        """A folder is a whole export: a file that is not there is a problem, said on reading."""
        return part.query is None

    def read(self, part: SourcePart) -> RawTable:
        if part.query is not None:
            raise ImportProblem("query_without_database", file=self.name)
        wanted = part.file or part.table or part.sheet or ""
        path = _named(self.files, wanted)
        if path is None:
            old = _named(self._others, wanted)
            if old is not None:
                raise _unreadable(old.name)
            known = self.names()
            near = nearest(wanted, [*known, *(p.stem for p in self.files)])
            raise ImportProblem("missing_file", file=self.name, name=wanted, near=near, known=known)
        self._read.add(path.name)
        # In a folder a plain name is the file's; only ``sheet`` picks a sheet of a workbook.
        return _read_file(path, part.model_copy(update={"table": None}))

    def close(self) -> None:
        """Nothing stays open."""


class FileSource:
    """One CSV file, or one workbook with its sheets."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.is_workbook = path.suffix.lower() in excel_files.ENDINGS
        self._names = excel_files.sheet_names(path, path.name) if self.is_workbook else [path.name]
        self._read: set[str] = set()

    def names(self) -> list[str]:
        return self._names

    def unread(self) -> list[str]:
        return [name for name in self._names if fold(name) not in self._read]

    def has(self, part: SourcePart) -> bool:
        if part.query is not None:
            return False
        if part.file is not None and _named([self.path], part.file) is None:
            return False
        name = part.sheet or part.table
        if name is None:
            return True
        if self.is_workbook:
            return fold(name) in {fold(sheet) for sheet in self._names}
        return part.sheet is None and _named([self.path], name) is not None

    def read(self, part: SourcePart) -> RawTable:
        name = part.sheet or part.table
        wanted = name if self.is_workbook and name is not None else self._names[0]
        self._read.add(fold(wanted))
        return _read_file(self.path, part)

    def close(self) -> None:
        """Nothing stays open."""


def _read_file(path: Path, part: SourcePart) -> RawTable:
    if path.suffix.lower() in excel_files.ENDINGS:
        return excel_files.read_sheet(path, part, path.name)
    return csv_files.read_csv(path, part, path.name)


def _usable(path: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))
    return path.is_file() and not hidden and path.suffix.lower() in READABLE


def _named(paths: Sequence[Path], name: str) -> Path | None:
    """The file of that name, with or without its ending; exact names first."""
    folded = fold(name)
    exact = next((p for p in paths if fold(p.name) == folded), None)
    return exact or next((p for p in paths if fold(p.stem) == folded), None)


def _unreadable(name: str) -> ImportProblem:
    old = Path(name).suffix.lower() in excel_files.OLD_ENDINGS
    return ImportProblem("old_excel" if old else "unknown_format", file=name)
