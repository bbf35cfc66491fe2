"""Finding the header: titles above it, merged cells, repeated and missing names."""

from collections.abc import Sequence

import pytest

from storage.importing.problems import ImportProblem
from storage.importing.sheets import RawTable, Sheet, locate


def sheet(rows: Sequence[Sequence[object]], wanted: Sequence[str], at: int | None = None) -> Sheet:
    numbered = [(line, list(cells)) for line, cells in enumerate(rows, start=1)]
    return locate(RawTable("book.xlsx", numbered), wanted, at)


def problem(rows: Sequence[Sequence[object]], wanted: Sequence[str]) -> ImportProblem:
    with pytest.raises(ImportProblem) as caught:
        sheet(rows, wanted)
    return caught.value


def test_a_plain_header() -> None:
    found = sheet([["name", "city"], ["Acme", "Rome"]], ["name"])
    assert found.columns == ["name", "city"]
    assert list(found.rows) == [(2, ["Acme", "Rome"])]


def test_a_title_above_the_header_is_passed_over() -> None:
    rows = [
        ["客户台账", None, None],
        ["2026年3月", None, None],
        ["客户", "城市", "金额"],
        ["甲", "沪", 1],
    ]
    found = sheet(rows, ["金额", "客户"])
    assert found.columns == ["客户", "城市", "金额"]
    assert [line for line, _ in found.rows] == [4]
    assert sheet(rows, []).columns == ["客户", "城市", "金额"]


def test_names_are_compared_without_case_width_and_spaces() -> None:
    found = sheet([["\ufeffACCOUNT  Name", "金额（元）"]], ["account name", "金额(元)"])
    assert found.columns == ["account name", "金额(元)"]


def test_cells_merged_downwards_keep_their_name() -> None:
    rows = [["客户", "商机信息", None], [None, "名称", "金额"], ["甲", "一号", 5]]
    found = sheet(rows, ["客户", "名称", "金额"])
    assert found.columns == ["客户", "名称", "金额"]
    assert list(found.rows) == [(3, ["甲", "一号", 5])]


def test_names_that_repeat_under_groups_are_told_apart() -> None:
    rows = [
        ["门店", "2024", None, "2025", None],
        [None, "金额", "数量", "金额", "数量"],
        ["A", 1, 2, 3, 4],
    ]
    found = sheet(rows, ["门店", "2025/金额"])
    assert found.columns == ["门店", "2024/金额", "2024/数量", "2025/金额", "2025/数量"]


def test_the_mapping_may_say_which_row_it_is() -> None:
    rows = [["a", "b"], ["c", "d"], [1, 2]]
    assert sheet(rows, ["c"], 2).columns == ["c", "d"]
    with pytest.raises(ImportProblem) as caught:
        sheet(rows, ["c"], 9)
    assert caught.value.code == "no_header_row"


def test_a_missing_column_names_file_column_and_what_there_is() -> None:
    found = problem([["acount", "city"], ["Acme", "Rome"]], ["account", "city"])
    assert (found.code, found.file, found.column) == ("missing_column", "book.xlsx", "account")
    sentence = found.sentence("en")
    assert 'Did you mean "acount"?' in sentence
    assert "acount, city" in sentence


def test_a_wanted_column_that_is_there_twice() -> None:
    assert problem([["name", "name"], ["a", "b"]], ["name"]).code == "repeated_column"
    assert sheet([["name", "x", "x"], ["a", "b", "c"]], ["name"]).columns[0] == "name"


@pytest.mark.parametrize("rows", [[], [[None, ""], ["", None]]])
def test_nothing_at_all(rows: list[list[object]]) -> None:
    assert problem(rows, ["name"]).code == "empty_file"
