"""What a typed decision is about. Pure: what waits and what was said last decide.

Words that name a button are never left to a tool: one thing waits, and it is decided; several
wait, and the person is asked which; nothing waits, and that is said. A mere yes or no and a new
wording count only as an answer to the card itself, because later they are meant for other things.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents.decisions import LAST, Decision
from storage.tables.work import PendingAction
from storage.vocabulary import Verb


@dataclass(frozen=True, slots=True)
class Offer:
    """A question of ours that is open: which of these, or what is the new wording?"""

    verb: Verb
    ids: tuple[str, ...]
    text: str | None = None

    def dump(self) -> dict[str, Any]:
        """As it is kept with the message that asks."""
        return {"verb": self.verb, "ids": list(self.ids), "text": self.text}


@dataclass(frozen=True, slots=True)
class LastWord:
    """How a thread ends: the id of its last turn, and what that turn asked.

    ``asks``: a tool or a model put a question, which a mere yes may answer.
    """

    turn: str | None = None
    asks: bool = False
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class InThread:
    """What the person may decide in a thread, the oldest first.

    ``lapsed`` is the last thing that was proposed there, if it expired.
    """

    waiting: Sequence[PendingAction] = ()
    lapsed: PendingAction | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """Press that button. ``text`` is the wording of a button's own edit, which is carried out."""

    action_id: str
    verb: Verb
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Revise:
    """Show a new card with that wording."""

    action_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask which of these."""

    verb: Verb
    actions: tuple[PendingAction, ...]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """Say that nothing waits."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Say that all of it still waits."""


Step = Take | Revise | Ask | Nothing | Leave


def settle(said: Decision | int, found: InThread, last: LastWord) -> Step | None:
    """What follows from a decision, or from a mere number; None: it is an ordinary message."""
    if last.offer is not None and (step := _answered(said, last.offer, found)) is not None:
        return step
    if isinstance(said, int):
        return None
    fresh = tuple(a for a in found.waiting if a.turn_id == last.turn)
    if said.bare and not fresh and not _is_of(found.lapsed, last):
        # A text behind a colon is somebody's words: it is not for a model to guess about.
        return _which(said, found.waiting) if said.dictated and found.waiting else None
    if said.bare and last.asks:
        return None
    return _decided(said, found, fresh, last)


def _decided(
    said: Decision, found: InThread, fresh: tuple[PendingAction, ...], last: LastWord
) -> Step:
    late = found.lapsed
    if late is not None and (not found.waiting or (not fresh and _is_of(late, last))):
        return Take(late.id, said.verb)
    if not found.waiting:
        return Nothing()
    if said.verb == "edit" and said.text is not None:
        # Only the card that stands right above is meant without asking.
        return Revise(fresh[0].id, said.text) if len(fresh) == 1 else _which(said, found.waiting)
    meant = fresh if said.verb == "edit" and fresh else found.waiting
    if len(meant) == 1 and said.number in (None, 1, LAST):
        return Take(meant[0].id, said.verb)
    return _which(said, found.waiting)


def _answered(said: Decision | int, offer: Offer, found: InThread) -> Step | None:
    """What an answer to our own question leads to; None: it is none."""
    number = said if isinstance(said, int) else said.number
    verb = offer.verb if isinstance(said, int) else said.verb
    if number is not None:
        place = len(offer.ids) - 1 if number == LAST else number - 1
        if 0 <= place < len(offer.ids):
            return _take(offer.ids[place], verb, offer.text)
        return _again(offer, found)
    if isinstance(said, int) or not (said.bare or said.text):
        return None
    if said.text and offer.verb == "edit":
        return _again(replace(offer, text=said.text), found)
    return Leave() if verb == "ignore" else _again(offer, found)


def _again(offer: Offer, found: InThread) -> Step:
    """The question once more, or the edit itself where its wording came with the answer."""
    still = tuple(action for action in found.waiting if action.id in offer.ids)
    if not still:
        return Nothing()
    if offer.verb == "edit" and len(offer.ids) == 1:
        return _take(offer.ids[0], "edit", offer.text)
    return Ask(offer.verb, still, offer.text)


def _take(action_id: str, verb: Verb, text: str | None) -> Step:
    return Revise(action_id, text) if verb == "edit" and text else Take(action_id, verb)


def _which(said: Decision, actions: Sequence[PendingAction]) -> Ask:
    return Ask(said.verb, tuple(actions), said.text)


def _is_of(action: PendingAction | None, last: LastWord) -> bool:
    return action is not None and action.turn_id == last.turn
