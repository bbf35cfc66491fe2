#!/usr/bin/env python3
"""All checks of the project, one after the other, with a summary at the end (``make test``)."""

import sys
import time
from collections.abc import Callable

from common import ROOMS, VENV, program, run, say
from wheel import check_wheel

WRONG_USE = 2
SOURCES = (*ROOMS, "scripts", "tests")


def tool(name: str, *arguments: str) -> Callable[[], bool]:
    """A check that is one program of the environment."""
    return lambda: run([program(VENV, name), *arguments])


CHECKS: tuple[tuple[str, Callable[[], bool]], ...] = (
    ("format", tool("ruff", "format", "--check", *SOURCES)),
    ("lint", tool("ruff", "check", *SOURCES)),
    ("types", tool("mypy")),
    ("layers", tool("lint-imports")),
    # Files stay whole: what a file's tests share is made once, in one process.
    ("tests", tool("pytest", "-q", "-m", "not slow", "-n", "auto", "--dist", "loadfile")),
    ("wheel", check_wheel),
)


def main(wanted: list[str]) -> int:
    """Run the named checks, or all; returns the exit status: 1 failed, 2 there is no such check."""
    names = [name for name, _ in CHECKS]
    if unknown := [name for name in wanted if name not in names]:
        say("no_such_check", unknown=", ".join(unknown), names=", ".join(names))
        return WRONG_USE
    start = time.monotonic()
    results: list[tuple[str, bool, float]] = []
    for name, check in CHECKS:
        if wanted and name not in wanted:
            continue
        say("step", name=name)
        began = time.monotonic()
        results.append((name, check(), time.monotonic() - began))
    return summary(results, time.monotonic() - start)


def summary(results: list[tuple[str, bool, float]], seconds: float) -> int:
    """Show what passed; 0 if everything did."""
    say("summary")
    for name, good, took in results:
        mark = "ok  " if good else "FAIL"
        sys.stdout.write(f"{mark}  {name:<8} {took:6.1f} s\n")
    failed = [name for name, good, _ in results if not good]
    if failed:
        say("not_good", failed=len(failed), names=", ".join(failed))
        return 1
    say("all_good", count=len(results), seconds=round(seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
