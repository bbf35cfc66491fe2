"""``salestwin ask``: one question, one answer."""

import sys
from typing import TYPE_CHECKING

import click

from bot.cli.asking import AnswerCommand, answered
from bot.cli.options import as_option, json_option
from bot.cli.shell import Shell
from bot.errors import WrongUseError
from bot.languages import answered_in, is_blank
from bot.text import argument, decoded
from bot.wording import Language
from storage.identity import Caller

if TYPE_CHECKING:
    from agents.answer import Answer
    from bot.container import App

_STDIN = "-"


@click.command("ask", cls=AnswerCommand)
@as_option
@click.option("--thread", metavar="T")
@json_option
@click.argument("text", metavar="TEXT", nargs=-1, required=True)
@click.pass_obj
def command(
    shell: Shell, person: str | None, thread: str | None, as_json: bool, text: tuple[str, ...]
) -> int:
    """Ask and print the answer."""
    said = _said(text)
    if is_blank(said):
        raise WrongUseError("errors.not_text")

    async def work(app: "App", caller: Caller) -> "tuple[Answer, Language]":
        answer = await app.turns.ask(caller, thread, said)
        return answer, answered_in(answer, said, caller)

    return answered(shell, person, work, as_json=as_json)


def _said(text: tuple[str, ...]) -> str:
    """The words of the command line, or what standard input holds."""
    if text == (_STDIN,):
        return decoded(sys.stdin.buffer.read())
    return argument(" ".join(text))
