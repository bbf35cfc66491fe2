"""``salestwin chat``: the terminal channel."""

import sys

import click

from bot.cli.command import TwinCommand
from bot.cli.options import as_option
from bot.cli.shell import Shell


@click.command("chat", cls=TwinCommand)
@as_option
@click.pass_obj
def command(shell: Shell, person: str | None) -> None:
    """Talk until the input ends or the person leaves."""
    shell.run(_chat(shell, person))


async def _chat(shell: Shell, person: str | None) -> None:
    from bot.channels.console import Console
    from bot.cli.frame import explain

    reader, screen = _reader(shell), _screen(shell)
    host = _LateHost(shell)
    console = Console(host, reader, screen, shell.words, lambda error: explain(shell, error)[2])
    try:
        await console.run(person)
    finally:
        await host.close()
