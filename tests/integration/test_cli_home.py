"""The home: made, made again, missing, damaged, on another day; who is in it, what is on."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.container import build
from bot.errors import CommandError
from bot.founding import found
from bot.privacy import CONVERSATIONS_FILE
from bot.settings import DATABASE_FILE, load_settings
from storage.clock import FixedClock
from tests.integration.cli_kit import NOW, REP, Program, demo_program, new_program


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    return new_program(tmp_path / "home", monkeypatch)


@pytest.fixture
def demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    return demo_program(tmp_path / "home", monkeypatch, tmp_path_factory)


def test_people_as_json_says_who_is_who(demo: Program) -> None:
    done = demo("people", "--json")
    assert done.status == 0
    assert done.err == ""
    by_id = {person["id"]: person for person in done.json}
    rep = by_id[REP]
    assert (rep["name"], rep["english_name"], rep["role"]) == ("陈思远", "Simon Chen", "rep")
    assert by_id[rep["manager_id"]]["name"] == rep["manager"]
    assert rep["region"] == "华东"


def test_people_for_people_leaves_out_who_is_gone(demo: Program) -> None:
    gone = [person["name"] for person in demo("people", "--json").json if not person["active"]]
    lines = demo("people").out.splitlines()
    assert any("陈思远" in line and "周雅琴" in line for line in lines)
    assert gone
    assert not any(f" {gone[0]} " in line for line in lines)


@pytest.mark.parametrize(
    "command", [["people"], ["ask", "hi"], ["tool", "run", "my_day"], ["chat"]]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_a_database_it_says_what_to_run(
    command: list[str], language: str, fresh: Program
) -> None:
    fresh.set("SALESTWIN_LANG", language)
    done = fresh(*command)
    assert done.status == 1
    assert "salestwin init --demo" in done.err
    assert ("还没有" in done.err) == (language == "zh")
    assert done.out == ""
    assert not fresh.home.exists()


def test_a_failure_with_json_is_one_json_value_too(fresh: Program) -> None:
    done = fresh("people", "--json")
    assert done.status == 1
    assert done.json["error"]["code"] == "storage.missing"
    assert done.json["error"]["message"] in done.err


def test_an_empty_home_is_made_and_found_again(fresh: Program) -> None:
    assert fresh("init", "--empty").status == 0
    assert fresh("people", "--json").json == []
    again = fresh("init")
    assert again.status == 0
    assert "无需改动" in again.out
    assert sorted(path.name for path in fresh.home.iterdir()) == [DATABASE_FILE, "understanding"]


def test_nobody_is_there_to_ask_as_in_an_empty_home(fresh: Program) -> None:
    fresh("init")
    done = fresh("ask", "hi")
    assert done.status == 1
    assert "import" in done.err
    assert fresh("ask", "--as", "x", "hi").status == 2


def test_init_on_a_demo_keeps_it(demo: Program) -> None:
    before = demo("people").out
    done = demo("init", "--demo")
    assert done.status == 0
    assert demo("people").out == before


def test_init_never_empties_what_is_there(demo: Program) -> None:
    done = demo("init", "--empty")
    assert done.status == 1
    assert demo("people", "--json").json


def test_demo_and_empty_exclude_each_other(fresh: Program) -> None:
    assert fresh("init", "--demo", "--empty").status == 2
    assert not fresh.home.exists()


def test_what_is_interrupted_leaves_nothing(fresh: Program) -> None:
    def stop(_step: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    app = build(load_settings())
    with pytest.raises(KeyboardInterrupt):
        found(app, "demo", stop)
    assert list(fresh.home.iterdir()) == []


def test_of_two_programs_at_once_one_makes_the_database(fresh: Program) -> None:
    def other(_step: str, _done: int, _total: int) -> None:
        (fresh.home / DATABASE_FILE).write_bytes(b"made by another program")

    with pytest.raises(CommandError) as caught:
        found(build(load_settings()), "empty", other)
    assert caught.value.key == "init.made_meanwhile"
    assert (fresh.home / DATABASE_FILE).read_bytes() == b"made by another program"
    assert len(list(fresh.home.iterdir())) == 1


@pytest.mark.parametrize("command", [["people"], ["ask", "hi"], ["init"], ["chat"]])
def test_a_file_that_is_no_database_is_named(command: list[str], fresh: Program) -> None:
    fresh.home.mkdir()
    file = fresh.home / DATABASE_FILE
    file.write_bytes(b"\x00garbage" * 1000)
    done = fresh(*command)
    assert done.status == 1
    assert str(file) in done.err
    assert "损坏" in done.err
    assert file.read_bytes() == b"\x00garbage" * 1000


@pytest.mark.parametrize("command", [["init", "--demo"], ["ask", "hi"], ["people"], ["doctor"]])
def test_a_file_in_place_of_the_home_is_named(command: list[str], fresh: Program) -> None:
    fresh.home.write_text("not a folder")
    done = fresh(*command)
    assert done.status == 1
    assert str(fresh.home) in done.out + done.err
    assert "应当是文件夹" in done.out + done.err
    assert "还没有数据库" not in done.out + done.err


@pytest.mark.parametrize("command", [["init"], ["ask", "hi"], ["people"], ["doctor"]])
def test_a_folder_in_place_of_the_database_is_named(command: list[str], fresh: Program) -> None:
    file = fresh.home / DATABASE_FILE
    file.mkdir(parents=True)
    done = fresh(*command)
    assert done.status == 1
    assert str(file) in done.out + done.err
    assert "是一个文件夹" in done.out + done.err
    assert "没有写入权限" not in done.out + done.err


def test_damaged_conversations_are_no_damaged_database(demo: Program) -> None:
    file = demo.home / CONVERSATIONS_FILE
    file.write_bytes(b"\x00garbage" * 1000)
    done = demo("ask", "--json", "我今天有哪些安排？")
    assert done.status == 1
    assert done.json["error"]["code"] == "storage.corrupt_conversations"
    assert str(file) in done.err
    assert "改名或删除" in done.err
    assert "备份" not in done.err
    file.unlink()
    assert demo("ask", "我今天有哪些安排？").status == 0


def test_wrong_settings_are_named_one_a_line_with_what_to_do(fresh: Program) -> None:
    fresh.set("SALESTWIN_TZ", "Mars/Base")
    fresh.set("SALESTWIN_MODEL", "gpt")
    done = fresh("people")
    assert done.status == 1
    lines = done.err.splitlines()
    assert len(lines) == 2
    assert "SALESTWIN_TZ" in lines[0]
    assert "Asia/Shanghai" in lines[0]
    assert "SALESTWIN_MODEL" in lines[1]


def demo_day(demo: Program) -> str:
    checks = {check["name"]: check for check in demo("doctor", "--json").json["checks"]}
    return str(checks["demo"]["detail"])


def test_on_another_day_the_demo_moves_and_says_so_on_standard_error(demo: Program) -> None:
    demo.unset("SALESTWIN_NOW")
    later = FixedClock(NOW + timedelta(days=2))
    done = demo("tool", "run", "my_day", "--json", clock=later)
    assert done.status == 0
    assert done.json["result"]["today"] == "2026-03-04"
    assert done.json["result"]["events"]
    assert "演示公司移到今天" in done.err
    assert demo("tool", "run", "my_day", "--json", clock=later).err == ""


def test_a_question_of_another_time_leaves_the_demo_where_it_is_and_says_so(demo: Program) -> None:
    demo.set("SALESTWIN_NOW", "2026-03-04T09:00:00+08:00")
    done = demo("ask", "--json", "我今天有哪些安排？")
    assert done.json["tools"][0]["result"]["today"] == "2026-03-04"
    assert "2026-03-02" in done.err
    assert "salestwin init" in done.err
    assert "2026-03-02" in demo_day(demo)
    assert "salestwin init" in demo("people").err
    demo.set("SALESTWIN_NOW", NOW.isoformat())
    assert demo("ask", "我今天有哪些安排？").err == ""


def test_init_moves_the_demo_to_another_time_because_it_is_asked_to(demo: Program) -> None:
    demo.set("SALESTWIN_NOW", "2026-03-04T09:00:00+08:00")
    assert demo("init").status == 0
    assert demo("tool", "run", "my_day", "--json").err == ""
    assert "2026-03-04" in demo_day(demo)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T12:00:00+08:00", "1969-12-31", "2200-01-01"]
)
def test_a_moment_at_the_end_of_all_time_is_a_wrong_value(moment: str, demo: Program) -> None:
    demo.set("SALESTWIN_NOW", moment)
    done = demo("ask", "我明天有哪些安排？")
    assert done.status == 1
    assert "SALESTWIN_NOW" in done.err
    assert "2199" in done.err


def test_doctor_says_what_is_on_what_is_off_and_why(demo: Program) -> None:
    demo.set("SLACK_BOT_TOKEN", "xoxb-very-secret")
    assert demo("doctor", "--json").status == 1  # half a channel
    demo.set("SALESTWIN_MODLE", "planner")
    done = demo("doctor", "--json")
    assert done.status == 1
    assert done.json["ok"] is False
    checks = {check["name"]: check for check in done.json["checks"]}
    assert checks["database"]["state"] == "on"
    assert NOW.date().isoformat() in checks["demo"]["detail"]
    assert checks["telegram"]["state"] == "off"
    assert "TELEGRAM_BOT_TOKEN" in checks["telegram"]["detail"]
    assert checks["slack"]["state"] == "wrong"
    assert "SLACK_APP_TOKEN" in checks["slack"]["detail"]
    assert "SALESTWIN_MODEL" in checks["variable"]["detail"]
    assert "very-secret" not in json.dumps(done.json)


def test_doctor_works_where_nothing_else_does(fresh: Program) -> None:
    fresh.home.mkdir()
    (fresh.home / DATABASE_FILE).write_bytes(b"\x00garbage" * 1000)
    done = fresh("doctor")
    assert done.status == 1
    assert "✗ 数据库" in done.out
