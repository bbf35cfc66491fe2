"""What stands around every command: failing streams, strange settings, whose eyes, which clock."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bench.serving import serve_megabytes
from bot.cli.shell import Shell
from bot.container import build
from bot.errors import CommandError
from bot.founding import found
from bot.opening import silent
from bot.settings import DATABASE_FILE, Settings, child_environment, load_settings
from storage.clock import FixedClock
from tests.integration.cli_kit import NOW, Program, demo_program, new_program

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    return new_program(tmp_path / "home", monkeypatch)


@pytest.fixture
def empty(fresh: Program) -> Program:
    """A home with an empty database; nothing was learnt in it."""
    found(build(load_settings()), "empty", silent)
    return fresh


@pytest.fixture
def demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    return demo_program(tmp_path / "home", monkeypatch, tmp_path_factory)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def process(*argv: str, mask: int = 0o022, **streams: int) -> "subprocess.CompletedProcess[str]":
    """``salestwin`` as a process of its own."""
    return subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-m", "bot", *argv],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        umask=mask,
        text=True,
        check=False,
        **streams,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_behind_the_output_is_a_sentence(demo: Program) -> None:
    with Path("/dev/full").open("w") as full:
        done = process("people", "--json", stdout=full.fileno())
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "磁盘" in done.stderr


def test_settings_that_fail_in_their_own_way_are_no_second_failure(fresh: Program) -> None:
    # A process's memory is a file to all appearances and cannot be read from its start.
    (fresh.home.parent / ".env").symlink_to("/proc/self/mem")
    done = fresh("people", "--json")
    assert done.status == 1
    assert done.json["error"]["code"] == "errors.machine"


def test_after_an_answer_in_json_no_second_value_follows(
    empty: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell()
    assert not shell.has_answered
    shell.json([])
    assert shell.has_answered
    assert capsys.readouterr().out == "[]\n"


def test_a_taken_port_is_said_and_is_no_defect(empty: Program, taken: int) -> None:
    empty.unset("SALESTWIN_NOW")
    done = empty("serve", "--port", str(taken))
    assert done.status == 1
    assert f"127.0.0.1:{taken}" in done.err
    assert "--port" in done.err
    assert not (empty.home / "logs").exists()


def test_a_home_below_the_own_folder_is_expanded_everywhere(
    fresh: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(fresh.home.parent))
    fresh.set("SALESTWIN_HOME", "~/home")
    assert load_settings().home == fresh.home
    found(build(load_settings()), "empty", silent)
    fresh("people")
    assert (fresh.home / DATABASE_FILE).is_file()
    assert not (fresh.home.parent / "~").exists()
    fresh.set("SALESTWIN_HOME", "~nobody-of-that-name/home")
    done = fresh("people")
    assert done.status == 1
    assert "SALESTWIN_HOME" in done.err


def test_a_wrong_value_in_the_env_file_is_called_wrong_and_shown(fresh: Program) -> None:
    (fresh.home.parent / ".env").write_text("SALESTWIN_TZ=Mars/Base\n", "utf-8")
    done = fresh("people")
    assert done.status == 1
    assert "Mars/Base" in done.err
    assert "缺少" not in done.err


@pytest.mark.parametrize("in_file", [True, False])
def test_a_wrong_database_url_is_called_wrong_and_not_shown(in_file: bool, fresh: Program) -> None:
    wrong = "mysql://u:secret@h/db"
    if in_file:
        (fresh.home.parent / ".env").write_text(f"SALESTWIN_DATABASE_URL={wrong}\n", "utf-8")
    else:
        fresh.set("SALESTWIN_DATABASE_URL", wrong)
    done = fresh("people")
    assert "SALESTWIN_DATABASE_URL" in done.err
    assert "缺少" not in done.err
    assert "secret" not in done.err


def test_a_missing_key_is_called_missing(fresh: Program) -> None:
    fresh.set("SALESTWIN_MODEL", "openai:x")
    assert "缺少环境变量 OPENAI_API_KEY" in fresh("people").err


def test_a_database_elsewhere_needs_no_home(demo: Program) -> None:
    elsewhere = demo.home.parent / "elsewhere.db"
    (demo.home / DATABASE_FILE).rename(elsewhere)
    demo.set("SALESTWIN_DATABASE_URL", f"sqlite:///{elsewhere}")
    demo.set("SALESTWIN_HOME", str(demo.home.parent / "not" / "there"))
    done = demo("ask", "我今天有哪些安排？")
    assert (done.status, done.err) == (0, "")


def test_init_makes_a_database_by_every_url_that_settings_accept(fresh: Program) -> None:
    elsewhere = fresh.home.parent / "elsewhere.db"
    fresh.set("SALESTWIN_DATABASE_URL", f"sqlite+pysqlite:///{elsewhere}")
    done = fresh("init", "--empty")
    assert (done.status, done.err.count("Traceback")) == (0, 0)
    assert elsewhere.is_file()
    assert fresh("people", "--json").json == []


def test_a_driver_that_is_not_here_is_a_wrong_value(fresh: Program) -> None:
    fresh.set("SALESTWIN_DATABASE_URL", "sqlite+aiosqlite:////x.db")
    assert "SALESTWIN_DATABASE_URL" in fresh("init").err


def test_serve_ignores_a_fixed_clock_and_says_so_once(empty: Program, taken: int) -> None:
    lines = empty("serve", "--port", str(taken)).err.splitlines()
    assert [line for line in lines if "SALESTWIN_NOW" in line] == lines[:1]


def test_chat_ignores_a_fixed_clock_and_says_so_once(demo: Program) -> None:
    demo.set("SALESTWIN_NOW", "2030-01-01T09:00:00+08:00")
    done = demo("chat", stdin="我今天有哪些安排？".encode(), clock=FixedClock(NOW))
    assert len(done.err.splitlines()) == 1
    assert "SALESTWIN_NOW" in done.err
    demo.set("SALESTWIN_NOW", NOW.isoformat())
    assert demo("people").err == ""  # the demo did not move to 2030


def test_commands_of_one_shot_go_by_the_fixed_clock(empty: Program) -> None:
    shell = Shell()
    assert shell.build().clock.now() == NOW
    assert shell.build_lasting().clock.now() != NOW


def test_a_line_of_text_is_out_before_the_program_goes_on() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(writing, "w", encoding="utf-8") as out:
        Shell(out).text("已启动")
        assert os.read(reading, 100).decode() == "已启动\n"
    os.close(reading)


def open_to_others(home: Path) -> list[str]:
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files if path.stat().st_mode & 0o077]


def test_what_the_program_makes_is_for_its_owner_alone(fresh: Program) -> None:
    assert process("init", "--empty", stdout=subprocess.DEVNULL).returncode == 0
    assert open_to_others(fresh.home) == []
    assert fresh.home.stat().st_mode & 0o077 == 0


def test_what_stands_open_is_shut(demo: Program) -> None:
    demo("ask", "我今天有哪些安排？")
    demo.home.chmod(0o755)
    for path in demo.home.glob("*.db*"):
        path.chmod(0o644)
    demo("people")
    assert [path.name for path in demo.home.glob("*.db") if path.stat().st_mode & 0o077] == []
    assert len(list(demo.home.glob("*.db"))) == 2


def test_conversations_are_private_from_the_start(demo: Program) -> None:
    before = os.umask(0)
    try:
        demo("ask", "我今天有哪些安排？")
    finally:
        os.umask(before)
    assert (demo.home / "conversations.db").stat().st_mode & 0o077 == 0


def ended_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_what_a_killed_init_left_is_removed_and_not_built_upon(fresh: Program) -> None:
    fresh.home.mkdir()
    names = [f"{DATABASE_FILE}.{pid}.new" for pid in (ended_process(), os.getpid())]
    for name in names:
        (fresh.home / name).write_bytes(b"half a database" * 100)
        (fresh.home / f"{name}-wal").write_bytes(b"x")
    living = f"{DATABASE_FILE}.{os.getppid()}.new"
    (fresh.home / living).write_bytes(b"another program is at it")
    found(build(load_settings()), "empty", silent)
    assert {path.name for path in fresh.home.iterdir()} == {DATABASE_FILE, living}


def test_near_names_are_listed_as_the_language_does(demo: Program) -> None:
    def near(language: str) -> str:
        demo.set("SALESTWIN_LANG", language)
        return demo("ask", "--as", "张力", "hi").err

    assert "、" in near("zh")
    assert "、" not in near("en")
    assert ", " in near("en")


def test_doctor_calls_nothing_on_that_does_nothing(empty: Program) -> None:
    empty.set("SLACK_BOT_TOKEN", "x")
    empty.set("SLACK_APP_TOKEN", "x")
    empty.set("SALESTWIN_CHROMA_URL", "http://127.0.0.1:9")
    checks = {check["name"]: check for check in empty("doctor", "--json").json["checks"]}
    assert checks["slack"]["state"] == "off"
    assert checks["chroma"]["state"] == "off"
    assert "SALESTWIN_CHROMA_URL" in checks["chroma"]["detail"]
    empty.set("SALESTWIN_CHROMA_URL", "")
    assert "chroma" not in empty("doctor", "--json").out


def test_doctor_counts_what_waits(demo: Program) -> None:
    demo("ask", "记一下：客户想三月交货")
    checks = {check["name"]: check for check in demo("doctor", "--json").json["checks"]}
    assert checks["pending"]["detail"] == "1 件"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc on this system")
def test_the_memory_of_an_idle_serve_is_measured(empty: Program) -> None:
    memory = serve_megabytes(Settings(_env_file=None, home=empty.home, database_url=None))
    assert memory is not None
    assert 20 < memory < 2000


def test_a_serve_that_does_not_come_up_is_no_measurement(fresh: Program) -> None:
    with pytest.raises(CommandError) as caught:
        serve_megabytes(Settings(_env_file=None, home=fresh.home, database_url=None))
    assert caught.value.key == "bench.no_serve"


def test_a_measured_program_never_meets_the_database_of_an_env_file(fresh: Program) -> None:
    (fresh.home.parent / ".env").write_text("SALESTWIN_DATABASE_URL=sqlite:////own.db\n", "utf-8")
    environment = child_environment(fresh.home)
    seen = subprocess.run(
        [sys.executable, "-c", "from bot.settings import Settings; print(Settings().database)"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip() == f"sqlite:///{fresh.home / DATABASE_FILE}"
