"""``salestwin bench``: how fast it is and how much it takes."""

import click

from bot.cli.command import TwinCommand
from bot.cli.measures import measure, show
from bot.cli.options import json_option
from bot.cli.progress import progress_of
from bot.cli.shell import Shell


@click.command("bench", cls=TwinCommand)
@click.argument("name", metavar="[NAME]", required=False)
@json_option
@click.pass_obj
def command(shell: Shell, name: str | None, as_json: bool) -> None:
    """Run one benchmark, or all of them as a list."""
    from bot.bench.figures import report_lines
    from bot.bench.registry import BENCHES

    settings, words, tell = shell.settings, shell.words, progress_of(shell)
    reports = measure(
        shell, name, BENCHES, "bench.unknown", lambda one: BENCHES[one](settings, words, tell)
    )
    show(shell, reports, report_lines, as_json=as_json, single=name is not None)
