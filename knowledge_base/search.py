"""The playbook library: what is shipped goes in, what fits comes out, or nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from knowledge_base.choosing import Case, Pick, choose, select_named
from knowledge_base.fit import SlotFit
from knowledge_base.passages import slot_terms
from knowledge_base.playbook import Playbook
from knowledge_base.ranking import Question, Terms
from knowledge_base.scenario import Scenario
from knowledge_base.shelf import Shelf
from knowledge_base.tokens import has_cjk
from knowledge_base.words import cues
from storage import fulltext
from storage.clock import Clock, SystemClock
from storage.database import Database
from storage.identity import Caller
from storage.repositories import library as rows
from storage.session import PrincipalSession

_PAGE = 200  # passages per look into the index
_CODES = 24  # playbooks that are ranked closely
_LONGEST = 2000  # characters of a question that are read
_PAIRS_ENOUGH = 5  # with that many pairs, single characters only widen the look
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """A place in the playbook and a line of it, word for word."""

    locator: str
    text: str


@dataclass(frozen=True, slots=True)
class PlaybookHit:
    """A playbook that fits, whole, with the reason why it was chosen.

    ``score`` orders hits of one search (text 0..1 plus slot fit); it is no probability.
    ``phrase`` is the trigger phrase that the question is like, if there is one.
    """

    playbook: Playbook
    revision: str
    score: float
    text_score: float
    fits: tuple[SlotFit, ...]
    quote: Quote
    phrase: str | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A title that the caller may see and that comes close to a question without an answer."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search: hits best first, or none and the titles that come closest."""

    hits: tuple[PlaybookHit, ...] = ()
    near: tuple[Near, ...] = ()


class Library:
    """The library of one database. Safe to share between threads and tasks.

    Rights: the full-text index is no mapped table, so row filters cannot reach it. It yields
    passage ids and scores of one organisation; which of them exist for the caller is decided by
    reading them through a ``PrincipalSession`` (organisation, audience, compliance status,
    validity), page after page, before anything is ranked, counted or named.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._shelf = Shelf()

    async def named(
        self,
        caller: Caller,
        codes: Sequence[str],
        *,
        language: str,
        scenario: Scenario | None = None,
        on: date | None = None,
    ) -> list[PlaybookHit]:
        """The playbooks with these codes, in that order, as far as the caller may see them."""
        case = Case(frozenset(), scenario or Scenario(), language, len(codes))
        day = on or self._clock.now().date()

        def work(session: PrincipalSession) -> list[PlaybookHit]:
            items = rows.items_of_codes(session, codes, day)
            picks = select_named(case, self._shelf.editions(session, items), codes)
            return _hits(session, case, picks)

        return await self._database.run(caller, "library_named", work)

    async def find(
        self,
        caller: Caller,
        text: str,
        *,
        language: str,
        scenario: Scenario | None = None,
        limit: int = 3,
        on: date | None = None,
    ) -> Found:
        """Search, and say what came close when nothing fits.

        ``scenario`` is what is known of the case. An objection or occasion in it is an answer
        even where the words are none; leave them out unless somebody meant them. ``on`` is the
        caller's day, which decides validity (default: today, UTC). The edition in ``language``
        is shown if there is one.
        """
        case = Case(
            terms=_informative(cues(text[:_LONGEST])),
            scenario=scenario or Scenario(),
            language=language,
            limit=limit,
        )
        day = on or self._clock.now().date()

        def work(session: PrincipalSession) -> Found:
            return _find(self._database, self._shelf, session, case, day)

        return await self._database.run(caller, "library_search", work)


def _find(
    database: Database, shelf: Shelf, session: PrincipalSession, case: Case, day: date
) -> Found:
    codes = _candidate_codes(database, session, case, day)
    items = rows.items_of_codes(session, codes, day)
    choice = choose(case, shelf.editions(session, items))
    hits = tuple(_hits(session, case, choice.picks))
    near = () if hits else tuple(Near(i.code, i.title) for i in choice.near[:_NEAR])
    return Found(hits, near)


def _candidate_codes(
    database: Database, session: PrincipalSession, case: Case, day: date
) -> list[str]:
    """Codes that the caller may see, in the order of the index. Forbidden rows crowd out nobody."""
    terms, slots = _narrowed(case.terms), slot_terms(case.scenario)
    codes: dict[str, None] = {}
    offset = 0
    while len(codes) < _CODES:
        page = fulltext.candidates(
            database, session.caller.org_id, terms, slots, limit=_PAGE, offset=offset
        )
        permitted = rows.codes_of_chunks(session, [key for key, _ in page], day)
        codes.update((permitted[key], None) for key, _ in page if key in permitted)
        offset += _PAGE
        if len(page) < _PAGE:
            break
    return list(codes)[:_CODES]


def says_something(text: str) -> bool:
    """Whether anything but fillers is left of a question."""
    return bool(_informative(cues(text[:_LONGEST])))


def _informative(terms: list[str]) -> frozenset[str]:
    """The terms of a question; none if only single characters are left of it."""
    found = frozenset(terms)
    return found if any(len(t) > 1 or not has_cjk(t) for t in found) else frozenset()


def _narrowed(terms: frozenset[str]) -> list[str]:
    pairs = sorted(term for term in terms if len(term) > 1 or not has_cjk(term))
    return pairs if len(pairs) >= _PAIRS_ENOUGH else sorted(terms)


def _hits(session: PrincipalSession, case: Case, picks: Sequence[Pick]) -> list[PlaybookHit]:
    question = Question(Terms.of(case.terms), [])
    bodies = rows.bodies(session, [pick.edition.item.id for pick in picks])
    # An item that was withdrawn since the ranking has no body any more.
    kept = [pick for pick in picks if pick.edition.item.id in bodies]
    return [_hit(pick, bodies[pick.edition.item.id], question) for pick in kept]


@lru_cache(maxsize=8192)
def _phrase_terms(phrase: str) -> Terms:
    return Terms.of(cues(phrase))


def _hit(pick: Pick, body: dict[str, object], question: Question) -> PlaybookHit:
    playbook = Playbook.model_validate(body)
    return PlaybookHit(
        playbook=playbook,
        revision=pick.edition.item.revision,
        score=pick.score,
        text_score=pick.text_score,
        fits=tuple(pick.fits),
        quote=Quote(*pick.quote),
        phrase=question.closest(playbook.triggers, _phrase_terms),
    )
