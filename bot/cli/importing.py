"""``salestwin import``: a company's own data from CSV, Excel or SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.command import TwinCommand
from bot.cli.options import json_option
from bot.cli.progress import progress_of
from bot.cli.shell import Shell
from bot.errors import CommandError, WrongUseError

if TYPE_CHECKING:
    from storage.importing import Progress

FAILED = 1


@click.command("import", cls=TwinCommand)
@click.argument("source", metavar="PATH")
@click.option("--mapping", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True)
@json_option
@click.pass_obj
def command(shell: Shell, source: str, mapping: Path | None, dry_run: bool, as_json: bool) -> int:
    """Import and report; 1 if nothing could be imported, or nothing of a whole table."""
    from storage.importing import run

    if mapping is not None and not mapping.is_file():
        raise WrongUseError("usage.file", path=str(mapping))
    line = progress_of(shell)

    def tell(progress: "Progress") -> None:
        line(f"import_{progress.step}:{progress.table}", progress.done, progress.total)

    with shell.ready_app() as app, _worded(shell):
        report = run(
            app.database,
            source,
            mapping=mapping,
            clock=app.clock,
            dry_run=dry_run,
            progress=tell,
            language=shell.words.language,
        )
        if report.code == "imported":
            from bot.founding import shelve

            shelve(app.database, app.clock, line)
    if as_json:
        shell.json(report.model_dump(mode="json"))
    else:
        shell.text(report.text(shell.words.language).rstrip())
    return FAILED if report.code == "mapping_needed" or report.lost else 0


@contextmanager
def _worded(shell: Shell) -> Iterator[None]:
    """The importer has its own sentences for what is wrong with a source or a mapping."""
    from storage.importing import ImportProblem

    try:
        yield
    except ImportProblem as problem:
        sentence = problem.sentence(shell.words.language)
        code = f"import.{problem.code}"
        raise CommandError("errors.worded", code=code, sentence=sentence) from problem
