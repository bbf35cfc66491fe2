"""All names that one caller may see, in one automaton. Pure: built from entries, asked with text.

A name outside the caller's rights is not in here, so it is simply unknown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tools.artifact import Entity
from tools.linking.forms import fold, is_latin
from tools.linking.near import near_forms, same_sound, sounding_spans

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

How = Literal["exact", "alias", "homophone", "typo"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entity with the forms it is said in; ``forms[0]`` is its full name.

    ``parent`` is the customer of a contact or a deal.
    """

    entity: Entity
    forms: tuple[str, ...]
    parent: Entity | None = None
    hint: str = ""  # what tells two of one name apart: region, city, title


@dataclass(frozen=True, slots=True)
class Match:
    """What a piece of text may mean. ``said`` is the text itself, ``score`` 0..1."""

    entity: Entity
    how: How
    score: float
    said: str
    parent: Entity | None = None
    hint: str = ""

    @property
    def guessed(self) -> bool:
        """Whether the link must be echoed, because the text was not a name as it stands."""
        return self.how in ("homophone", "typo")


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of text (offsets into it) and the entities that bear that name."""

    start: int
    end: int
    matches: tuple[Match, ...]


@dataclass(slots=True)
class Lexicon:
    """The names of one scope. ``scan`` finds names in a text, ``lookup`` judges a whole name."""

    entries: Sequence[Entry]
    _forms: dict[str, list[tuple[Entry, How]]] = field(default_factory=dict)
    _patterns: list[str] = field(default_factory=list)
    _first_words: dict[str, list[Entry]] = field(default_factory=dict)
    _by_id: dict[str, list[Entry]] = field(default_factory=dict)
    _automaton: "AhoCorasick | None" = None

    def __post_init__(self) -> None:
        for entry in self.entries:
            self._by_id.setdefault(entry.entity.id, []).append(entry)
            for number, form in enumerate(entry.forms):
                how: How = "exact" if number == 0 else "alias"
                owners = self._forms.setdefault(fold(form), [])
                if all(owner is not entry for owner, _ in owners):
                    owners.append((entry, how))
            for word in {fold(f).split(" ")[0] for f in entry.forms if " " in f}:
                if entry.entity.kind == "customer" and is_latin(word) and len(word) >= 4:
                    self._first_words.setdefault(word, []).append(entry)
        self._patterns = list(self._forms)

    @property
    def forms(self) -> Sequence[str]:
        """Every folded form."""
        return self._patterns

    def scan(self, text: str) -> list[Link]:
        """Names in the text, longest first where they overlap, in reading order."""
        folded = fold(text)
        found = (
            (start, end)
            for _, start, end in self._machine().find_matches_as_indexes(folded, overlapping=True)
            if _whole_word(folded, start, end)
        )
        links = [
            Link(start, end, self._matches(folded[start:end], text[start:end]))
            for start, end in _longest(found)
        ]
        return sorted(links, key=lambda link: link.start)

    def guess(self, text: str, taken: Iterable[Link] = ()) -> list[Link]:
        """Names that the text seems to mean: same sound or nearly the same letters."""
        folded = fold(text)
        covered = [(link.start, link.end) for link in taken]
        spans = [
            *((s, e, form, "homophone", 0.95) for s, e, form in sounding_spans(folded, self.forms)),
            *((s, e, form, "typo", score) for s, e, form, score in near_forms(folded, self.forms)),
        ]
        spans.sort(key=lambda span: (-span[4], -(span[1] - span[0])))
        links: list[Link] = []
        for start, end, form, how, score in spans:
            if any(start < e and s < end for s, e in covered):
                continue
            same = [f for s, e, f, _, sc in spans if (s, e) == (start, end) and sc == score]
            matches = tuple(
                Match(entry.entity, how, score, text[start:end], entry.parent, entry.hint)  # type: ignore[arg-type]  # one of the two words above
                for name in dict.fromkeys([form, *same])
                for entry, _ in self._forms[name]
            )
            covered.append((start, end))
            links.append(Link(start, end, _distinct(matches)))
        return sorted(links, key=lambda link: link.start)

    def lookup(self, name: str, kind: str | None = None) -> list[Match]:
        """What a whole name means, best first; several of equal rank are ambiguous."""
        folded = fold(name).strip()
        if by_id := self._by_id.get(name.strip()):
            return [Match(e.entity, "exact", 1.0, name, e.parent, e.hint) for e in by_id]
        matches = list(self._matches(folded, name)) if folded in self._forms else []
        if not _of_kind(matches, kind):
            inner = [m for link in self.scan(name) for m in link.matches]
            matches = inner or self._containing(folded, name)
        if not _of_kind(matches, kind):
            matches = self._same_sound(name, kind)
            matches = matches or [m for link in self.guess(name) for m in link.matches]
        return _of_kind(matches, kind)

    def called(self, word: str) -> tuple[Match, ...]:
        """Customers whose Latin name begins with that word."""
        owners = self._first_words.get(fold(word), ())
        return _distinct(
            tuple(Match(e.entity, "alias", 0.9, word, e.parent, e.hint) for e in owners)
        )

    def forms_of(self, name: str) -> tuple[str, ...]:
        """Every form of the entity with that full name or id."""
        for entry in self.entries:
            if name in (entry.entity.name, entry.entity.id):
                return entry.forms
        return ()

    def near(self, name: str, kind: str, limit: int = 3) -> list[str]:
        """Visible names that look like ``name``, for "did you mean"; never acted on."""
        from rapidfuzz import fuzz, process

        names = [e.entity.name for e in self.entries if e.entity.kind == kind]
        hits = process.extract(fold(name), names, scorer=fuzz.WRatio, limit=limit, score_cutoff=50)
        return [hit[0] for hit in hits]

    def _same_sound(self, name: str, kind: str | None) -> list[Match]:
        """Short names by sound: safe only for a text that is meant to be a name as a whole."""
        folded = fold(name).strip()
        same = same_sound(folded, self.forms)
        owners = [entry for form in same for entry, _ in self._forms[form]]
        found = tuple(Match(e.entity, "homophone", 0.9, name, e.parent, e.hint) for e in owners)
        return _of_kind(_distinct(found), kind)

    def _containing(self, folded: str, said: str) -> list[Match]:
        """Names of which the text is a part: the first words of a Latin name, any part of others.

        ``Electronics`` is the end of many names and means none of them.
        """
        if is_latin(folded):
            found = [f for f in self._forms if len(folded) >= 4 and f.startswith(f"{folded} ")]
        else:
            found = [f for f in self._forms if len(folded) >= 2 and folded in f]
        owners = [owner for form in found for owner in self._forms[form]]
        return list(
            _distinct(
                tuple(Match(e.entity, "alias", 0.8, said, e.parent, e.hint) for e, _ in owners)
            )
        )

    def _matches(self, folded: str, said: str) -> tuple[Match, ...]:
        owners = self._forms[folded]
        return _distinct(
            tuple(Match(e.entity, how, 1.0, said, e.parent, e.hint) for e, how in owners)
        )

    def _machine(self) -> "AhoCorasick":
        if self._automaton is None:
            from ahocorasick_rs import AhoCorasick

            self._automaton = AhoCorasick(self._patterns)
        return self._automaton


def _distinct(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    return tuple({m.entity.id: m for m in reversed(matches)}.values())[::-1]


def _of_kind(matches: Iterable[Match], kind: str | None) -> list[Match]:
    return [m for m in matches if kind is None or m.entity.kind == kind]


def _whole_word(text: str, start: int, end: int) -> bool:
    """Latin names end at word bounds: ``Ann`` is not in ``announce``."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    glued_before = is_latin(before) and is_latin(text[start])
    glued_after = is_latin(after) and is_latin(text[end - 1])
    return not (glued_before or glued_after)


def _longest(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda s: (s[0] - s[1], s[0])):
        if all(end <= s or e <= start for s, e in chosen):
            chosen.append((start, end))
    return chosen
