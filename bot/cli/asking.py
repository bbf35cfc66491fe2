"""What ``ask`` and ``act`` share: the started app, and the answer on standard output."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.cli.progress import progress_of
from bot.cli.shell import Shell
from storage.identity import Caller

if TYPE_CHECKING:
    from agents.answer import Answer
    from bot.container import App

FAILED = 1
_WIDTH = 100
Work = Callable[["App", Caller], Awaitable["Answer"]]


def answered(shell: Shell, person: str | None, work: Work, *, as_json: bool) -> int:
    """Run ``work`` as that person, print its answer, return the exit status."""
    shell.error_shape = answer_error
    caller, answer = shell.run(_run(shell, person, work))
    if as_json:
        shell.json(answer.model_dump(mode="json"))
    else:
        _print(shell, caller, answer)
    return FAILED if answer.outcome == "error" else 0


async def _run(shell: Shell, person: str | None, work: Work) -> tuple[Caller, "Answer"]:
    from bot.container import build
    from bot.identity import caller_for

    app = build(shell.settings)
    try:
        app.make_ready(progress_of(shell))
        caller = caller_for(app.database, person, app.clock, shell.words)
        app.warm()
        await app.start()
        return caller, await work(app, caller)
    finally:
        await app.close()


def _print(shell: Shell, caller: Caller, answer: "Answer") -> None:
    from bot.messages import reply_of
    from bot.render.terminal import below, plain, whole

    reply = reply_of(answer)
    zone = ZoneInfo(caller.timezone)
    spans = [*whole(reply.markdown, _WIDTH), *below(reply, shell.words, _WIDTH, zone)]
    shell.text(plain(spans).rstrip())
    ids = dict.fromkeys(action.id for action in reply.actions)
    for action_id in ids:
        shell.note(shell.words("chat.act_hint", id=action_id, person=caller.person_id))


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
