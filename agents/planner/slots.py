"""Stage 4: arguments from spans, then from the thread; one question for what is missing."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.planner.dayspans import DaySpan
from agents.planner.language import Slot, Wish
from agents.planner.normalise import Normal
from agents.planner.samples import MESSAGE
from agents.planner.spans import Span
from agents.planner.state import ThreadState
from agents.planner.tokens import tokens_of
from agents.planner.wishes import Scored
from tools.linking.lexicon import Match

_PRONOUN = re.compile(
    r"他们|她们|它们|这家|那家|该客户|这个客户|那个客户|这客户|对方|贵方|人家|这边|那边|他家|"
    r"\b(?:they|them|their|theirs|this (?:customer|account|client)|that (?:customer|account|client)"
    r"|the (?:customer|account|client)|this one|it|its)\b"
)
# The message asks about what has been: "what did I do on Tuesday", 周三我去了哪几家.
_HAS_BEEN = re.compile(
    r"[去见跑做干聊谈办忙拜访写记开打][过了](?!吗|没)[哪谁啥什几多]|都?[去见跑做干聊谈办忙](?:过|了)(?:谁|哪|啥|什么|几)|"
    r"(?<![排约定订])了(?:些|点)?(?:啥|什么|谁|哪)|"
    r"\b(?:what|who|whom|where|how many|which)\b[^.?!]{0,24}\b(?:did|was|were|had)\b"
)
_LONGEST_ENDING = 8  # what a name may go on with in ordinary words: 电子, 医疗器械
_SHORT_MESSAGE = 40
_SURE_PERSON = 0.88  # names of people are short: a near miss is often another word
_LITTLE_ZH = frozenset(
    "的跟和与给把对向在是有没要会去到从被让我你他她它们这那个家位了吗呢啊呀嘛吧哈就都也还"
)
_CAPITALS = re.compile(r"[A-Z][\w&'.-]*(?:\s+[A-Z][\w&'.-]*)*")
_WORD = re.compile(r"[a-z][a-z0-9&'.-]*(?:\s+[a-z][a-z0-9&'.-]*)*|[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Ask:
    """A question for one argument; ``options`` are full names to choose from."""

    slot: str
    said: str = ""
    options: tuple[Match, ...] = ()


@dataclass(slots=True)
class Filled:
    """Arguments found, guesses to echo, and at most one question."""

    args: dict[str, Any] = field(default_factory=dict)
    echoes: list[Match] = field(default_factory=list)
    ask: Ask | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that slots may be filled from."""

    message: Normal
    spans: Sequence[Span]
    state: ThreadState
    dictated: str | None
    guesses: Callable[[], Sequence[Span]]
    knows: Callable[[str], bool]
    lookup: Callable[[str, str], Sequence[Match]]

    def has_pronoun(self) -> bool:
        """Whether the message points back: 他们, this customer."""
        return bool(_PRONOUN.search(self.message.folded))


def fill(scored: Scored, scene: Scene, name_of: Callable[[Match], str]) -> Filled:
    """Fill the slots of one wish. ``name_of`` gives the argument text for a linked entity."""
    filled = Filled({k: _worded(v, scored, scene) for k, v in scored.implied.items()})
    for name, slot in scored.wish.slots.items():
        if name in filled.args:
            continue
        _fill_one(name, slot, scored, scene, filled, name_of)
        if filled.ask is not None and "day" not in slot.source:
            break
    return filled


def _worded(value: Any, scored: Scored, scene: Scene) -> Any:
    """An implied argument; what is taken down are the dictated words, or the stretch itself."""
    if value != MESSAGE:
        return value
    return scene.dictated or scene.message.original[scored.start : scored.end].strip()


def _fill_one(
    name: str,
    slot: Slot,
    scored: Scored,
    scene: Scene,
    filled: Filled,
    name_of: Callable[[Match], str],
) -> None:
    implied = _implied_by_span(slot, scored, scene)
    if implied is not None:
        filled.args[name] = implied
        return
    for source in slot.source:
        if _fill_from(source, name, scored, scene, filled, name_of):
            return
    if slot.required and name not in filled.args and filled.ask is None:
        filled.ask = Ask(name)


def _implied_by_span(slot: Slot, scored: Scored, scene: Scene) -> Any:
    for kind, value in slot.when.items():
        if any(s.kind == kind and scored.start <= s.start < scored.end for s in scene.spans):
            return value
    return None


def _fill_from(
    source: str,
    name: str,
    scored: Scored,
    scene: Scene,
    filled: Filled,
    name_of: Callable[[Match], str],
) -> bool:
    """True when this source settles the slot."""
    match source:
        case "cue":
            return False
        case "dictation":
            if scene.dictated:
                filled.args[name] = scene.dictated
            return bool(scene.dictated)
        case "text":
            filled.args[name] = scene.message.original[scored.start : scored.end].strip()
            return True
        case "day":
            return _fill_day(name, scored, scene, filled)
        case _:
            return _fill_entity(name, source, scored, scene, filled, name_of)


def _fill_day(name: str, scored: Scored, scene: Scene, filled: Filled) -> bool:
    span = _first(scene.spans, "day", scored)
    if span is None:
        return False
    if span.value is None:
        filled.ask = Ask(name, span.said)
        return True
    day = meant_day(span, scored.wish.slots[name], scene.message)
    filled.args |= day_arguments(name, day, scored.wish)
    return True


def day_arguments(name: str, day: DaySpan, wish: Wish) -> dict[str, Any]:
    """A day as arguments of a wish; how many only where they are several."""
    several = "days" in wish.slots and day.days > 1
    return {name: day.first.isoformat()} | ({"days": day.days} if several else {})


def meant_day(span: Span, slot: Slot, message: Normal) -> DaySpan:
    """The day of a span; its past meaning where the slot or the message is of what has been."""
    day: DaySpan = span.value
    past = slot.past or bool(_HAS_BEEN.search(message.folded))
    return day.past if past and day.past is not None else day


def _fill_entity(
    name: str,
    kind: str,
    scored: Scored,
    scene: Scene,
    filled: Filled,
    name_of: Callable[[Match], str],
) -> bool:
    """True when the slot is settled: filled, or a question about it is open."""
    slot = scored.wish.slots[name]
    matches = entity_matches(kind, scored, scene)
    if matches is None and (span := _guess(kind, scene)) is not None:
        matches = span.matches
        if len(matches) == 1:
            filled.echoes.append(matches[0])
    if matches:
        if len(matches) > 1:
            filled.ask = Ask(name, matches[0].said, matches)
        else:
            filled.args[name] = name_of(matches[0])
        return True
    if kind == "person" and (stranger := _strange_person(scored, scene)):
        filled.args[name] = stranger
        return True
    remembered = scene.state.focus.get(kind) if slot.keep else None
    if remembered is not None and scene.has_pronoun():
        filled.args[name] = remembered.name
        return True
    if (
        kind == "customer"
        and slot.required
        and _from_strange_words(name, scored, scene, filled, name_of)
    ):
        return True
    if remembered is not None and slot.required:
        filled.args[name] = remembered.name
        return True
    return False


def _strange_person(scored: Scored, scene: Scene) -> str | None:
    """Somebody whom nobody knows, where a colleague's name stands: 张三丰的笔记.

    The tool then says that there is no such person, instead of answering about the caller.
    """
    for piece in strange_words(scene, scored):
        place = name_at(scene, *piece, kind="person")
        if place is not None:
            return scene.message.original[slice(*place)].removesuffix("'s")
    return None


def _from_strange_words(
    name: str, scored: Scored, scene: Scene, filled: Filled, name_of: Callable[[Match], str]
) -> bool:
    """Words that nothing explains: part of a visible name, a misspelt one, or nobody's name.

    For a name that nobody visible bears, the tool answers that it is unknown.
    """
    if not scored.wish.slots[name].required and not _asks_for_records(scored):
        return False
    pieces = list(strange_words(scene, scored))
    for start, end in pieces:
        said = scene.message.original[start:end]
        matches = tuple(scene.lookup(said, "customer"))
        if len(matches) > 1:
            filled.ask = Ask(name, said, matches)
            return True
        if matches:
            filled.args[name] = name_of(matches[0])
            filled.echoes += [matches[0]] if matches[0].guessed else []
            return True
    if not scored.wish.slots[name].required:
        return False
    strangers = [p for p in (name_at(scene, *piece) for piece in pieces) if p is not None]
    if strangers:
        start, end = max(strangers, key=lambda p: p[1] - p[0])
        filled.args[name] = scene.message.original[start:end]
    return bool(strangers)


def name_at(scene: Scene, start: int, end: int, kind: str = "customer") -> tuple[int, int] | None:
    """The stretch from ``start`` that stands where names stand, if any: 泰萨罗 → 泰萨罗电子."""
    said = scene.message.folded[start:end]
    limit = min(len(scene.message.folded), end + _LONGEST_ENDING)
    for stop in range(end, limit + 1):
        if said.isascii() != scene.message.folded[start:stop].isascii():
            return None  # a name is of one script
        if _stands_like_a_name(scene, start, stop, kind):
            return start, stop
    return None


def entity_matches(kind: str, scored: Scored, scene: Scene) -> tuple[Match, ...] | None:
    """What the message says of that kind: in the wish's own clause first, then anywhere."""
    span = _first(scene.spans, kind, scored)
    if span is not None:
        return span.matches
    if kind != "customer":
        return None
    for other in ("contact", "opportunity"):
        if span := _first(scene.spans, other, scored):
            parents = {m.parent.id: m.parent for m in span.matches if m.parent is not None}
            return tuple(Match(p, "exact", 1.0, span.said) for p in parents.values()) or None
    return None


def _first(spans: Sequence[Span], kind: str, scored: Scored) -> Span | None:
    same = [span for span in spans if span.kind == kind]
    inside = [s for s in same if scored.start <= s.start and s.end <= scored.end]
    before = [s for s in same if s.end <= scored.start]
    return inside[0] if inside else before[-1] if before else same[0] if same else None


def _guess(kind: str, scene: Scene) -> Span | None:
    least = _SURE_PERSON if kind == "person" else 0.0
    fits = (s for s in scene.guesses() if s.kind == kind and s.matches[0].score >= least)
    return next(fits, None)


def _asks_for_records(scored: Scored) -> bool:
    """Free text (a query, dictated words) is full of words that are nobody's name."""
    sources = {source for slot in scored.wish.slots.values() for source in slot.source}
    return not sources & {"text", "dictation"}


def strange_words(scene: Scene, scored: Scored) -> Iterator[tuple[int, int]]:
    """Stretches of the wish's clause that no language file and no visible name explains.

    ``给我看看阿里山集团的简报`` in a thread about another customer must not answer about that one.
    """
    folded = scene.message.folded
    for hit in _WORD.finditer(folded, scored.start, scored.end):
        if any(s.start < hit.end() and hit.start() < s.end for s in scene.spans):
            continue
        for piece_start, piece_end in _unexplained(hit.group(), scene.knows):
            start, end = _trimmed(folded, hit.start() + piece_start, hit.start() + piece_end)
            start, end = _capitals(scene.message.original, start, end)
            if end - start >= 2:
                yield start, end


def _capitals(original: str, start: int, end: int) -> tuple[int, int]:
    """The run of capitalised words in a stretch of Latin words, where there is one."""
    hit = _CAPITALS.search(original, start, end)
    return (hit.start(), hit.end()) if hit and original[start:end].isascii() else (start, end)


def _trimmed(folded: str, start: int, end: int) -> tuple[int, int]:
    """Without the little words that stick to a name."""
    while start < end and folded[start] in _LITTLE_ZH:
        start += 1
    while start < end and folded[end - 1] in _LITTLE_ZH:
        end -= 1
    return start, end


def _stands_like_a_name(scene: Scene, start: int, end: int, kind: str) -> bool:
    """Whether its neighbours are neighbours of such a name in the sentences of the files."""
    folded, said = scene.message.folded, scene.message.original[start:end]
    if any(c in "的了吗呢" for c in said):
        return False
    if said.isascii() and said.islower() and not _may_be_a_name(said, folded):
        return False
    before = tokens_of(folded[:start])[-1:]
    after = tokens_of(folded[end:])[:1]
    left = not before or scene.knows(f"{before[0]}_{{{kind}}}")
    right = not after or scene.knows(f"{{{kind}}}_{after[0]}")
    return left and right


def _may_be_a_name(said: str, folded: str) -> bool:
    """Names without a capital: one longer word of a short message that has other words too."""
    return len(folded) <= _SHORT_MESSAGE and " " not in said and 5 <= len(said) < len(folded)


def _unexplained(text: str, knows: Callable[[str], bool]) -> list[tuple[int, int]]:
    if text.isascii():
        words = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
        strange = [(s, e) for s, e in words if not all(map(knows, tokens_of(text[s:e])))]
        return _joined(strange, gap=1)
    known = [False] * len(text)
    for i in range(len(text) - 1):
        if knows(f"{text[i]}_{text[i + 1]}"):
            known[i] = known[i + 1] = True
    strange = [(i, i + 1) for i, is_known in enumerate(known) if not is_known]
    return [(s, e) for s, e in _joined(strange, gap=0) if e - s >= 2]


def _joined(pieces: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and start - joined[-1][1] <= gap:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
