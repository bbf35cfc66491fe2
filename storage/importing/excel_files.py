"""Excel workbooks, read cell by cell with openpyxl."""

import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.importing.mapping import SourcePart
from storage.importing.problems import ImportProblem, nearest
from storage.importing.sheets import RawTable, Row
from storage.importing.texts import fold, plain

if TYPE_CHECKING:
    from openpyxl import Workbook

ENDINGS = (".xlsx", ".xlsm")
OLD_ENDINGS = (".xls", ".xlsb", ".et", ".ods", ".numbers")


def open_workbook(path: Path, file: str) -> "Workbook":
    """The workbook, values only. Raises ``ImportProblem`` for anything that is none."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            # openpyxl warns about styles and validations that an import does not read.
            warnings.simplefilter("ignore", UserWarning)
            return load_workbook(path, read_only=True, data_only=True)
    except PermissionError as error:
        raise ImportProblem("unreadable_file", file=file) from error
    except (InvalidFileException, zipfile.BadZipFile, OSError, KeyError, ValueError) as error:
        raise ImportProblem("not_excel", file=file) from error


def sheet_names(path: Path, file: str) -> list[str]:
    """The names of its sheets, in order."""
    book = open_workbook(path, file)
    try:
        return list(book.sheetnames)
    finally:
        book.close()


def read_sheet(path: Path, part: SourcePart, file: str) -> RawTable:
    """One sheet: the one that the mapping names, or the only one."""
    book = open_workbook(path, file)
    name = part.sheet or part.table
    by_fold = {fold(sheet): sheet for sheet in book.sheetnames}
    if name is not None and fold(name) in by_fold:
        found = by_fold[fold(name)]
    elif part.sheet is None and len(book.sheetnames) == 1:
        found = book.sheetnames[0]
    else:
        known = list(book.sheetnames)
        book.close()
        near = nearest(name or "", known)
        raise ImportProblem("missing_sheet", file=file, name=name or "?", near=near, known=known)
    shown = f"{file} › {found}" if len(book.sheetnames) > 1 else file
    return RawTable(shown, _rows(book, found))


def _rows(book: "Workbook", name: str) -> Iterator[Row]:
    try:
        sheet: Any = book[name]
        if hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()  # some programs write a wrong size; rows would be cut off
        for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if any(plain(cell).strip() for cell in cells):
                yield line, list(cells)
    finally:
        book.close()
