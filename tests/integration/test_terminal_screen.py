"""The terminal channel on a real terminal (a pseudo one): prompt, greeting, buttons, Ctrl-C."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.channels.history import HISTORY_FOLDER
from tests.integration.cli_kit import Program, demo_program

ROOT = Path(__file__).parents[2]
_PATIENCE = 90.0  # seconds; a slow machine may take them, a healthy one does not
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    """A chat on a pseudo terminal of 100 by 40."""

    def __init__(self, home: Path, *arguments: str, now: str = "") -> None:
        self._seen = ""
        self.all = ""
        self._end, screen = pty.openpty()
        environment = {
            **os.environ,
            "SALESTWIN_HOME": str(home),
            "SALESTWIN_NOW": now,
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm-256color",
            "COLUMNS": "100",
            "LINES": "40",
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
        self._chat = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "bot", "chat", *arguments],
            env=environment,
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        os.close(screen)

    def wait(self, text: str) -> str:
        """Read until ``text`` stands on the screen; returns what came since the last wait."""
        while text not in self._seen:
            if not self._read():
                raise AssertionError(f"{text!r} never came; last: {self.all[-2000:]}")
        seen, _, self._seen = self._seen.partition(text)
        return seen + text

    def type(self, text: str) -> None:
        os.write(self._end, text.encode())

    def interrupt(self) -> None:
        """What Ctrl-C is while no line is being edited."""
        self._chat.send_signal(signal.SIGINT)

    def close(self) -> int:
        """Read to the end; returns the exit status."""
        while self._read():
            pass
        os.close(self._end)
        return self._chat.wait(_PATIENCE)

    def kill(self) -> None:
        if self._chat.poll() is None:
            self._chat.kill()
            self.close()

    def _read(self) -> bool:
        ready, _, _ = select.select([self._end], [], [], _PATIENCE)
        try:
            data = os.read(self._end, 65536) if ready else b""
        except OSError:  # the other end is closed
            data = b""
        text = _COLOURS.sub("", data.decode("utf-8", "replace"))
        self._seen += text
        self.all += text
        return bool(data)


@pytest.fixture
def demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    made = demo_program(tmp_path / "home", monkeypatch, tmp_path_factory)
    made.unset("SALESTWIN_NOW")  # the chat's process goes by the machine's clock
    return made


@pytest.fixture
def terminals(demo: Program) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def start(*arguments: str, now: str = "") -> Terminal:
        opened.append(Terminal(demo.home, *arguments, now=now))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.kill()


@pytest.fixture
def terminal(terminals: Callable[..., Terminal]) -> Terminal:
    return terminals()


def test_a_conversation(terminal: Terminal, demo: Program) -> None:
    before = terminal.wait("你 ›")
    assert "陈思远" not in before  # the prompt does not wait for the database
    greeting = terminal.wait("可以这样问")
    assert "陈思远，" in greeting
    assert "今天：" in greeting
    terminal.type("记一下：客户想三月交货\r")
    terminal.wait("采纳")
    terminal.wait("你 ›")
    terminal.type("2\r")
    terminal.wait("修改为 ›")
    terminal.type("，周五再联系\r")
    assert "已记下" in terminal.wait("你 ›")
    terminal.type("我今天有哪些安排？\r")
    terminal.wait("你 ›")
    terminal.type("/quit\r")
    assert terminal.close() == 0
    notes = demo("tool", "run", "find_notes", "--json").json["result"]["notes"]
    assert "客户想三月交货，周五再联系" in [note["text"] for note in notes]
    (history,) = (demo.home / HISTORY_FOLDER).iterdir()
    assert [json.loads(row) for row in history.read_text(encoding="utf-8").splitlines()] == [
        "我今天有哪些安排？",
        "/quit",
    ]
    assert history.stat().st_mode & 0o077 == 0


def test_a_fixed_clock_is_named_as_ignored(terminals: Callable[..., Terminal]) -> None:
    terminal = terminals(now="2026-03-02T09:00:00+08:00")
    assert terminal.wait("SALESTWIN_NOW")
    terminal.wait("可以这样问")
    terminal.type("\x04")
    assert terminal.close() == 0
    assert terminal.all.count("SALESTWIN_NOW") == 1


def test_ctrl_c_ends_a_turn_then_a_line_then_the_program(terminal: Terminal) -> None:
    terminal.wait("你 ›")
    terminal.type("我今天有哪些安排？\r")
    terminal.wait("正在想")
    terminal.interrupt()
    terminal.wait("已停下")
    terminal.wait("你 ›")
    terminal.type("我今天有哪些安排？\r")
    terminal.wait("日程")
    terminal.wait("你 ›")
    terminal.type("半句话\x03")
    terminal.wait("再按一次")
    terminal.wait("你 ›")
    terminal.type("\x03")
    assert terminal.close() == 0


def test_a_pasted_text_of_many_lines_is_one_message(terminal: Terminal) -> None:
    terminal.wait("可以这样问")
    terminal.type("\x1b[200~记一下：第一行\n第二行\x1b[201~\r")
    shown = terminal.wait("采纳")
    assert "第一行" in shown
    assert "第二行" in shown
    terminal.wait("你 ›")
    terminal.type("\x04")
    assert terminal.close() == 0


def test_an_unknown_person_ends_it_with_a_sentence(
    terminals: Callable[..., Terminal],
) -> None:
    terminal = terminals("--as", "陈思元")
    terminal.wait("陈思远")
    assert terminal.close() == 2
