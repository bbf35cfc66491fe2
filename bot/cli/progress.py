"""Progress in the user's words: one line per step, counting up in place on a terminal."""

from collections.abc import Callable
from typing import TextIO

from rich.cells import cell_len

from bot.cli.shell import Shell
from bot.wording import Words


class ProgressLines:
    """Hears steps (stable codes, ``step:thing``) and tells each one once."""

    def __init__(self, words: Words, tell: Callable[[str], None]) -> None:
        self._words = words
        self._tell = tell
        self._step = ""

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """``done`` of ``total`` of ``step`` are done."""
        del done, total
        if step != self._step:
            self._step = step
            self._tell(self._words("progress.step", name=step_name(step, self._words)))


class ProgressCounter:
    """The same on a terminal: counts up on the step's own line."""

    def __init__(self, words: Words, err: TextIO) -> None:
        self._words = words
        self._err = err
        self._width = 0

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """``done`` of ``total`` of ``step`` are done."""
        name = step_name(step, self._words)
        counted = "progress.step" if total is None else "progress.counted"
        text = self._words(counted, name=name, done=done, total=total)
        ended = done == total
        blank = " " * max(0, self._width - cell_len(text))
        self._err.write(f"\r{text}{blank}" + ("\n" if ended else ""))
        self._err.flush()
        self._width = 0 if ended else cell_len(text)


def progress_of(shell: Shell) -> ProgressLines | ProgressCounter:
    """Progress on the shell's standard error."""
    if shell.err.isatty():
        return ProgressCounter(shell.words, shell.err)
    return ProgressLines(shell.words, shell.note)


def step_name(step: str, words: Words) -> str:
    """What people call a step."""
    code, _, thing = step.partition(":")
    key = f"progress.steps.{code}"
    return words(key, thing=thing) if words.has(key) else words("progress.steps.other")
