"""What ``ask`` and ``act`` share: the started app, and the answer on standard output."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from bot.cli.command import TwinCommand
from bot.cli.shell import Shell
from bot.wording import Language, Words
from storage.identity import Caller

if TYPE_CHECKING:
    from agents.answer import Answer
    from bot.container import App

FAILED = 1
_WIDTH = 100
# What is done as the caller: the answer, and the language in which it is given.
Work = Callable[["App", Caller], Awaitable[tuple["Answer", Language]]]


class AnswerCommand(TwinCommand):
    """A command whose ``--json`` is an answer whatever happens, wrong usage too."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        if parent is not None:
            parent.find_root().obj.error_shape = answer_error
        return super().make_context(info_name, args, parent, **extra)


def answered(shell: Shell, person: str | None, work: Work, *, as_json: bool) -> int:
    """Run ``work`` as that person, print its answer, return the exit status."""
    caller, answer, language = shell.run(_run(shell, person, work))
    if as_json:
        shell.json(answer.model_dump(mode="json"))
    else:
        _print(shell, caller, answer, Words(language))
    return FAILED if answer.outcome == "error" else 0


async def _run(shell: Shell, person: str | None, work: Work) -> tuple[Caller, "Answer", Language]:
    from bot.identity import caller_for

    app = shell.build()
    try:
        shell.make_ready(app)
        caller = caller_for(app.database, person, app.clock, shell.words)
        app.warm()
        await app.start()
        answer, language = await work(app, caller)
        return caller, answer, language
    finally:
        await app.close()


def _print(shell: Shell, caller: Caller, answer: "Answer", words: Words) -> None:
    """The answer, and what stands below it in its own language."""
    from bot.messages import reply_of
    from bot.render.terminal import below, plain, whole

    reply = reply_of(answer)
    zone = ZoneInfo(caller.timezone)
    spans = [*whole(reply.markdown, _WIDTH), *below(reply, words, _WIDTH, zone)]
    shell.text(plain(spans).rstrip())
    ids = dict.fromkeys(action.id for action in reply.actions)
    for action_id in ids:
        shell.note(words("chat.act_hint", id=action_id, person=caller.person_id))


def answer_error(code: str, sentence: str) -> dict[str, Any]:
    """An answer's JSON for a question that could not be put at all."""
    return {
        "thread": "",
        "turn": "",
        "outcome": "error",
        "answer": {
            "markdown": sentence,
            "citations": [],
            "tables": [],
            "charts": [],
            "actions": [],
        },
        "tools": [],
        "plan": None,
        "model": "none",
        "prompt": "none",
        "ms": {"total": 0.0, "model": 0.0, "tools": 0.0},
        "error": {"code": code, "message": sentence},
    }
