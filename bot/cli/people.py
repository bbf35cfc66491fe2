"""``salestwin people``: who is who."""

import click

from bot.cli.command import TwinCommand
from bot.cli.options import json_option
from bot.cli.shell import Shell

_WIDTH = 100


@click.command("people", cls=TwinCommand)
@json_option
@click.pass_obj
def command(shell: Shell, as_json: bool) -> None:
    """List the people."""
    from bot.directory import people_lines, read_people

    with shell.ready_app() as app:
        now = app.clock.now()
        if as_json:
            shell.json([entry.as_json() for entry in read_people(app.database, now)])
            return
        lines = people_lines(app.database, shell.words, _WIDTH, now)
        shell.text("\n".join(lines).rstrip() or shell.words("errors.no_people"))
