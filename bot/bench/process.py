"""The program as a process of its own: how long it takes to answer, how much it holds."""

import subprocess
import sys
import time
from pathlib import Path

from bot.errors import CommandError
from bot.settings import Settings, child_environment


def ask_seconds(settings: Settings, text: str) -> float:
    """Wall seconds of ``salestwin ask`` from nothing to the end. Raises CommandError."""
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-m", "bot", "ask", "--json", text],
        env=child_environment(settings.home),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError("bench.no_answer")
    return time.perf_counter() - began


def idle_megabytes(settings: Settings, text: str) -> float | None:
    """Resident memory of a chat that has answered once and waits; None where it cannot be read."""
    if not Path("/proc/self/status").exists():
        return None
    chat = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"],
        env=child_environment(settings.home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with chat:
        if chat.stdin is None or chat.stdout is None:
            return None
        chat.stdin.write(f"{text}\n".encode())
        chat.stdin.flush()
        chat.stdout.readline()
        memory = resident_megabytes(chat.pid)
        chat.stdin.close()
        chat.stdout.read()
    return memory


def resident_megabytes(pid: int) -> float | None:
    """Resident memory of a process, from ``/proc``."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    return None
