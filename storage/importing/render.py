"""The report as text for people; the words stand in ``words/report.<language>.j2``."""

from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from storage.importing.problems import LANGUAGES
from storage.importing.report import ImportReport, label

if TYPE_CHECKING:
    from jinja2 import Template

ROWS_SHOWN = 20


def render_report(report: ImportReport, language: str) -> str:
    """The whole report; of long lists the first rows and how many more there are."""
    language = language if language in LANGUAGES else "en"
    text = _template(language).render(
        report=report, label=partial(_label, language), rows_shown=ROWS_SHOWN, language=language
    )
    return f"{text.strip()}\n"


def _label(language: str, kind: str, name: str) -> str:
    return label(kind, name, language)


def _template(language: str) -> "Template":
    from jinja2 import Environment, StrictUndefined

    source = files("storage.importing") / "words" / f"report.{language}.j2"
    # The report is plain text in a terminal: escaping for HTML would spoil it.
    environment = Environment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - see above
    )
    return environment.from_string(source.read_text(encoding="utf-8"))
