"""CSV files of any usual encoding and delimiter."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from storage.importing.mapping import SourcePart
from storage.importing.problems import ImportProblem
from storage.importing.sheets import RawTable, Row

ENDINGS = (".csv", ".tsv", ".txt")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
_LARGEST_CELL = 1_000_000  # characters; a longer one means that a quotation mark is not closed


def read_csv(path: Path, part: SourcePart, file: str) -> RawTable:
    """The file as a table. Raises ``ImportProblem`` if it cannot be read at all."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImportProblem("unreadable_file", file=file) from error
    if not data.strip(b"\x00\r\n\t ") or data in {bom for bom, _ in _BOMS}:
        raise ImportProblem("empty_file", file=file)
    text = _text(data, part.encoding, file)
    table = RawTable(file, (), width_counts=True)
    if "\x00" in text:
        table.notices.append(("nul_bytes", {"count": text.count("\x00")}))
        text = text.replace("\x00", "")
    table.rows = _rows(text, part.delimiter or sniff_delimiter(text), table)
    return table


def _text(data: bytes, declared: str | None, file: str) -> str:
    encoding = declared or sniff_encoding(data) or ("utf-8" if _nearly_utf8(data) else None)
    if encoding is None:
        raise ImportProblem("encoding_unsure", file=file)
    try:
        return data.decode(encoding)
    except LookupError as error:
        raise ImportProblem("encoding_unknown", file=file, encoding=encoding) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ImportProblem("encoding_wrong", file=file, line=line, encoding=encoding) from error


def sniff_encoding(data: bytes) -> str | None:
    """UTF-8 (with or without mark), UTF-16 or GB18030; None where it would be a guess.

    Nearly any bytes *can* be read as GB18030, so a text counts as that only if its characters
    are pairs of high bytes as in Chinese text, not single ones as in Western encodings.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    start = data[:4096]
    if start.count(0) * 3 > len(start):
        return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
    for encoding in ("utf-8", *_wide(data), "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _reads_as_chinese(text):
            return encoding
    return None


def _wide(data: bytes) -> Iterator[str]:
    """UTF-16 without a mark, of Chinese text: only its delimiters and line ends have a zero byte.

    The other byte order would turn those into signs that no table is made of.
    """
    if b"\x00" not in data:
        return
    for encoding in ("utf-16-le", "utf-16-be"):
        text = data.decode(encoding, "replace")
        usual = sum(character.isprintable() or character in "\r\n\t" for character in text)
        cut = any(mark in text for mark in ("\n", *_DELIMITERS))
        if cut and "\ufffd" not in text and "\x00" not in text and usual == len(text):
            yield encoding


def _nearly_utf8(data: bytes) -> bool:
    """Whether this is UTF-8 with a few broken bytes; then the message can say where they are."""
    text = data.decode("utf-8", "replace")
    return text.count("\ufffd") * 10 <= sum(character > "\x7f" for character in text)


def _reads_as_chinese(text: str) -> bool:
    foreign = [character for character in text if ord(character) > 127]
    common = 0
    for character in foreign:
        pair = character.encode("gb18030")
        common += len(pair) == 2 and 0xA1 <= pair[0] <= 0xF7 and pair[1] >= 0xA1
    return common >= 0.9 * len(foreign)


def sniff_delimiter(text: str) -> str:
    """The delimiter that cuts most of the first rows into the same number (over 1) of cells."""

    def score(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
        widths: Counter[int] = Counter()
        try:
            for row in reader:
                widths[len(row)] += bool(row)
                if widths.total() >= _SAMPLE_ROWS:
                    break
        except csv.Error:
            return 0.0, 0
        width, rows = widths.most_common(1)[0] if widths else (1, 0)
        return (rows / widths.total() if width > 1 else 0.0), width

    return max(_DELIMITERS, key=score)


def _rows(text: str, delimiter: str, table: RawTable) -> Iterator[Row]:
    """Rows with the line on which each begins; broken ones go to ``table.broken``."""
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error) or "field larger" in str(error):
                raise ImportProblem("unclosed_quote", file=table.file, line=line) from error
            table.broken.append((line, str(error)))
            continue
        if any(cell.strip() for cell in row):
            yield line, list(row)
