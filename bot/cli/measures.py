"""What ``eval`` and ``bench`` share: one measurement by name, or all of them as a list."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from bot.cli.shell import Shell
from bot.errors import WrongUseError
from bot.wording import Words


class Report(Protocol):
    """The outcome of one measurement."""

    def as_json(self) -> dict[str, Any]:
        """Its JSON object."""


ReportT = TypeVar("ReportT", bound=Report)


def measure(
    shell: Shell,
    name: str | None,
    known: Iterable[str],
    unknown: str,
    work: Callable[[str], Coroutine[Any, Any, ReportT]],
) -> list[ReportT]:
    """The report of ``name``, or of all that are ``known``; ``unknown`` words a wrong name."""
    names = list(known)
    if name is not None and name not in names:
        raise WrongUseError(unknown, name=name, names=", ".join(names))
    return [shell.run(work(one)) for one in ([name] if name else names)]


def show(
    shell: Shell,
    reports: Sequence[ReportT],
    lines: Callable[[ReportT, Words], list[str]],
    *,
    as_json: bool,
    single: bool,
) -> None:
    """Print the reports: one JSON value (an object for a ``single`` one), or lines for people."""
    if as_json:
        values = [report.as_json() for report in reports]
        shell.json(values[0] if single else values)
        return
    for report in reports:
        shell.text("\n".join(lines(report, shell.words)))
