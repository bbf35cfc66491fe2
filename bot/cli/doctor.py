"""``salestwin doctor``: what is on, what is off, and why."""

import click

from bot.cli.command import TwinCommand
from bot.cli.options import json_option
from bot.cli.shell import Shell

FAILED = 1
_MARKS = {"on": "✓", "off": "–", "wrong": "✗"}


@click.command("doctor", cls=TwinCommand)
@json_option
@click.pass_obj
def command(shell: Shell, as_json: bool) -> int:
    """Look at every part; 1 if something is wrong. What is only off is as somebody wanted it."""
    from bot.checkup import check_all

    with shell.app() as app:
        checks = check_all(app, shell.words)
    good = all(check.state != "wrong" for check in checks)
    status = 0 if good else FAILED
    if as_json:
        shell.json({"ok": good, "checks": [check.as_json() for check in checks]})
        return status
    for check in checks:
        name = shell.words(f"doctor.names.{check.name}")
        shell.text(f"{_MARKS[check.state]} {name}{shell.words('doctor.colon')}{check.detail}")
    return status
