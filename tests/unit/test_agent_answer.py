"""From the messages of a turn to its answer."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage

from agents.answer import Answer, TurnFacts, assemble, derive_outcome
from tests.fakes.agent_world import NOW
from tests.fakes.scripted_model import call
from tools.artifact import ActionButton, Citation, Column, Outcome, Problem, Table
from tools.context import Language


def facts(language: Language = "zh", receipts: tuple[str, ...] = ()) -> TurnFacts:
    return TurnFacts("t", "turn-1", language, "planner", "twin.zh@abc", 12.34, receipts)


def result(outcome: Outcome, words: str = "结果", **more: Any) -> ToolMessage:
    name = more.pop("name", "echo")
    artifact = {"kind": "words", "outcome": outcome, **more}
    return ToolMessage(words, name=name, tool_call_id=f"call-{name}", artifact=artifact)


def turn(*results: ToolMessage, text: str = "好的") -> list[AnyMessage]:
    calls = [call(str(r.name), topic=str(r.name)) for r in results]
    return [AIMessage("", tool_calls=calls), *results, AIMessage(text)]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["answered"], "answered"),
        (["answered", "unknown"], "answered"),
        (["unknown", "error"], "unknown"),
        (["error", "error"], "error"),
        (["answered", "error"], "answered"),
        (["answered", "asked"], "asked"),
        (["asked", "refused"], "refused"),
        (["answered", "refused"], "refused"),
        (["refused", "pending", "error"], "pending"),
        (["answered", "pending"], "pending"),
        (["nonsense"], "error"),
    ],
)
def test_one_outcome_from_several_tools_in_any_order(outcomes: list[Any], expected: str) -> None:
    messages = [result(o, name=f"tool{i}") for i, o in enumerate(outcomes)]
    assert derive_outcome(messages, None) == expected
    assert derive_outcome(messages[::-1], None) == expected


@pytest.mark.parametrize(
    ("hint", "expected"),
    [("asked", "asked"), ("unknown", "unknown"), (None, "answered"), ("rubbish", "answered")],
)
def test_the_models_hint_counts_only_without_tools(hint: str | None, expected: str) -> None:
    said = AIMessage("哪一家？", additional_kwargs={"outcome": hint})
    assert derive_outcome([], said) == expected
    assert derive_outcome([result("unknown")], said) == "unknown"


def test_no_reply_at_all_is_an_error_with_a_sentence() -> None:
    answer = assemble([], facts())
    assert answer.outcome == "error"
    assert "没有得到回答" in answer.answer.markdown
    assert assemble([AIMessage("  ")], facts("en")).answer.markdown.startswith(
        "There was no answer"
    )


def test_citations_tables_and_actions_are_collected_once_in_order() -> None:
    cite = Citation(id="pb-1", title="t", locator="l", quote="q").model_dump(mode="json")
    table = Table(title="T", columns=[Column(key="k", label="K")], rows=[[1]]).model_dump()
    button = ActionButton(id="act-1", verb="adopt", label="采纳", expires_at=NOW)
    first = result("answered", name="a", citations=[cite], tables=[table], plan={"metric": "x"})
    second = result(
        "pending",
        name="b",
        citations=[cite, {**cite, "id": "pb-2"}],
        actions=[button.model_dump(mode="json")],
        charts=[{"title": "c", "path": "c.png"}],
    )
    answer = assemble(turn(first, second), facts())
    assert [c.id for c in answer.answer.citations] == ["pb-1", "pb-2"]
    assert answer.answer.tables == [Table.model_validate(table)]
    assert answer.answer.actions == [button]
    assert [chart.path for chart in answer.answer.charts] == ["c.png"]
    assert answer.plan == {"metric": "x"}
    assert answer.outcome == "pending"


def test_tools_show_the_arguments_that_ran_their_artifact_and_time() -> None:
    good, bad = result("answered", name="good"), result("answered", name="bad")
    good.additional_kwargs.update(ms=3.06, args={"topic": "ran"})
    bad.artifact = Problem(reason="timeout").model_dump(mode="json")
    bad.additional_kwargs["ms"] = 1.0
    answer = assemble(turn(good, bad), facts())
    assert [(r.name, r.args, r.ok, r.ms) for r in answer.tools] == [
        ("good", {"topic": "ran"}, True, 3.1),
        ("bad", {"topic": "bad"}, False, 1.0),
    ]
    assert answer.tools[0].result == good.artifact
    assert (answer.ms.total, answer.ms.tools) == (12.3, 4.1)


def test_a_turn_without_words_falls_back_on_the_tools_words() -> None:
    answer = assemble(
        turn(result("answered", "甲", name="a"), result("unknown", "乙", name="b"), text=""),
        facts(),
    )
    assert answer.answer.markdown == "甲\n\n乙"


@pytest.mark.parametrize(
    ("language", "claim", "truth"),
    [
        ("zh", "好的，已为您记录。", "我没有执行任何操作：这一轮没有执行回执。"),
        (
            "en",
            "OK, I've recorded it.",
            "I have not done anything: there is no receipt in this turn.",
        ),
    ],
)
def test_a_claim_without_a_tool_becomes_the_truth(
    language: Language, claim: str, truth: str
) -> None:
    answer = assemble([AIMessage(claim)], facts(language))
    assert answer.answer.markdown == truth
    assert answer.outcome == "error"


@pytest.mark.parametrize(
    ("language", "claim", "truth"),
    [
        ("zh", "笔记已保存。", "还没有执行：要等你采纳之后才会生效。"),
        ("en", "Saved.", "Nothing has been done yet: it takes effect when you adopt it."),
    ],
)
def test_a_claim_over_a_waiting_action_says_that_it_waits(
    language: Language, claim: str, truth: str
) -> None:
    answer = assemble(turn(result("pending", "请确认"), text=claim), facts(language))
    assert answer.answer.markdown == truth
    assert answer.outcome == "pending"


def test_the_truth_names_what_really_was_done_before() -> None:
    answer = assemble([AIMessage("是的，已记录。")], facts(receipts=("笔记：华星医疗",)))
    assert "此前已执行：笔记：华星医疗。" in answer.answer.markdown


def test_facts_in_the_tools_own_words_are_no_claims() -> None:
    words = "- 已发送报价（来源：拜访记录）"
    answer = assemble(turn(result("pending", words), text=f"{words}\n请确认。"), facts())
    assert answer.answer.markdown == f"{words}\n请确认。"


def test_the_model_that_spoke_and_why_stand_in_the_answer() -> None:
    fallen = AIMessage(
        "好",
        additional_kwargs={"model": "planner (openai:x failed: 401)", "fallback": "unauthorised"},
    )
    answer = assemble([fallen], facts())
    assert answer.model == "planner (openai:x failed: 401)"
    assert answer.answer.markdown.startswith("好\n\n> 说明：外部模型拒绝了密钥（401）")
    assert assemble([AIMessage("好")], facts()).model == "planner"


def test_the_json_has_exactly_the_fields_of_the_interface() -> None:
    dumped = assemble(turn(result("answered")), facts()).model_dump(mode="json")
    assert list(dumped) == [
        "thread", "turn", "outcome", "answer", "tools", "plan", "model", "prompt", "ms",
    ]  # fmt: skip
    assert list(dumped["answer"]) == ["markdown", "citations", "tables", "charts", "actions"]
    assert list(dumped["tools"][0]) == ["name", "args", "ok", "result", "ms"]
    assert list(dumped["ms"]) == ["total", "model", "tools"]
    assert dumped["plan"] is None
    assert Answer.model_validate(dumped).model_dump(mode="json") == dumped
