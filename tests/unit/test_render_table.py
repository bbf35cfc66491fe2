"""Tables in terminal cells."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.render.table import grid, table_lines
from tools.artifact import Column, Table

OPEN_DEALS = Table(
    title="在手商机",
    columns=[
        Column(key="name", label="客户"),
        Column(key="stage", label="阶段"),
        Column(key="amount", label="金额", unit="万元"),
        Column(key="days", label="停留", unit="天"),
    ],
    rows=[["长风医疗", "报价", 128.5, 12], ["Acme Ltd", None, 1200, 3]],
)


def test_chinese_takes_two_cells_and_numbers_stand_right() -> None:
    assert table_lines(OPEN_DEALS, 80) == [
        "在手商机",
        "客户      阶段  金额(万元)  停留(天)",
        "────────  ────  ──────────  ────────",
        "长风医疗  报价       128.5        12",
        "Acme Ltd  —          1,200         3",
    ]


def test_a_narrow_terminal_shortens_the_widest_column_and_says_so() -> None:
    rows = [["上海长风医疗器械有限公司", "报价"], ["短", "谈判"]]
    assert grid(["客户", "阶段"], rows, 20) == [
        "客户            阶段",
        "──────────────  ────",
        "上海长风医疗…   报价",
        "短              谈判",
    ]


def test_what_would_act_on_the_terminal_is_shown_instead() -> None:
    line = grid(["x"], [["a\x1b[31mb\u202ec\nd"]], 80)[2]
    assert line == "a‹U+001B›[31mb‹U+202E›c d"


def test_a_table_without_rows_has_its_head() -> None:
    assert grid(["客户"], [], 80) == ["客户", "────"]


@given(
    st.lists(
        st.lists(st.text(max_size=30), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    ),
    st.integers(min_value=24, max_value=120),
)
def test_no_line_is_wider_than_the_terminal(rows: list[list[str]], width: int) -> None:
    lines = grid(["一", "二", "三"], rows, width)
    assert max(map(cell_len, lines)) <= width
    assert len(lines) == 2 + len(rows)
