"""``salestwin act``: press a button on what waits for a decision."""

from typing import TYPE_CHECKING

import click

from bot.cli.asking import AnswerCommand, answered
from bot.cli.options import as_option, json_option
from bot.cli.shell import Shell
from bot.errors import WrongUseError
from bot.languages import asked_in
from bot.text import argument
from bot.wording import Language
from storage.identity import Caller
from storage.vocabulary import Verb

if TYPE_CHECKING:
    from agents.answer import Answer
    from bot.container import App


@click.command("act", cls=AnswerCommand)
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
    wording = argument(text) if text is not None else None
    if verb == "edit" and not (wording or "").strip():
        raise WrongUseError("errors.edit_text")
    if verb != "edit" and wording is not None:
        raise WrongUseError("errors.text_for_edit", verb=verb)

    async def work(app: "App", caller: Caller) -> "tuple[Answer, Language]":
        language = asked_in(await app.actions.find(caller, action_id), caller)
        answer = await app.turns.act(caller, action_id, verb, wording, language=language)
        return answer, language

    return answered(shell, person, work, as_json=as_json)
