"""From a message to a plan, a question or an honest "I did not understand". Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from agents.planner.days import find_days
from agents.planner.dictation import find_dictation
from agents.planner.followups import filled_again, is_elliptic
from agents.planner.language import Language, Wish, openers_of
from agents.planner.normalise import Normal, normalise
from agents.planner.plan import Step, distinct, from_diary
from agents.planner.replies import choose
from agents.planner.slots import (
    Ask,
    Filled,
    Scene,
    day_arguments,
    fill,
    name_at,
    strange_words,
)
from agents.planner.spans import (
    Span,
    find_spans,
    guessed_spans,
    narrowed,
    partial_spans,
    without_overlaps,
)
from agents.planner.state import Question, ThreadState
from agents.planner.wishes import Reading, Scored, WishReader
from tools.linking.lexicon import Lexicon, Match

# Within dictated words: a break, then words with which people turn to the twin.
_TURN = re.compile(
    r"([，,。.；;！!？?\s]+(?:顺便|顺带|另外|然后|再|还有|同时)?(?=(?:帮我|给我|告诉我|再?查|再?看|麻烦|"
    r"调|发我|我(?:明天|今天|下周)))"
    r"|[,.;!?\s]+(?:and |then |also |plus )+"
    r"(?=(?:tell|show|give|pull|check|look|find|get|what|when|who|how|brief)\b))"
)
_SURE_TURN = 0.6
_BESIDE_DAY = 8  # characters that an answer to "which day?" may have beside the day
_SURELY_FOREIGN = 0.6  # from here on the twin says that it cannot do that, not that it is lost
_FOREIGN = 0.4  # from here on a message is more likely not for us than about a stranger
_AND = re.compile(r"\s*(?:和|跟|与|及|以及|、|,|，|/|&|\+|and|还有|同)\s*")


@dataclass(frozen=True, slots=True)
class Understanding:
    """What to do: run ``steps``, ask ``question``, reply with talk, or admit defeat.

    ``declined`` are parts of the message that nothing here serves; the answer says so.
    ``foreign``: it was understood well enough to know that nothing here serves it.
    """

    steps: Sequence[Step] = ()
    echoes: Sequence[Match] = ()
    declined: Sequence[str] = ()
    question: Question | None = None
    ask: Ask | None = None
    reply: str | None = None
    close: Sequence[Wish] = ()
    foreign: bool = False


@dataclass(slots=True)
class Situation:
    """What the planner may use beside the message."""

    lexicon: Lexicon
    state: ThreadState
    today: date
    tools: frozenset[str]


class Understander:
    """Understands messages of one language."""

    def __init__(self, language: Language, cache: Path | None = None) -> None:
        self.language = language
        self._reader = WishReader(language, cache=cache)
        self._openers = openers_of(language.capabilities)

    def understand(self, text: str, situation: Situation) -> Understanding:
        """The plan for a message, or what to say instead."""
        message = normalise(text)
        spans = find_spans(message, situation.lexicon, situation.today, situation.state.day)
        if (settled := self._settle(message, situation)) is not None:
            return settled
        spans = self._with_partial(message, spans, situation.lexicon)
        dictated, spans = self._dictation(message, spans, situation.tools)
        reading = self._reader.read(message, spans, situation.tools)
        if dictated is None and (again := self._again(message, spans, reading, situation)):
            return again
        words = _dictated_words(message, dictated)
        building = _Scene(message, spans, situation, words, self._reader.knows)
        if reading.verdict != "clear":
            reading = self._with_guesses(message, building, reading, situation.tools)
        if reading.verdict == "clear":
            plan = self._plan(reading.found, building.build(), situation)
            said = [message.original[start:end].strip() for start, end in reading.declined]
            return replace(plan, declined=said)
        if reading.outside < _FOREIGN:
            stranger = self._about_stranger(message, spans, situation)
            if stranger is not None:
                return stranger
        if reading.verdict == "close":
            close = [scored.wish for scored in reading.nearest if scored.wish.tool]
            options = tuple((wish.label, wish.tool or "") for wish in close)
            return Understanding(close=close, question=Question("", {}, "", options, text))
        return Understanding(foreign=reading.outside >= _SURELY_FOREIGN)

    def _with_guesses(
        self, message: Normal, scene: "_Scene", reading: Reading, tools: frozenset[str]
    ) -> Reading:
        """Once more with the names that the message seems to mean; the answer echoes them."""
        named = any(span.kind == "customer" for span in scene.spans)
        guessed = [] if named else [s for s in scene.guesses if s.kind == "customer"]
        if not guessed:
            return reading
        again = self._reader.read(message, without_overlaps([*scene.spans, *guessed]), tools)
        return again if again.verdict == "clear" else reading

    def private_spans(self, text: str) -> list[tuple[int, int]]:
        """Offsets of dictated words in ``text`` (L3): egress hides them.

        A report that is itself the note is private as a whole.
        """
        message = normalise(text)
        found = find_dictation(message.folded, self._openers)
        if found is not None and len(message.original) == len(text):
            return [(found.start, found.end)]
        return [(0, len(text))] if found is not None or self._is_report(message) else []

    def _is_report(self, message: Normal) -> bool:
        tools = frozenset(wish.tool for wish in self.language.wishes if wish.tool)
        reading = self._reader.read(message, (), tools)
        return any(scored.told for scored in reading.found)

    def _dictation(
        self, message: Normal, spans: list[Span], tools: frozenset[str]
    ) -> tuple[Span | None, list[Span]]:
        """Dictated words become one span; names in them still say what the note is about."""
        found = find_dictation(message.folded, self._openers)
        if found is None:
            return None, spans
        end = self._end_of_dictation(message, spans, found.start, found.end, tools)
        text = Span("text", found.start, end, message.original[found.start : end])
        outside = [s for s in spans if s.end <= text.start or text.end <= s.start]
        inside = [s for s in spans if s.kind in ("customer", "contact", "opportunity")]
        return text, [*without_overlaps([*outside, text]), *(s for s in inside if s not in outside)]

    def _about_stranger(
        self, message: Normal, spans: Sequence[Span], situation: Situation
    ) -> Understanding | None:
        """A clear wish about a name that is not visible: the tool says that it is unknown."""
        scene = _Scene(message, list(spans), situation, None, self._reader.knows).build()
        everything = Scored(self.language.wishes[0], 0, len(message.folded), 0.0)
        for piece in strange_words(scene, everything):
            place = name_at(scene, *piece)
            if place is None or any(s.kind == "customer" for s in spans):
                continue
            said = message.original[place[0] : place[1]]
            if not self._frames(message, place, situation):
                continue
            name = Span("customer", *place, said)
            reading = self._reader.read(message, [*spans, name], situation.tools)
            best = reading.found[0] if reading.verdict == "clear" else None
            slot = best.wish.slots.get("customer") if best is not None else None
            if best is not None and best.wish.tool and slot is not None and slot.required:
                # Filling the slot looks the name up again: it may be part of several names.
                return self._plan([best], scene, situation)
        return None

    def _frames(self, message: Normal, place: tuple[int, int], situation: Situation) -> bool:
        """Whether what stands around a stranger's name alone already wishes for a customer."""
        around = (
            message.folded[: place[0]] + " " * (place[1] - place[0]) + message.folded[place[1] :]
        )
        bare = Normal(message.original, around)
        reading = self._reader.read(bare, (), situation.tools)
        best = (*reading.found, *reading.nearest)[:1]
        slot = best[0].wish.slots.get("customer") if best else None
        return slot is not None and slot.required and best[0].probability > reading.outside

    def _with_partial(self, message: Normal, spans: list[Span], lexicon: Lexicon) -> list[Span]:
        partial = partial_spans(message, lexicon, spans, self._reader.common)
        found = without_overlaps([*spans, *partial]) if partial else spans
        return narrowed(message, lexicon, found)

    def _end_of_dictation(
        self,
        message: Normal,
        spans: list[Span],
        start: int,
        end: int,
        tools: frozenset[str],
    ) -> int:
        """Dictated words end where the person turns to the twin again with a clear wish."""
        for hit in _TURN.finditer(message.folded, start, end):
            rest = Normal(message.original[hit.end(1) : end], message.folded[hit.end(1) : end])
            shift = hit.end(1)
            inner = [
                replace(s, start=s.start - shift, end=s.end - shift)
                for s in spans
                if shift <= s.start and s.end <= end
            ]
            reading = self._reader.read(rest, inner, tools)
            if reading.verdict == "clear" and reading.found[0].probability >= _SURE_TURN:
                return hit.start()
        return end

    def _settle(self, message: Normal, situation: Situation) -> Understanding | None:
        """An answer to the question that the planner asked just before."""
        question = situation.state.question
        if question is not None and not question.tool:
            return self._settle_between(message, question, situation)
        if question is None or question.tool not in situation.tools:
            return None
        if question.slot == "day":
            return self._settle_day(message, question, situation)
        said_as = [
            " ".join((label, *situation.lexicon.forms_of(value)))
            for label, value in question.options
        ]
        place = choose(message.original, said_as)
        value = None if place is None else question.options[place][1]
        if value is None and not question.options:
            value = self._short_answer(message, situation, question)
        if value is None:
            return None
        return Understanding([Step(question.tool, {**question.args, question.slot: value})])

    def _settle_day(
        self, message: Normal, question: Question, situation: Situation
    ) -> Understanding | None:
        """The date of a day that was called by a name, if the message is little more than that."""
        days = find_days(message.folded, situation.today)
        wish = self.language.wish_of(question.tool)
        if len(days) != 1 or wish is None:
            return None
        (day,) = days
        if len(message.folded.strip()) - (day.end - day.start) > _BESIDE_DAY:
            return None
        args = {**question.args, **day_arguments(question.slot, day, wish)}
        return Understanding([Step(question.tool, args)])

    def _settle_between(
        self, message: Normal, question: Question, situation: Situation
    ) -> Understanding | None:
        """The wish that was chosen, for the message that had left it open."""
        place = choose(message.original, [label for label, _ in question.options])
        wish = None if place is None else self.language.wish_of(question.options[place][1])
        if wish is None or wish.tool not in situation.tools:
            return None
        asked = normalise(question.text)
        spans = find_spans(asked, situation.lexicon, situation.today)
        spans = self._with_partial(asked, spans, situation.lexicon)
        dictated, spans = self._dictation(asked, spans, situation.tools)
        words = _dictated_words(asked, dictated)
        scene = _Scene(asked, spans, situation, words, self._reader.knows).build()
        return self._plan([Scored(wish, 0, len(asked.folded), 1.0)], scene, situation)

    def _short_answer(
        self, message: Normal, situation: Situation, question: Question
    ) -> str | None:
        """A bare name, or for free text the message itself, if it is no wish of its own."""
        links = situation.lexicon.scan(message.original)
        named = sum(link.end - link.start for link in links)
        if links and named * 2 >= len(message.folded.strip()):
            return links[0].matches[0].entity.name
        if question.slot in ("text", "query"):
            reading = self._reader.read(message, (), situation.tools)
            return message.original.strip() if reading.verdict != "clear" else None
        if not links and len(message.folded) <= 16:
            guesses = situation.lexicon.guess(message.original)
            return guesses[0].matches[0].entity.name if len(guesses) == 1 else None
        return None

    def _again(
        self, message: Normal, spans: Sequence[Span], reading: Reading, situation: Situation
    ) -> Understanding | None:
        """A follow-up that wants the last call once more: ``and tomorrow?``"""
        call = situation.state.last_call
        wish = self.language.wish_of(call[0]) if call else None
        if call is None or wish is None or call[0] not in situation.tools:
            return None
        if not is_elliptic(message, spans, clear=reading.verdict == "clear"):
            return None
        name_of = partial(unique_name, lexicon=situation.lexicon)
        filled = filled_again(call[1], wish, message, spans, name_of)
        if filled is None:
            return None
        if filled.ask is not None:
            return _question(call[0], filled.args, filled.ask, situation.lexicon)
        return Understanding([Step(call[0], filled.args)])

    def _plan(self, found: Sequence[Scored], scene: Scene, situation: Situation) -> Understanding:
        steps: list[Step] = []
        echoes: list[Match] = []
        for scored in found:
            if scored.wish.tool is None:
                if len(found) == 1:
                    return Understanding(reply=scored.wish.reply)
                continue
            filled = fill(scored, scene, lambda match: unique_name(match, situation.lexicon))
            if filled.ask is not None and self._diary_helps(filled, scene, situation):
                steps += _through_diary(scored, filled, scene)
                continue
            if filled.ask is not None:
                return _question(scored.wish.tool, filled.args, filled.ask, situation.lexicon)
            echoes += filled.echoes
            steps += self._fan_out(Step(scored.wish.tool, filled.args), scored, scene, situation)
        return Understanding(distinct(steps), echoes)

    def _fan_out(
        self, step: Step, scored: Scored, scene: Scene, situation: Situation
    ) -> list[Step]:
        """``A 和 B 的情况``: the same call for every customer of the enumeration."""
        named = [
            s
            for s in scene.spans
            if s.kind == "customer" and scored.start <= s.start and s.end <= scored.end
        ]
        row = named[:1]
        for span in named[1:]:
            between = scene.message.folded[row[-1].end : span.start]
            if _AND.fullmatch(between) and len(span.matches) == 1:
                row.append(span)
        if len(row) < 2 or "customer" not in step.args or scored.wish.openers:
            return [step]
        return [replace(step, args={**step.args, "customer": _name(s, situation)}) for s in row]

    def _diary_helps(self, filled: Filled, scene: Scene, situation: Situation) -> bool:
        ask = filled.ask
        return (
            ask is not None
            and ask.slot == "customer"
            and not ask.options
            and "my_day" in situation.tools
            and from_diary(scene.message)
        )


@dataclass
class _Scene:
    """Builds a ``Scene`` whose guesses are made at most once, and only when asked for."""

    message: Normal
    spans: list[Span]
    situation: Situation
    dictated: str | None
    knows: Callable[[str], bool]

    @cached_property
    def guesses(self) -> list[Span]:
        return guessed_spans(self.message, self.situation.lexicon, self.spans)

    def build(self) -> Scene:
        return Scene(
            self.message,
            self.spans,
            self.situation.state,
            self.dictated,
            lambda: self.guesses,
            self.knows,
            self.situation.lexicon.lookup,
        )


def unique_name(match: Match, lexicon: Lexicon) -> str:
    """The full name of an entity, or its id where another bears the same name."""
    entity = match.entity
    same = [m for m in lexicon.lookup(entity.name, entity.kind) if m.how == "exact"]
    return entity.name if len(same) <= 1 else entity.id


def _name(span: Span, situation: Situation) -> str:
    return unique_name(span.matches[0], situation.lexicon)


def _dictated_words(message: Normal, span: Span | None) -> str | None:
    return message.original[span.start : span.end].strip() if span else None


def _question(tool: str, args: dict[str, Any], ask: Ask, lexicon: Lexicon) -> Understanding:
    options = tuple((_label(match), unique_name(match, lexicon)) for match in ask.options)
    return Understanding(question=Question(tool, args, ask.slot, options), ask=ask)


def _label(match: Match) -> str:
    return f"{match.entity.name} · {match.hint}" if match.hint else match.entity.name


def _through_diary(scored: Scored, filled: Filled, scene: Scene) -> list[Step]:
    day = next((s for s in scene.spans if s.kind == "day"), None)
    args = {"day": day.value.first.isoformat()} if day and day.value else {}
    tool = scored.wish.tool or ""
    return [Step("my_day", args), Step(tool, filled.args, {"customer": "customer"})]
