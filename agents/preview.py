"""Turns a model's chunks into a preview that never has to say something untrue.

Text is passed on sentence by sentence, and not beyond a claim that no receipt proves.
"""

from collections.abc import Iterator

from langchain_core.messages import AIMessageChunk, ToolMessage

from agents.answer import Answer, is_strict, tool_words
from agents.claims import is_unproven, sentences
from agents.events import Delta, TurnEvent, Withdraw


class Preview:
    """The shown text of one turn."""

    def __init__(self) -> None:
        self._shown = ""
        self._waiting = ""
        self._message: str | None = None
        self._closed = False
        self._results: list[ToolMessage] = []

    def chunk(self, chunk: AIMessageChunk) -> Iterator[TurnEvent]:
        """More of a model's message. A new message takes back what an earlier one showed."""
        if chunk.id != self._message:
            yield from self.withdraw()
            self._message = chunk.id
        self._waiting += str(chunk.text)
        *whole, self._waiting = [*sentences(self._waiting)] or [""]
        yield from self._show(whole)

    def results(self, messages: list[ToolMessage]) -> None:
        """The turn's tool results so far: what they said is proven."""
        self._results = messages

    def withdraw(self) -> Iterator[TurnEvent]:
        """Take back what was shown, because another message takes its place."""
        if self._shown:
            yield Withdraw()
        self._shown, self._waiting, self._closed = "", "", False

    def finish(self, answer: Answer) -> Iterator[TurnEvent]:
        """Bring the preview in line with the answer."""
        text = answer.answer.markdown
        if not text.startswith(self._shown):
            self._shown = self._shown.rstrip()  # the answer ends without blank lines
        if not text.startswith(self._shown):
            yield from self.withdraw()
        if rest := text[len(self._shown) :]:
            yield Delta(rest)

    def _show(self, whole: list[str]) -> Iterator[TurnEvent]:
        proofs, strict = tool_words(self._results), is_strict(self._results)
        for sentence in whole:
            self._closed = self._closed or is_unproven(sentence, proofs, strict=strict)
            text = sentence if self._shown else sentence.lstrip()
            if not self._closed and text:
                self._shown += text
                yield Delta(text)
