#!/usr/bin/env python3
"""The built wheel in a clean environment: installed, demo made, one question answered.

This is what a user gets: from another folder, without the source tree beside it.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common import ROOMS, ROOT, VENV, captured, program, run, say

QUESTION = {"zh": "我今天有哪些安排？", "en": "What is on my plate today?"}
FIELDS = {"thread", "turn", "outcome", "answer", "tools", "plan", "model", "prompt", "ms"}
PARTS = {"markdown", "citations", "tables", "charts", "actions"}
OWNERS = (
    "import importlib.metadata as m, json; d = m.packages_distributions();"
    f"print(json.dumps([d.get(n) for n in {ROOMS!r}]))"
)


def check_wheel() -> bool:
    """True if the wheel installs alone and answers."""
    with tempfile.TemporaryDirectory(prefix="salestwin-") as folder:
        place = Path(folder)
        wheel = build(place)
        return wheel is not None and install(place, wheel) and owns_its_names(place) and asks(place)


def build(place: Path) -> Path | None:
    """Build the wheel with the builder that the lock names."""
    options = ["--wheel", "--no-isolation", "--outdir", str(place)]
    done, _ = captured([program(VENV, "python"), "-m", "build", *options])
    if not done:
        return None
    wheel = next(place.glob("salestwin-*.whl"), None)
    if wheel is not None:
        say("wheel_built", name=wheel.name)
    return wheel


def install(place: Path, wheel: Path) -> bool:
    """Install it with locked dependencies in a new environment; uv takes them from its cache."""
    start = time.monotonic()
    lock = ROOT / "constraints.txt"
    uv = program(VENV, "uv")
    if uv.exists():
        options = [
            "--quiet",
            "--compile-bytecode",
            "--python",
            str(program(place / "env", "python")),
        ]
        done = run([uv, "venv", "--quiet", "--python", program(VENV, "python"), place / "env"])
        done = done and run([uv, "pip", "install", *options, "-c", lock, wheel])
    else:
        python = program(place / "env", "python")
        done = run([program(VENV, "python"), "-m", "venv", place / "env"])
        done = done and run([python, "-m", "pip", "install", "--quiet", "-c", lock, wheel])
    if done:
        say("wheel_installed", seconds=round(time.monotonic() - start))
    return done


def owns_its_names(place: Path) -> bool:
    """No other distribution ships one of the six top-level names."""
    done, owners = captured([program(place / "env", "python"), "-c", OWNERS], cwd=place)
    return done and json.loads(owners) == [["salestwin"]] * len(ROOMS)


def asks(place: Path) -> bool:
    """Make the demo and ask, in both languages, from a folder that is not the project's."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SALESTWIN_", "OPENAI_"))}
    env |= {"SALESTWIN_HOME": str(place / "another home"), "PYTHONPATH": ""}
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    twin = program(place / "env", "salestwin")
    if not run([twin, "init", "--demo"], env=env, cwd=elsewhere):
        return False
    for question in QUESTION.values():
        done, answer = captured([twin, "ask", "--json", question], env=env, cwd=elsewhere)
        if not (done and answered(json.loads(answer))):
            sys.stdout.write(answer)
            return False
    return True


def answered(value: dict[str, Any]) -> bool:
    """Whether the JSON is a full answer, field by field."""
    if not (value.keys() >= FIELDS and value["answer"].keys() >= PARTS):
        return False
    names = ", ".join(tool["name"] for tool in value["tools"])
    size = len(value["answer"]["markdown"])
    say("wheel_answer", outcome=value["outcome"], characters=size, tools=names)
    return value["outcome"] == "answered" and bool(names) and size > 0


if __name__ == "__main__":
    sys.exit(0 if check_wheel() else 1)
