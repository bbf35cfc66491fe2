"""What stands under an answer in the terminal."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.messages import Action, Reply
from bot.render.terminal import STYLES, below, plain, whole
from bot.wording import Words
from tools.artifact import Chart, Citation, Column, Table

SHANGHAI = ZoneInfo("Asia/Shanghai")
REPLY = Reply(
    outcome="pending",
    markdown="记下来吗？",
    citations=(
        Citation(
            id="pb-012", title="价格异议三方对比", locator="步骤 2", quote="先问清\n对比的范围"
        ),
        Citation(id="tk-7", title="工单 7", locator="", quote=""),
    ),
    tables=(Table(title="", columns=[Column(key="a", label="项")], rows=[["一"]]),),
    charts=(Chart(title="走势", path="charts/1.png"),),
    actions=(
        Action("act-1", "adopt", "采纳", datetime(2026, 3, 2, 4, 30, tzinfo=UTC)),
        Action("act-1", "edit", "修改", datetime(2026, 3, 2, 4, 30, tzinfo=UTC)),
    ),
)


def test_golden_in_chinese() -> None:
    assert plain(below(REPLY, Words("zh"), 60, SHANGHAI)) == (
        "\n项\n──\n一\n"
        "\n图：走势（charts/1.png）\n"
        "\n[pb-012] 价格异议三方对比 · 步骤 2 —「先问清 对比的范围」\n[tk-7] 工单 7\n"
        "\n 1  采纳    2  修改   （03-02 12:30 前有效）\n"
    )


def test_golden_in_english() -> None:
    text = plain(below(REPLY, Words("en"), 60, ZoneInfo("Europe/London")))
    assert "(until 03-02 04:30)" in text
    assert "— “先问清 对比的范围”" in text


def test_an_answer_alone_has_nothing_below() -> None:
    assert below(Reply(outcome="answered", markdown="好"), Words("zh"), 60, SHANGHAI) == []


def test_a_long_quote_is_cut_by_cells() -> None:
    citation = Citation(id="a", title="t", locator="l", quote="长" * 40)
    text = plain(below(Reply("answered", "", (citation,)), Words("zh"), 60, SHANGHAI))
    assert f"「{'长' * 23}…」" in text


def test_every_style_that_is_used_has_a_look() -> None:
    spans = [*whole("# a\n**b** `c`\n> d\n---\n", 60), *below(REPLY, Words("zh"), 60, SHANGHAI)]
    used = {style for _, style in spans if style}
    assert used == {"heading", "bold", "code", "quote", "dim", "button"}
    assert used < STYLES.keys()
