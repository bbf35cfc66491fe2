"""``eval`` and ``bench``: measured on a throw-away copy, against a yardstick that really runs."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.bench.bare import BareLoop
from bot.bench.canned import canned_tools
from bot.bench.turn import is_whole
from bot.evaluation import understanding
from bot.evaluation.registry import evaluate
from bot.evaluation.report import SetReport
from bot.evaluation.sets import EvalSet
from bot.evaluation.stage import demo_home, started
from bot.identity import caller_for
from bot.opening import silent
from bot.settings import DATABASE_FILE, Settings, load_settings
from bot.wording import Words
from tests.integration.cli_kit import NOW, REP, Program, demo_program
from tools.context import TurnContext

DAY = {"name": "my_day", "args": {"day": "2026-03-03"}}


@pytest.fixture
def demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    return demo_program(tmp_path / "home", monkeypatch, tmp_path_factory)


def item(text: str, outcome: str, *tools: dict[str, Any], **more: Any) -> dict[str, Any]:
    expect = {"tools": list(tools), "outcome": outcome}
    return {"id": text[:4], "as": REP, "lang": "zh", "text": text, "expect": expect, **more}


def measured(*items: dict[str, Any]) -> SetReport:
    found = EvalSet("understanding", "hash", items)
    return asyncio.run(understanding.measure(found, load_settings(), Words("zh"), silent))


def test_an_evaluation_counts_right_and_wrong_and_leaves_no_trace(demo: Program) -> None:
    before = (demo.home / DATABASE_FILE).read_bytes()
    report = measured(
        item("明天有什么安排？", "answered", DAY, split="dev"),
        item("明天有什么安排？", "unknown", split="dev"),
        item("记一下：客户想三月交货", "pending", {"name": "record_note"}, split="held"),
        item("后天呢？", "answered", {"name": "my_day", "args": {"day": "2026-03-04"}},
             thread=["明天有什么安排？"], split="dev"),
    )  # fmt: skip
    assert (report.n, report.scores["right"].share.value) == (4, 0.75)
    assert report.scores["wrong"].share.value == 0.25
    assert report.scores["right_held"].share.value == 1.0
    assert report.matrix["(unknown)"] == {"my_day": 1}
    assert len(report.wrong) == 1
    assert (demo.home / DATABASE_FILE).read_bytes() == before


def test_each_item_has_its_own_moment(demo: Program) -> None:
    report = measured(
        item("明天有什么安排？", "answered", {"name": "my_day", "args": {"day": "2026-03-08"}},
             now="2026-03-07T10:00:00+08:00"),
    )  # fmt: skip
    assert report.scores["right"].share.value == 1.0


def test_what_was_held_back_is_counted_and_not_shown(demo: Program) -> None:
    report = measured(item("明天有什么安排？", "unknown", split="held"))
    assert report.scores["wrong"].share.value == 1.0
    assert list(report.wrong) == []


def test_a_home_without_a_demo_gets_one_made_for_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(_env_file=None, home=tmp_path / "nowhere", database_url=None, now=NOW)
    steps: list[str] = []
    with demo_home(settings, lambda step, _done, _total: steps.append(step)) as here:
        assert here.home != settings.home
        assert "compose" in steps
    assert not here.home.exists()
    assert not settings.home.exists()


def test_a_set_without_files_is_skipped_and_says_why(demo: Program) -> None:
    report = asyncio.run(evaluate("nowhere", load_settings(), Words("zh"), silent))
    assert report.as_json() == {"set": "nowhere", "skipped": "没有找到 evals/nowhere/*.jsonl"}


def test_what_there_is_no_set_or_benchmark_for_is_wrong_usage(demo: Program) -> None:
    assert demo("eval", "nope", "--json").json["error"]["code"] == "evaluation.unknown"
    assert demo("bench", "nope", "--json").json["error"]["code"] == "bench.unknown"


def test_the_yardstick_runs_the_same_tools_as_the_product(demo: Program) -> None:
    async def both() -> list[str]:
        async with started(load_settings(), silent) as app:
            caller = caller_for(app.database, None, app.clock, Words("zh"))
            text = "我今天有什么安排？另外沐宁妇儿医院的情况给我说说"
            answer = await app.turns.ask(caller, None, text)
            calls = [(run.name, run.args) for run in answer.tools]
            canned = await canned_tools(app, caller, calls)
            real = {tool.name: tool for tool in app.tools}
            assert [tool.args for tool in canned] == [real[tool.name].args for tool in canned]
            context = TurnContext(caller, "t", "turn-1", app.clock.now())
            await BareLoop(app.tools, calls).turn("hi", context)
            await BareLoop(canned, calls).turn("hi", context)
            return sorted(name for name, _ in calls)

    assert asyncio.run(both()) == ["fetch_customer_brief", "my_day"]


def test_a_bare_loop_whose_tools_fail_is_no_yardstick(demo: Program) -> None:
    async def broken() -> None:
        async with started(load_settings(), silent) as app:
            caller = caller_for(app.database, None, app.clock, Words("zh"))
            context = TurnContext(caller, "t", "turn-1", app.clock.now())
            await BareLoop(app.tools, [("my_day", {"days": "many"})]).turn("hi", context)

    with pytest.raises((RuntimeError, ValueError)):
        asyncio.run(broken())


def test_mixed_answers_are_noticed(demo: Program) -> None:
    async def talks() -> list[Any]:
        async with started(load_settings(), silent) as app:
            caller = caller_for(app.database, None, app.clock, Words("zh"))
            asked = ["沐宁妇儿医院的情况给我说说", "铎恒的情况给我说说"]
            return [await app.turns.ask(caller, "t", text) for text in asked]

    first, other = asyncio.run(talks())
    about = first.tools[0].result["focus"][0]["name"]
    assert is_whole((first, first), about)
    assert not is_whole((first, other), about)
    assert not is_whole((first, other.model_copy(update={"thread": "x"})), about)
