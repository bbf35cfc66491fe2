"""``salestwin act``: press a button on what waits for a decision."""

from typing import TYPE_CHECKING

import click

from bot.cli.asking import answer_error, answered
from bot.cli.command import TwinCommand
from bot.cli.options import as_option, json_option
from bot.cli.shell import Shell
from bot.errors import WrongUseError
from bot.messages import Verb
from bot.text import argument
from storage.identity import Caller

if TYPE_CHECKING:
    from agents.answer import Answer
    from bot.container import App


@click.command("act", cls=TwinCommand)
@as_option
@click.argument("action_id", metavar="ACTION_ID")
@click.argument("verb", type=click.Choice(["adopt", "edit", "ignore"]), metavar="adopt|edit|ignore")
@click.option("--text", metavar="T")
@json_option
@click.pass_obj
def command(
    shell: Shell, person: str | None, action_id: str, verb: Verb, text: str | None, as_json: bool
) -> int:
    """Decide and print what came of it."""
    shell.error_shape = answer_error
    wording = argument(text) if text is not None else None
    if verb == "edit" and not (wording or "").strip():
        raise WrongUseError("errors.edit_text")

    async def work(app: "App", caller: Caller) -> "Answer":
        given = wording if verb == "edit" else None
        return await app.turns.act(caller, action_id, verb, given, language=shell.words.language)

    return answered(shell, person, work, as_json=as_json)
