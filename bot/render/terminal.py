"""What the terminal shows under a streamed answer. Pure: a reply in, styled spans out."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from bot.messages import Action, Reply
from bot.render.harmless import harmless
from bot.render.stream import MarkdownStream, Span
from bot.render.table import shortened, table_lines
from bot.wording import Words
from tools.artifact import Citation

# Rich styles by the names that spans use.
STYLES = {
    "heading": "bold cyan",
    "bold": "bold",
    "code": "cyan",
    "quote": "italic",
    "dim": "dim",
    "button": "bold reverse",
    "error": "red",
}
_QUOTE_CELLS = 48
_FOOTNOTES = 8  # a brief has dozens; its lines name their sources themselves


def below(reply: Reply, words: Words, width: int, zone: tzinfo) -> list[Span]:
    """Tables, charts, footnotes and numbered buttons of an answer, each block after a blank line.

    ``width`` is in cells; moments are shown in ``zone``.
    """
    blocks = [
        *([("\n".join(table_lines(table, width)), "")] for table in reply.tables),
        *(
            [(words("chat.chart", title=chart.title, path=chart.path), "dim")]
            for chart in reply.charts
        ),
        _footnotes(reply.citations, words),
        buttons(reply.actions, words, zone),
    ]
    spans: list[Span] = []
    for block in filter(None, blocks):
        spans += [("\n", ""), *block, ("\n", "")]
    return spans


def whole(markdown: str, width: int) -> list[Span]:
    """A complete text, for one that did not stream."""
    stream = MarkdownStream(width)
    return [*stream.feed(markdown.strip() + "\n"), *stream.close()]


def buttons(actions: Sequence[Action], words: Words, zone: tzinfo) -> list[Span]:
    """``1 采纳  2 修改  3 忽略`` and until when."""
    spans: list[Span] = []
    for number, action in enumerate(actions, start=1):
        spans += [(f" {number} ", "button"), (f" {harmless(action.label)}   ", "")]
    until = _until(actions, words, zone)
    return [*spans, (until, "dim")] if spans else []


def plain(spans: Sequence[Span]) -> str:
    """The text alone, for a pipe."""
    return "".join(text for text, _ in spans)


def _footnotes(citations: Sequence[Citation], words: Words) -> list[Span]:
    lines = []
    for citation in citations[:_FOOTNOTES]:
        where = " · ".join(filter(None, (citation.title, citation.locator)))
        quote = shortened(citation.quote, _QUOTE_CELLS)
        key = "chat.footnote_quote" if quote else "chat.footnote"
        lines.append(words(key, id=citation.id, where=where, quote=quote))
    if len(citations) > _FOOTNOTES:
        lines.append(words("chat.more_footnotes", count=len(citations) - _FOOTNOTES))
    return [(harmless("\n".join(lines)), "dim")] if lines else []


def _until(actions: Sequence[Action], words: Words, zone: tzinfo) -> str:
    moments = [action.expires_at for action in actions if action.expires_at is not None]
    return words("chat.until", moment=_local(min(moments), zone)) if moments else ""


def _local(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%m-%d %H:%M}"
