"""``salestwin bench``: how fast it is and how much it takes."""

import click

from bot.cli.command import TwinCommand
from bot.cli.options import json_option
from bot.cli.progress import progress_of
from bot.cli.shell import Shell
from bot.errors import WrongUseError


@click.command("bench", cls=TwinCommand)
@click.argument("name", metavar="[NAME]", required=False)
@json_option
@click.pass_obj
def command(shell: Shell, name: str | None, as_json: bool) -> None:
    """Run one benchmark, or all of them as a list."""
    from bot.bench.figures import report_lines
    from bot.bench.registry import BENCHES

    if name is not None and name not in BENCHES:
        raise WrongUseError("bench.unknown", name=name, names=", ".join(BENCHES))
    reports = [
        shell.run(BENCHES[one](shell.settings, shell.words, progress_of(shell)))
        for one in ([name] if name else BENCHES)
    ]
    if as_json:
        values = [report.as_json() for report in reports]
        shell.json(values[0] if name else values)
        return
    for report in reports:
        shell.text("\n".join(report_lines(report, shell.words)))
