"""CSV of any usual encoding and delimiter, and what is broken in it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.importing.csv_files import read_csv, sniff_delimiter, sniff_encoding
from storage.importing.mapping import SourcePart
from storage.importing.problems import ImportProblem
from storage.importing.sheets import RawTable

TEXT = "客户,城市,金额\n华东医院,上海,12\n仁和医疗器械有限公司,杭州,7\n"


def read(folder: Path, data: bytes, **part: str) -> tuple[RawTable, list[tuple[int, list[object]]]]:
    path = folder / "t.csv"
    path.write_bytes(data)
    table = read_csv(path, SourcePart(table="t", **part), "t.csv")
    return table, list(table.rows)


def problem(folder: Path, data: bytes, **part: str) -> ImportProblem:
    with pytest.raises(ImportProblem) as caught:
        read(folder, data, **part)
    assert caught.value.file == "t.csv"
    return caught.value


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    text = TEXT if not encoding.startswith("utf-16-") else "customer,city\nAcme,Rome\n"
    _, rows = read(tmp_path, text.encode(encoding))
    assert [cells for _, cells in rows] == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize("text", ["Café,München\nZoë,Åre\n", "señor año\nniño\n"])
def test_western_encodings_are_not_taken_for_chinese(tmp_path: Path, text: str) -> None:
    assert problem(tmp_path, text.encode("cp1252")).code == "encoding_unsure"
    _, rows = read(tmp_path, text.encode("cp1252"), encoding="cp1252")
    assert str(rows[0][1][0]) in text


def test_a_wrong_declared_encoding_names_the_line(tmp_path: Path) -> None:
    found = problem(tmp_path, b"a,b\n1,2\n\xff\xfe\xfd,3\n", encoding="utf-8")
    assert (found.code, found.line) == ("encoding_wrong", 3)
    assert problem(tmp_path, b"a,b\n", encoding="klingon").code == "encoding_unknown"


def test_a_broken_byte_in_utf8_names_the_line(tmp_path: Path) -> None:
    found = problem(tmp_path, TEXT.encode() + b"\xe4\xb8,x,1\n")
    assert (found.code, found.line) == ("encoding_wrong", 4)


@given(st.text(st.characters(codec="gb2312", min_codepoint=0x4E00), min_size=1, max_size=40))
def test_chinese_text_in_gbk_is_read_as_it_was_or_refused(text: str) -> None:
    data = text.encode("gbk")
    found = sniff_encoding(data)
    # Some pairs of bytes are valid UTF-8 as well: nothing can tell those texts apart.
    assert found == "gb18030" or (found == "utf-8" and data.decode("utf-8"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(delimiter: str) -> None:
    rows = [["name", "amount", "words"], ["Acme", '"1,5"', '"a; b, c"'], ["Beta", "2", "d"]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert sniff_delimiter(text) == delimiter


def test_decimal_commas_do_not_win() -> None:
    assert sniff_delimiter("name;amount\nAcme;1,5\nBeta;2,5\nGamma;3,5\n") == ";"


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    _, rows = read(tmp_path, b"name\nAcme\nBeta\n")
    assert [cells for _, cells in rows] == [["name"], ["Acme"], ["Beta"]]


@pytest.mark.parametrize("data", [b"", b"\n \r\n", b"\xef\xbb\xbf", b"\x00\x00\x00"])
def test_empty_files(tmp_path: Path, data: bytes) -> None:
    assert problem(tmp_path, data).code == "empty_file"


def test_lines_count_from_where_a_row_begins(tmp_path: Path) -> None:
    _, rows = read(tmp_path, b'a,b\n\n"x\ny",2\nz,3\n')
    assert [line for line, _ in rows] == [1, 3, 5]


def test_nul_bytes_are_removed_and_told(tmp_path: Path) -> None:
    table, rows = read(tmp_path, b"a,b\nAc\x00me,1\n")
    assert rows[1][1] == ["Acme", "1"]
    assert table.notices == [("nul_bytes", {"count": 1})]


def test_a_quote_that_never_ends_stops_the_file(tmp_path: Path) -> None:
    found = problem(tmp_path, b'a,b\n1,2\n"open,3\n4,5\n')
    assert (found.code, found.line) == ("unclosed_quote", 3)


def test_a_row_with_wrong_quotes_is_noted_and_the_rest_is_read(tmp_path: Path) -> None:
    table, rows = read(tmp_path, b'a,b\n"x"y,2\n3,4\n')
    assert [cells for _, cells in rows] == [["a", "b"], ["3", "4"]]
    assert [line for line, _ in table.broken] == [2]
