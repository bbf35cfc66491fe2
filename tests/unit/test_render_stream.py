"""Markdown that streams in."""

from hypothesis import given
from hypothesis import strategies as st

from bot.render.stream import MarkdownStream, Span, merged

ANSWER = """## 长风医疗
目前**两单**在谈，`opp-12` 最急：
- 报价 **128万**，停了 12 天
  - 竞品：远东
> 价格能再低点吗？
***
| 阶段 | 金额 |
|---|---|
| 报价 | 128 |
| 谈判 | 3|
以上。"""


def spans_of(*deltas: str) -> list[Span]:
    stream = MarkdownStream(width=40)
    spans = [span for delta in deltas for span in stream.feed(delta)]
    return merged([*spans, *stream.close()])


def test_golden() -> None:
    assert spans_of(ANSWER) == [
        ("长风医疗", "heading"),
        ("\n目前", ""),
        ("两单", "bold"),
        ("在谈，", ""),
        ("opp-12", "code"),
        (" 最急：\n• 报价 ", ""),
        ("128万", "bold"),
        ("，停了 12 天\n  • 竞品：远东\n", ""),
        ("│ 价格能再低点吗？", "quote"),
        ("\n", ""),
        ("─" * 40 + "\n", "dim"),
        ("阶段  金额\n────  ────\n报价  128\n谈判  3\n以上。", ""),
    ]


def test_plain_text_is_shown_at_once() -> None:
    stream = MarkdownStream()
    assert stream.feed("您") == [("您", "")]
    assert stream.feed("好") == [("好", "")]


def test_a_fence_keeps_its_marks() -> None:
    assert spans_of("```\n**a** | b\n```\nc") == [("**a** | b\n", "code"), ("c", "")]


def test_a_mark_that_is_not_closed_ends_with_its_line() -> None:
    assert spans_of("**粗\n细") == [("粗", "bold"), ("\n细", "")]


def test_a_lone_star_and_a_number_sign_stay() -> None:
    assert spans_of("3 * 4 = 12\n#1 客户") == [("3 * 4 = 12\n#1 客户", "")]


def test_escape_sequences_are_shown_and_not_sent() -> None:
    assert spans_of("\x1b[2Jx\u202ey") == [("‹U+001B›[2Jx‹U+202E›y", "")]


MARKS = st.sampled_from(
    [
        "**",
        "*",
        "`",
        "```",
        "\n",
        "# ",
        "- ",
        "  - ",
        "> ",
        "---",
        "|a|b|\n",
        " ",
        "文",
        "x",
        "\r\n",
    ]
)


@given(st.lists(MARKS, max_size=30), st.data())
def test_cuts_make_no_difference(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert spans_of(*pieces) == spans_of(text)


@given(st.text(alphabet="测试 abc，。0", max_size=60))
def test_text_without_marks_comes_through_unchanged(text: str) -> None:
    assert "".join(part for part, _ in spans_of(text)) == text
