"""How much there is of something, over all organisations: for the program's own check-up."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from storage.tables import PendingAction
from storage.vocabulary import ActionState


def waiting_actions(session: Session) -> int:
    """In a system unit: how many actions wait for somebody's decision."""
    statement = select(func.count()).select_from(PendingAction)
    return session.scalar(statement.where(col(PendingAction.state) == ActionState.PENDING)) or 0
