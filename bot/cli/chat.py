"""``salestwin chat``: the terminal channel."""

import sys
from typing import TYPE_CHECKING

import click

from bot.cli.command import TwinCommand
from bot.cli.options import as_option
from bot.cli.shell import Shell
from bot.wording import Words

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
    from bot.cli.progress import ProgressLines, progress_of

    reader, screen = _ends(shell)

    def tell(line: str) -> None:
        screen.show([(line + "\n", "dim")])

    if reader.interactive:
        tell(shell.words("chat.loading"))
    # Beside a waiting prompt everything goes through the screen, which keeps it above the line.
    progress = ProgressLines(shell.words, tell) if reader.interactive else progress_of(shell)
    host = LocalHost(shell.build_lasting(), progress)

    def sentence(error: BaseException, words: Words) -> str:
        return explain(shell, error, words)[2]

    try:
        await Console(host, reader, screen, shell.words, sentence).run(person)
    finally:
        await host.close()


def _ends(shell: Shell) -> "tuple[Reader, Screen]":
    """A line editor on a terminal; plain lines where either end is a pipe or a file."""
    from bot.channels.readers import PipeReader, TerminalReader
    from bot.channels.screens import PipeScreen, TerminalScreen

    if sys.stdin.isatty() and shell.out.isatty():
        return TerminalReader(shell.settings.home.absolute()), TerminalScreen()
    return PipeReader(sys.stdin.buffer), PipeScreen(shell.out)
