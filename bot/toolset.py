"""The tools with what they need, and what happens when their proposals are adopted."""

from typing import TYPE_CHECKING

from tools.notes.effects import edited, effect_record_note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain_core.tools import BaseTool

    from bot.container import App
    from storage.approvals import Editor, Effect

EFFECTS: "Mapping[str, Effect]" = {"record_note": effect_record_note}
EDITORS: "Mapping[str, Editor]" = {"record_note": lambda args, edit: edited(args, edit["text"])}
CAPABILITIES = ("customers", "diary", "notes")


def make_tools(app: "App") -> "list[BaseTool]":
    """All tools, over one app's parts."""
    from tools.customers import tool as customers
    from tools.diary import tool as diary
    from tools.notes import tool as notes

    return [
        *customers.make_tools(database=app.database, linker=app.linker),
        *diary.make_tools(database=app.database),
        *notes.make_tools(database=app.database, linker=app.linker, new_id=app.new_id),
    ]
