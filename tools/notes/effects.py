"""What happens when a proposed note is adopted. Runs in the transaction of the decision."""

from collections.abc import Mapping
from typing import Any

from storage.approvals import EffectContext
from storage.repositories.customers import customer_card
from storage.repositories.notes import add_note, note_by_id
from storage.session import PrincipalSession
from storage.tables import Note
from tools.notes import rules


def effect_record_note(
    session: PrincipalSession, context: EffectContext, args: dict[str, Any]
) -> dict[str, Any]:
    """Write the note and return its receipt; a second run for the same action changes nothing.

    The receipt holds no private words. Raises ``ValueError`` with a code for a text that cannot
    be a note and when the customer has left the author's reach since the proposal.
    """
    text = str(args["text"])
    if fault := rules.text_fault(text):
        raise ValueError(fault)
    note = note_by_id(session, _note_id(context.action_id))
    if note is None:
        note = _new_note(session, context, args, text)
        add_note(session, note)
    return {
        "kind": "note_receipt",
        "note_id": note.id,
        "customer": args.get("customer"),
        "opportunity": args.get("opportunity"),
        "characters": len(note.text),
        "written_at": note.written_at.isoformat(),
        "timezone": session.caller.timezone,
    }


def edit_record_note(args: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments after an edit, which may change the text and nothing else."""
    if set(change) != {"text"}:
        raise ValueError("text_only")
    return edited(args, str(change["text"]))


def edited(args: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The same arguments with another text. Raises ``ValueError`` with a code for a bad one."""
    if fault := rules.text_fault(text):
        raise ValueError(fault)
    return {**args, "text": text}


def _new_note(
    session: PrincipalSession, context: EffectContext, args: Mapping[str, Any], text: str
) -> Note:
    customer_id = args.get("customer_id")
    card = customer_card(session, customer_id) if customer_id else None
    if customer_id and card is None:
        raise ValueError("customer_gone")
    return Note(
        id=_note_id(context.action_id),
        org_id=session.caller.org_id,
        owner_id=session.caller.person_id,
        region_id=card.customer.region_id if card else None,
        customer_id=customer_id,
        opportunity_id=args.get("opportunity_id"),
        text=text,
        written_at=context.now,
        source="chat",
        recorded_at=context.now,
    )


def _note_id(action_id: str) -> str:
    # The action's id makes the effect idempotent: the same action is the same note.
    return f"note-{action_id}"
