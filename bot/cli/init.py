"""``salestwin init``: create or migrate the database and index."""

import click

from bot.cli.command import TwinCommand
from bot.cli.progress import progress_of
from bot.cli.shell import Shell
from bot.errors import WrongUseError


@click.command("init", cls=TwinCommand)
@click.option("--demo", is_flag=True)
@click.option("--empty", is_flag=True)
@click.pass_obj
def command(shell: Shell, demo: bool, empty: bool) -> None:
    """Make what is not there, migrate what is."""
    from bot.founding import found

    if demo and empty:
        raise WrongUseError("usage.one_of")
    app = shell.build()
    try:
        line = progress_of(shell)
        outcome = found(app, "demo" if demo else "empty" if empty else None, line)
        app.learn(line)
        shell.text(shell.words(f"init.{outcome}", place=app.database.name))
    finally:
        app.release()
