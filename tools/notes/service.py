"""The use cases: propose a note, and find one's own. ``effects`` writes what is adopted."""

from datetime import timedelta

from prompts.filters import label, visible
from storage.approvals import propose
from storage.clock import IdSource
from storage.database import Database
from storage.repositories.notes import NoteView, own_notes
from storage.session import PrincipalSession
from storage.vocabulary import Grade
from tools.artifact import (
    ActionButton,
    Artifact,
    Citation,
    Entity,
    NotFound,
    Problem,
    Refusal,
    Sensitive,
)
from tools.context import TurnContext
from tools.customers.facts import shortened
from tools.customers.naming import Linking, equals, heard, one_entity
from tools.diary.window import Window, asked_window
from tools.linking.lexicon import Match
from tools.notes import rules
from tools.notes.schemas import NoteLine, NoteProposal, NotesFound

TOOL = "record_note"
_SHOWN = 10
_LONGEST = 300  # characters of one note in a list


async def propose_note(
    context: TurnContext,
    *,
    database: Database,
    linker: Linking,
    new_id: IdSource,
    text: str,
    customer: str | None = None,
    opportunity: str | None = None,
) -> Artifact:
    """Keep the note as a pending action of its author, or say why it cannot be one."""
    if fault := rules.text_fault(text):
        # The person can mend it: that is a question, as it is when an edit will not do.
        return Problem(reason=fault, detail=str(rules.THRESHOLDS.longest), outcome="asked")
    subject = await _subject(context, linker, customer, opportunity)
    if isinstance(subject, Artifact):
        return subject

    def work(session: PrincipalSession) -> Artifact:
        return _propose(session, context, new_id, text, subject)

    return await database.run(context.caller, TOOL, work, write=True)


class _Subject:
    """What a note is about: a customer, a deal of it, both or neither."""

    def __init__(self, customer: Match | None, deal: Match | None) -> None:
        self.match = customer or deal
        parent = deal.parent if deal is not None else None
        self.customer: Entity | None = customer.entity if customer is not None else parent
        self.deal: Entity | None = deal.entity if deal is not None else None


async def _subject(
    context: TurnContext, linker: Linking, customer: str | None, opportunity: str | None
) -> _Subject | Artifact:
    found: list[Match | None] = []
    for said, kind in ((customer, "customer"), (opportunity, "opportunity")):
        if said is None or not said.strip():
            found.append(None)
            continue
        match = await one_entity(linker, context.caller, said, kind)
        if not isinstance(match, Match):
            return match
        found.append(match)
    about, deal = found
    foreign = about and deal and (deal.parent is None or deal.parent.id != about.entity.id)
    if deal is not None and foreign:
        return NotFound(what="opportunity", name=deal.said)
    return _Subject(about, deal)


def _propose(
    session: PrincipalSession,
    context: TurnContext,
    new_id: IdSource,
    text: str,
    subject: _Subject,
) -> NoteProposal:
    customer, deal = subject.customer, subject.deal
    words = label(TOOL, "action", context.language)
    action = propose(
        session,
        tool=TOOL,
        title=f"{words} · {customer.name}" if customer else words,
        args={
            "text": text,
            "customer_id": customer.id if customer else None,
            "customer": customer.name if customer else None,
            "opportunity_id": deal.id if deal else None,
            "opportunity": deal.name if deal else None,
        },
        thread_id=context.thread_id,
        turn_id=context.turn_id,
        approver_id=context.caller.person_id,
        now=context.now,
        ttl=timedelta(hours=rules.THRESHOLDS.waits_hours),
        new_id=new_id,
    )
    return NoteProposal(
        outcome="pending",
        text=text,
        customer=customer.name if customer else None,
        opportunity=deal.name if deal else None,
        heard=heard(subject.match) if subject.match else None,
        expires_at=action.expires_at,
        today=context.now.astimezone(context.zone).date(),
        timezone=context.caller.timezone,
        actions=[
            ActionButton(
                id=action.id,
                verb=verb,
                label=label(verb, "button", context.language),
                expires_at=action.expires_at,
            )
            for verb in ("adopt", "edit", "ignore")
        ],
        focus=[entity for entity in (customer, deal) if entity is not None],
        sensitive=_private(text),
    )


async def find_own_notes(
    context: TurnContext,
    *,
    database: Database,
    linker: Linking,
    customer: str | None = None,
    author: str | None = None,
    query: str | None = None,
    day: str | None = None,
    days: int = 1,
) -> Artifact:
    """The caller's notes. Other people's are refused without saying whether there are any."""
    if author and (stop := await _stranger(context, linker, author)):
        return stop
    match: Match | None = None
    if customer and customer.strip():
        found = await one_entity(linker, context.caller, customer, "customer")
        if not isinstance(found, Match):
            return found
        match = found
    window = asked_window(context, day, days) if day else None
    if isinstance(window, Problem):
        return window

    def work(session: PrincipalSession) -> Artifact:
        rows = own_notes(
            session,
            customer_id=match.entity.id if match else None,
            words=rules.search_words(query),
            written=(window.start, window.end) if window else None,
            limit=_SHOWN + 1,
        )
        return _found(context, rows, match, query, window)

    return await database.run(context.caller, "find_notes", work)


async def _stranger(context: TurnContext, linker: Linking, author: str) -> Artifact | None:
    """None where the author is the caller; otherwise the answer that ends the matter."""
    caller = context.caller
    if rules.is_self(author, caller.name, caller.person_id):
        return None
    matches = equals(await linker.resolve(caller, author, "person"))
    if any(match.entity.id == caller.person_id for match in matches):
        return None
    if not matches:
        return NotFound(what="person", name=author.strip()[:80])
    name = matches[0].entity.name
    return Refusal(reason="private_notes", subject=name, ask=name)


def _found(
    context: TurnContext,
    rows: list[NoteView],
    match: Match | None,
    query: str | None,
    window: Window | None,
) -> NotesFound:
    lines = [_line(context, row) for row in rows[:_SHOWN]]
    return NotesFound(
        outcome="answered" if lines else "unknown",
        today=context.now.astimezone(context.zone).date(),
        customer=match.entity.name if match else None,
        query=query,
        first=window.first if window else None,
        last=window.last if window else None,
        heard=heard(match) if match else None,
        notes=lines,
        more=len(rows) > _SHOWN,
        focus=[match.entity] if match else [],
        citations=[
            # The text itself stays out: a citation is shown and kept in more places than an answer.
            Citation(id=line.id, title=line.source, locator=str(line.date), quote="")
            for line in lines
        ],
        sensitive=[piece for line in lines for piece in _private(line.text)],
    )


def _line(context: TurnContext, row: NoteView) -> NoteLine:
    note = row.note
    on = note.written_at.astimezone(context.zone).date()
    return NoteLine(
        id=note.id,
        text=shortened(note.text, _LONGEST),
        source=f"{label('note', 'record', context.language)} {on}",
        date=on,
        grade=Grade.L3,
        customer_id=note.customer_id,
        customer=row.customer,
    )


def _private(text: str) -> list[Sensitive]:
    pieces = rules.private_pieces(text)
    shown = [visible(piece) for piece in pieces]
    return [
        Sensitive(text=piece, grade=Grade.L3, kind="words")
        for piece in dict.fromkeys([*pieces, *shown])
    ]
