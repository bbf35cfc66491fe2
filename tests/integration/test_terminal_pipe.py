"""The terminal channel through a pipe: lines in, plain answers out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli_kit import Program, demo_program

ROOT = Path(__file__).parents[2]


@pytest.fixture
def demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    return demo_program(tmp_path / "home", monkeypatch, tmp_path_factory)


def talk(demo: Program, *lines: str, encoding: str = "utf-8") -> str:
    done = demo.chat(*lines, encoding=encoding)
    assert done.status == 0, done.err
    assert done.err == ""
    return done.out


def test_lines_are_answered_in_order_and_the_end_of_input_ends_it(demo: Program) -> None:
    out = talk(demo, "我今天有哪些安排？", "", "   ", "谢谢")
    assert "**" not in out
    assert "\x1b" not in out
    assert "你 ›" not in out
    assert "日程" in out.split("谢")[0]


def test_nothing_in_is_nothing_out(demo: Program) -> None:
    assert talk(demo) == ""


def test_a_pipe_in_gbk(demo: Program) -> None:
    assert "日程" in talk(demo, "我今天有哪些安排？", encoding="gbk")


def test_a_number_presses_the_button_of_the_last_answer_once(demo: Program) -> None:
    out = talk(demo, "记一下：客户想三月交货", "1", "我记过关于三月交货的笔记吗？")
    assert " 1  采纳" in out
    assert out.count("已记下") == 1
    assert "客户想三月交货" in out.rsplit("已记下", 1)[1]


def test_an_edit_takes_the_next_line(demo: Program) -> None:
    talk(demo, "记一下：客户想三月交货", "2", "周五再联系", "3")
    notes = demo("tool", "run", "find_notes", "--json").json["result"]["notes"]
    assert "周五再联系" in [note["text"] for note in notes]
    assert "客户想三月交货" not in [note["text"] for note in notes]


def test_the_same_day_goes_on_where_it_was_and_new_begins_anew(demo: Program) -> None:
    talk(demo, "记一下：客户想三月交货")
    assert "已记下" in talk(demo, "采纳")
    talk(demo, "沐宁妇儿医院的情况给我说说")
    assert "沐宁" in talk(demo, "他们上次投诉是什么时候？")
    assert "沐宁" not in talk(demo, "/new", "他们上次投诉是什么时候？").splitlines()[-2]


def test_the_demo_changes_person_and_language(demo: Program) -> None:
    out = talk(
        demo, "/as 张伟", "/as 周雅琴", "看看陈思远的笔记", "/lang en", "/lang fr", "/as nobody"
    )
    assert "p-zhang-wei-east" in out
    assert "陈思远" in out
    assert "English from now on" in out
    assert "Nobody is called" in out


def test_help_people_and_unknown_commands(demo: Program) -> None:
    out = talk(demo, "/help", "/people", "/hlep", "/quit", "我今天有哪些安排？")
    assert "/new" in out
    assert "周雅琴" in out
    assert "/help？" in out
    assert "日程" not in out


def test_an_unknown_person_at_the_start_is_wrong_usage(demo: Program) -> None:
    done = demo("chat", "--as", "nobody", stdin=b"hi\n")
    assert done.status == 2
    assert "nobody" in done.err


def test_a_turn_that_fails_is_a_sentence_and_the_talk_goes_on(demo: Program) -> None:
    out = talk(demo, "价" * 100_000, "我今天有哪些安排？")
    assert "日程" in out
    assert len(out.splitlines()[0]) < 300


def test_the_reader_may_go_away(demo: Program) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    program = subprocess.Popen(
        [sys.executable, "-m", "bot", "people"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    program.stdout.close()
    _, complaints = program.communicate()
    assert (program.returncode, complaints) == (1, b"")
