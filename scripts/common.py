#!/usr/bin/env python3
"""What the project's scripts share: words, paths, running a program. Standard library only."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
ROOMS = ("bot", "agents", "tools", "knowledge_base", "prompts", "storage")


def say(key: str, **values: object) -> None:
    """A line for the person at the terminal, in Chinese or English as the system is set."""
    wanted = next(
        (os.environ[n] for n in ("SALESTWIN_LANG", "LC_ALL", "LANG") if os.environ.get(n)), "zh"
    )
    words = json.loads((ROOT / "scripts" / "words.json").read_text(encoding="utf-8"))
    line = words["en" if wanted.lower().startswith("en") else "zh"][key].format(**values)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def program(folder: Path, name: str) -> Path:
    """A program of a virtual environment."""
    return folder / ("Scripts" if os.name == "nt" else "bin") / name


def run(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> bool:
    """Run a program with its output shown; True if it ended well."""
    words = [*map(str, command)]
    try:
        return subprocess.run(words, cwd=cwd, env=env, check=False).returncode == 0  # noqa: S603 - the scripts name every program
    except OSError:
        return False


def captured(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    quiet: bool = False,
) -> tuple[bool, str]:
    """Run a program: whether it ended well, and its standard output."""
    done = subprocess.run(  # noqa: S603 - the scripts name every program themselves
        [*map(str, command)],
        cwd=cwd,
        env=env,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        text=True,
        encoding="utf-8",
    )
    return done.returncode == 0, done.stdout
