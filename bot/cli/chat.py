"""``salestwin chat``: the terminal channel."""

import sys
from typing import TYPE_CHECKING

import click

from bot.cli.command import TwinCommand
from bot.cli.options import as_option
from bot.cli.shell import Shell

if TYPE_CHECKING:
    from bot.channels.readers import Reader
    from bot.channels.screens import Screen


@click.command("chat", cls=TwinCommand)
@as_option
@click.pass_obj
def command(shell: Shell, person: str | None) -> None:
    """Talk until the input ends or the person leaves."""
    shell.run(_chat(shell, person))


async def _chat(shell: Shell, person: str | None) -> None:
    from bot.channels.console import Console
    from bot.channels.local import LocalHost
    from bot.cli.frame import explain
    from bot.cli.progress import ProgressLine
    from bot.container import build

    reader, screen = _ends(shell)
    host = LocalHost(build(shell.settings), ProgressLine(shell))
    console = Console(
        host, reader, screen, shell.words, lambda e, words: explain(shell, e, words)[2]
    )
    if reader.interactive:
        screen.show([(shell.words("chat.loading") + "\n", "dim")])
    try:
        await console.run(person)
    finally:
        await host.close()


def _ends(shell: Shell) -> "tuple[Reader, Screen]":
    """A line editor on a terminal; plain lines where either end is a pipe or a file."""
    from bot.channels.readers import PipeReader, TerminalReader
    from bot.channels.screens import PipeScreen, TerminalScreen

    if sys.stdin.isatty() and shell.out.isatty():
        return TerminalReader(shell.settings.home.expanduser()), TerminalScreen()
    return PipeReader(sys.stdin.buffer), PipeScreen(shell.out)
