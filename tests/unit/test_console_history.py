"""The console's history: bounded, private, one per person, and nothing of what was dictated."""

from pathlib import Path
from typing import Any

import pytest

from agents.answer import Answer, Body, Milliseconds, ToolRun
from bot.channels.history import HISTORY_FOLDER, History, history_of
from bot.channels.recall import Recall
from bot.channels.talk import only_read
from storage.identity import Caller
from storage.vocabulary import Role

ANNA = Caller("p/../anna", "org", "Anna", Role.REP)
BEN = Caller("p-ben", "org", "Ben", Role.REP)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return history_of(tmp_path, ANNA)


def file_of(home: Path) -> Path:
    (file,) = (home / HISTORY_FOLDER).iterdir()
    return file


def test_lines_come_back_in_order(history: History, tmp_path: Path) -> None:
    for line in ("one", "two\nthree", "我今天有哪些安排？", "我今天有哪些安排？", ""):
        history.add(line)
    assert history_of(tmp_path, ANNA).lines() == ["one", "two\nthree", "我今天有哪些安排？"]


def test_only_the_last_lines_are_kept_and_no_long_text(history: History) -> None:
    for number in range(230):
        history.add(f"line {number}")
    history.add("x" * 501)
    assert history.lines() == [f"line {number}" for number in range(30, 230)]


def test_the_file_is_private_and_names_nobody(history: History, tmp_path: Path) -> None:
    history.add("hello")
    file = file_of(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert "anna" not in file.name


def test_everybody_has_an_own_one(history: History, tmp_path: Path) -> None:
    history.add("hello")
    assert history_of(tmp_path, BEN).lines() == []


def test_the_shared_file_of_earlier_versions_is_removed(tmp_path: Path) -> None:
    (tmp_path / HISTORY_FOLDER).write_text("+记一下：蒋工月底拿预算\n", encoding="utf-8")
    history_of(tmp_path, ANNA).add("hello")
    assert "蒋工" not in file_of(tmp_path).read_text(encoding="utf-8")


def test_a_damaged_file_is_no_obstacle(history: History, tmp_path: Path) -> None:
    history.add("hello")
    file_of(tmp_path).write_text('"good"\n{broken\n7\n', encoding="utf-8")
    assert history.lines() == ["good"]
    file_of(tmp_path).write_bytes(b"\xff\xfe")
    assert history.lines() == []


def test_a_home_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    history = history_of(tmp_path / "file", ANNA)
    history.add("hello")
    assert history.lines() == []


def answer(outcome: str, *tools: str, actions: int = 0) -> Answer:
    button: dict[str, Any] = {
        "id": "act", "verb": "adopt", "label": "x", "expires_at": "2026-11-21T08:00:00Z",
    }  # fmt: skip
    return Answer(
        thread="t",
        turn="u",
        outcome=outcome,
        answer=Body(markdown="", actions=[button] * actions),
        tools=[ToolRun(name=name, args={}, ok=True, result=None, ms=0.0) for name in tools],
        model="planner",
        prompt="p",
        ms=Milliseconds(total=1.0),
    )


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        (answer("answered", "my_day"), True),
        (answer("answered", "find_notes", "my_day"), True),
        (answer("pending", "record_note", actions=3), False),
        (answer("answered", "record_note"), False),  # decided in words: 改成…
        (answer("answered", "my_day", "record_note"), False),
        (answer("answered", "my_day", actions=3), False),
        (answer("answered"), False),
        (answer("asked", "my_day"), False),
        (answer("unknown"), False),
        (answer("refused", "find_notes"), False),
        (answer("error", "my_day"), False),
    ],
)
def test_only_questions_that_were_read_an_answer_to_are_kept(made: Answer, kept: bool) -> None:
    assert only_read(made) is kept


async def loaded(recall: Recall) -> list[str]:
    return [line async for line in recall.load()]


async def test_at_the_prompt_everybody_calls_back_own_lines_only() -> None:
    recall = Recall()
    recall.append_string("typed at once")
    recall.belong_to(["older", "old"])
    assert await loaded(recall) == ["typed at once", "old", "older"]
    recall.append_string("记一下：蒋工月底拿预算")
    assert (await loaded(recall))[0] == "记一下：蒋工月底拿预算"
    recall.belong_to(["another's"])
    assert await loaded(recall) == ["another's"]
