"""Runs a command and turns what went wrong into one sentence and an exit status.

0 done (a polite refusal is done), 1 failed, 2 wrong usage.
"""

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from bot.cli.root import root
from bot.cli.shell import Shell
from bot.cli.usage import usage_sentence
from bot.errors import CommandError
from bot.privacy import CONVERSATIONS_FILE
from bot.settings import SettingsError
from bot.wording import Words
from storage.errors import StorageError

if TYPE_CHECKING:
    from storage.clock import Clock

FULL = (errno.ENOSPC, errno.EDQUOT)
FAILED = 1
WRONG_USE = 2


def run(
    argv: Sequence[str],
    out: TextIO | None = None,
    err: TextIO | None = None,
    *,
    journal: bool = False,
    clock: "Clock | None" = None,
) -> int:
    """Run ``salestwin`` with these arguments; returns the exit status and never raises.

    ``journal`` sends what libraries log to the home's log file, for the whole process; ``clock``
    takes the place of the machine's and of ``SALESTWIN_NOW``.
    """
    shell = Shell(out, err, clock)
    try:
        if journal:
            _keep_journal(shell)
        status = root.main(list(argv), prog_name="salestwin", standalone_mode=False, obj=shell)
        shell.out.flush()
    except BrokenPipeError:
        return _reader_gone()
    except (Exception, KeyboardInterrupt) as error:
        return _report(shell, error, wants_json="--json" in argv)
    return status if isinstance(status, int) else 0


def _keep_journal(shell: Shell) -> None:
    from bot.journal import start_journal

    with suppress(SettingsError):  # the command itself will say so
        start_journal(shell.settings.home)


def _report(shell: Shell, error: BaseException, *, wants_json: bool) -> int:
    status, code, sentence = explain(shell, error)
    # The very stream may be what failed: a full disk, a terminal that is gone.
    with suppress(OSError):
        shell.note(sentence)
    with suppress(OSError):
        if wants_json and not shell.has_answered:
            shell.json(shell.error_shape(code, sentence))
            shell.out.flush()
    return status


def explain(shell: Shell, error: BaseException, words: Words | None = None) -> tuple[int, str, str]:
    """Exit status, code and sentence for an error."""
    words = words or shell.words
    if isinstance(error, CommandError):
        return error.status, error.code, words(error.key, **error.values)
    if isinstance(error, StorageError):
        key = f"storage.{storage_key(error)}"
        return FAILED, key, words(key, detail=error.detail)
    if isinstance(error, OSError):
        return FAILED, "errors.machine", _machine(words, error)
    if isinstance(error, SettingsError):
        return FAILED, "settings", settings_sentences(words, error)
    if isinstance(error, click.UsageError):
        return WRONG_USE, "usage", usage_sentence(words, error)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return FAILED, "errors.interrupted", words("errors.interrupted")
    return FAILED, "errors.unexpected", _unexpected(shell, words, error)


def storage_key(error: StorageError) -> str:
    """The sentence for it. A damaged file of conversations is no damaged database."""
    if error.reason == "corrupt" and Path(error.detail).name == CONVERSATIONS_FILE:
        return "corrupt_conversations"
    return error.reason


def settings_sentences(words: Words, error: SettingsError) -> str:
    """One line per variable: its name, what is wrong, what to do."""
    lines = []
    for problem in error.problems:
        rule = words(f"settings.{problem.variable}")
        secret = problem.kind == "wrong" and problem.value is None
        key = "wrong_secret" if secret else problem.kind
        values = {"variable": problem.variable, "value": problem.value, "rule": rule}
        lines.append(words(f"settings.{key}", **values))
    return "\n".join(lines)


def _machine(words: Words, error: OSError) -> str:
    """What the operating system refused: a full disk, a missing right."""
    # A stream that cannot be written has no name: most likely it is our own output.
    place = error.filename or words("errors.output")
    if error.errno in FULL:
        return words("storage.disk_full", detail=place)
    return words("errors.machine", why=error.strerror or type(error).__name__, place=place)


def _unexpected(shell: Shell, words: Words, error: BaseException) -> str:
    place = _noted(shell, error)
    name = type(error).__name__
    if place is None:
        return words("errors.unexpected_unwritten", name=name)
    return words("errors.unexpected", name=name, place=place)


def _noted(shell: Shell, error: BaseException) -> Path | None:
    """The log file in which the defect stands now; None where that was not possible."""
    from bot.journal import note_defect

    try:
        home = shell.settings.home
    except Exception:  # the settings themselves may be the defect
        return None
    return note_defect(home, error)


def _reader_gone() -> int:
    """The reader of our output went away (``| head``): nothing more can or need be said."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED
