"""Every capability, listed by hand: no import magic, one line for each.

All tools are on offer to every role. What a role may see is decided where data is read, so a
tool answers "unknown" or "not yours" instead of being missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.clock import IdSource

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from knowledge_base.search import Library
    from storage.approvals import Editor, Effect
    from storage.database import Database
    from tools.linking.service import Linker

# Folders with language files, in the order in which the planner offers examples.
CAPABILITIES = ("customers", "playbooks", "diary", "notes")


@dataclass(frozen=True, slots=True)
class Parts:
    """What tools are made of."""

    database: "Database"
    linker: "Linker"
    library: "Library"
    new_id: IdSource


def make_tools(parts: Parts) -> "list[BaseTool]":
    """All tools."""
    from tools.customers import tool as customers
    from tools.diary import tool as diary
    from tools.notes import tool as notes
    from tools.playbooks import tool as playbooks

    database, linker = parts.database, parts.linker
    return [
        *customers.make_tools(database=database, linker=linker),
        *playbooks.make_tools(database=database, linker=linker, library=parts.library),
        *diary.make_tools(database=database, linker=linker),
        *notes.make_tools(database=database, linker=linker, new_id=parts.new_id),
    ]


def effects() -> "Mapping[str, Effect]":
    """What carries out each tool's adopted proposals."""
    from tools.notes.effects import effect_record_note

    return {"record_note": effect_record_note}


def editors() -> "Mapping[str, Editor]":
    """How each tool's proposals are edited."""
    from tools.notes.effects import edit_record_note

    return {"record_note": edit_record_note}
