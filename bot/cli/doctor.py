"""``salestwin doctor``: what is on, what is off, and why."""

import click

from bot.cli.command import TwinCommand
from bot.cli.options import json_option
from bot.cli.shell import Shell

_MARKS = {"on": "✓", "off": "–", "wrong": "✗"}


@click.command("doctor", cls=TwinCommand)
@json_option
@click.pass_obj
def command(shell: Shell, as_json: bool) -> None:
    """Look at every part."""
    from bot.checkup import check_all

    with shell.app() as app:
        checks = check_all(app, shell.words)
    if as_json:
        good = all(check.state != "wrong" for check in checks)
        shell.json({"ok": good, "checks": [check.as_json() for check in checks]})
        return
    for check in checks:
        name = shell.words(f"doctor.names.{check.name}")
        shell.text(f"{_MARKS[check.state]} {name}{shell.words('doctor.colon')}{check.detail}")
