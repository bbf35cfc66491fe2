"""``salestwin eval``: how often the twin is right."""

import click

from bot.cli.command import TwinCommand
from bot.cli.measures import measure, show
from bot.cli.options import json_option
from bot.cli.progress import progress_of
from bot.cli.shell import Shell


@click.command("eval", cls=TwinCommand)
@click.argument("name", metavar="[SET]", required=False)
@json_option
@click.pass_obj
def command(shell: Shell, name: str | None, as_json: bool) -> None:
    """Measure one set, or all of them as a list."""
    from bot.evaluation.registry import SETS, evaluate
    from bot.evaluation.report import report_lines

    settings, words, tell = shell.settings, shell.words, progress_of(shell)
    reports = measure(
        shell, name, SETS, "evaluation.unknown", lambda one: evaluate(one, settings, words, tell)
    )
    show(shell, reports, report_lines, as_json=as_json, single=name is not None)
