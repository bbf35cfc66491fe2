"""``salestwin eval``: how often the twin is right."""

import click

from bot.cli.command import TwinCommand
from bot.cli.options import json_option
from bot.cli.progress import progress_of
from bot.cli.shell import Shell
from bot.errors import WrongUseError


@click.command("eval", cls=TwinCommand)
@click.argument("name", metavar="[SET]", required=False)
@json_option
@click.pass_obj
def command(shell: Shell, name: str | None, as_json: bool) -> None:
    """Measure one set, or all of them as a list."""
    from bot.evaluation.registry import SETS, evaluate
    from bot.evaluation.report import report_lines

    if name is not None and name not in SETS:
        raise WrongUseError("evaluation.unknown", name=name, names=", ".join(SETS))
    reports = [
        shell.run(evaluate(one, shell.settings, shell.words, progress_of(shell)))
        for one in ([name] if name else SETS)
    ]
    if as_json:
        values = [report.as_json() for report in reports]
        shell.json(values[0] if name else values)
        return
    for report in reports:
        shell.text("\n".join(report_lines(report, shell.words)))
