"""Markdown as it streams in, turned into styled spans as early as they are certain.

Pure: the same text gives the same spans, however it is cut into pieces. It knows what chat
answers use: headings, bullets, quotes, rules, fences, pipe tables, bold and code.
"""

import re
from dataclasses import dataclass, field

from bot.render.harmless import harmless
from bot.render.table import grid

Span = tuple[str, str]  # text and style; "" is plain, the others are names in bot.render.terminal

_OPENERS = ("#", "-", "*", "+", ">", "_", "`", " ")  # may begin a marked line
_CERTAIN = 12  # characters after which the kind of a line is known
_HEADING = re.compile(r"#{1,6} ")
_BULLET = re.compile(r"( {0,8})[-*+] ")
_QUOTE = re.compile(r"> ?")
_RULE = re.compile(r"([-*_])\1{2,} *$")
_LONG_RULE = re.compile(r"([-*_])\1{2,}")
_INLINE = re.compile(r"[*`\n]")
_CELLS = re.compile(r"(?<!\\)\|")
_DIVIDER = re.compile(r"[\s|:\-]+")


@dataclass(slots=True)
class MarkdownStream:
    """Feed it deltas, get spans; ``close`` gives what was held back.

    ``width`` is the terminal's width in cells, which tables and rules must fit.
    """

    width: int = 80
    _held: str = ""
    _fresh: bool = True  # at the start of a line
    _style: str = ""  # of the line
    _bold: bool = False
    _code: bool = False
    _fenced: bool = False
    _table: list[str] = field(default_factory=list)

    def feed(self, delta: str) -> list[Span]:
        """The spans that have become certain with this delta."""
        self._held += delta.replace("\r", "")
        return self._drain(final=False)

    def close(self) -> list[Span]:
        """The rest; the stream is as new afterwards."""
        spans = self._drain(final=True) + self._table_spans()
        self._fenced = False
        self._end_line()
        return merged(spans)

    def _drain(self, *, final: bool) -> list[Span]:
        spans: list[Span] = []
        while self._held:
            step = self._begin(final) if self._fresh else self._inside(final)
            if step is None:
                break
            spans += step
        return merged(spans)

    def _begin(self, final: bool) -> list[Span] | None:
        """Decide what kind of line begins; None while that is not certain."""
        line, newline, rest = self._held.partition("\n")
        whole = bool(newline) or final
        if self._fenced or line.startswith(("|", "```")) or _LONG_RULE.match(line):
            if not whole:
                return None
            self._held = rest
            return self._whole_line(line, newline)
        if line[:1] in _OPENERS and not whole and len(line) < _CERTAIN:
            return None
        return self._table_spans() + self._open_line(line)

    def _whole_line(self, line: str, newline: str) -> list[Span]:
        """A line that can only be shown when all of it is there."""
        if line.startswith("```"):
            self._fenced = not self._fenced
            return self._table_spans()
        if self._fenced:
            return [(harmless(line) + newline, "code")]
        if line.startswith("|"):
            self._table.append(line)
            return []
        if _RULE.fullmatch(line):
            return [*self._table_spans(), ("─" * min(self.width, 40) + newline, "dim")]
        self._held = line + newline + self._held
        return self._table_spans() + self._open_line(line)

    def _open_line(self, line: str) -> list[Span]:
        self._fresh = False
        if match := _HEADING.match(line):
            self._style, lead = "heading", ""
        elif match := _BULLET.match(line):
            lead = f"{match[1]}• "
        elif match := _QUOTE.match(line):
            self._style, lead = "quote", "│ "
        else:
            return []
        self._held = self._held[match.end() :]
        return [(lead, self._style)]

    def _inside(self, final: bool) -> list[Span] | None:
        """The next piece of a line, up to the next mark."""
        match = _INLINE.search(self._held)
        if match is None:
            text, self._held = self._held, ""
            return [self._span(text)]
        if match.start():
            text, self._held = self._held[: match.start()], self._held[match.start() :]
            return [self._span(text)]
        return self._mark(final)

    def _mark(self, final: bool) -> list[Span] | None:
        mark = self._held[0]
        if mark == "*" and self._held == "*" and not final:
            return None
        if mark == "*" and self._held.startswith("**") and not self._code:
            self._bold, self._held = not self._bold, self._held[2:]
            return []
        self._held = self._held[1:]
        if mark == "`":
            self._code = not self._code
            return []
        if mark == "\n":
            self._end_line()
            return [("\n", "")]
        return [self._span(mark)]

    def _span(self, text: str) -> Span:
        style = "code" if self._code else "bold" if self._bold else self._style
        return harmless(text), style

    def _end_line(self) -> None:
        self._fresh, self._style, self._bold, self._code = True, "", False, False

    def _table_spans(self) -> list[Span]:
        rows = [_cells(line) for line in self._table if not _DIVIDER.fullmatch(line)]
        self._table = []
        if not rows:
            return []
        columns = max(map(len, rows))
        even = [row + [""] * (columns - len(row)) for row in rows]
        return [("\n".join(grid(even[0], even[1:], self.width)) + "\n", "")]


def merged(spans: list[Span]) -> list[Span]:
    """Neighbours of one style as one span; empty ones dropped."""
    result: list[Span] = []
    for text, style in spans:
        if result and result[-1][1] == style:
            result[-1] = (result[-1][0] + text, style)
        elif text:
            result.append((text, style))
    return result


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _CELLS.split(inner)]
