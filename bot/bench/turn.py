"""``bench turn``: what a turn costs, how many run at once, how fast it starts, what it holds."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.bench.figures import BenchReport, Figure
from bot.bench.process import ask_seconds, idle_megabytes
from bot.bench.serving import serve_megabytes
from bot.container import App
from bot.errors import CommandError
from bot.evaluation.stage import demo_home, started
from bot.identity import caller_for
from bot.opening import Tell
from bot.settings import Settings
from bot.wording import Words
from storage.identity import Caller
from tools.context import TurnContext

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from agents.answer import Answer
    from agents.turns import TurnService

TOOLS = ("my_day", "fetch_customer_brief")
WARM_UP, ROUNDS, BLOCK = 5, 6, 10
THREADS, SPEAKERS = 200, 20
STARTS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A message of two wishes, and the tool calls that the planner makes of it."""

    caller: Caller
    text: str
    calls: Sequence[tuple[str, dict[str, Any]]]


async def measure(settings: Settings, words: Words, tell: Tell) -> BenchReport:
    """All figures, in one run on a throw-away demo home."""
    with demo_home(settings, tell) as here:
        async with started(here, tell) as app:
            figures = await _costs(app, words, tell)
            figures |= await _at_once(app, words, tell)
        seconds = []
        for done in range(STARTS):
            seconds.append(ask_seconds(here, words("bench.cold_question")))
            tell("bench:ask", done + 1, STARTS)
        figures["ask_cold_median_s"] = Figure(statistics.median(seconds), "s", bar=3.0)
        figures["ask_cold_best_s"] = Figure(min(seconds), "s")
        idle = {
            "idle_chat_mb": idle_megabytes(here, words("bench.cold_question")),
            "idle_serve_mb": serve_megabytes(here),
        }
    figures |= {name: Figure(mb, "MB", bar=300) for name, mb in idle.items() if mb is not None}
    skipped = {name: words("bench.no_proc") for name, mb in idle.items() if mb is None}
    return BenchReport("turn", figures, skipped)


async def _costs(app: App, words: Words, tell: Tell) -> dict[str, Figure]:
    """Mean CPU of a turn with two tools: the product's, and the bare loop's beside it.

    ``turn_*`` reads the demo company; ``loop_*`` has the same results from memory, so that what
    is left is understanding, planning, wording, keeping the thread, and the graph.
    """
    from bot.bench.canned import canned_tools
    from bot.twinning import make_turns

    question = await _question(app, words)
    figures = await _beside(app, app.turns, app.tools, question, "turn", tell)
    canned = await canned_tools(app, question.caller, question.calls)
    async with AsyncExitStack() as closing:
        turns = await make_turns(app, None, closing, canned)
        figures |= await _beside(app, turns, canned, question, "loop", tell)
    return figures


async def _beside(
    app: App,
    turns: "TurnService",
    tools: "Sequence[BaseTool]",
    question: Question,
    name: str,
    tell: Tell,
) -> dict[str, Figure]:
    from bot.bench.bare import BareLoop

    bare = BareLoop(tools, question.calls)

    async def product() -> None:
        await turns.ask(question.caller, app.new_id("bench"), question.text)

    async def yardstick() -> None:
        await bare.turn(question.text, _context(app, question.caller))

    for work in (product, yardstick):
        await _cpu(work, WARM_UP)
    spent: dict[str, list[float]] = {"product": [], "bare": []}
    for done in range(ROUNDS):
        # In turn, so that what else the machine does falls on both.
        spent["bare"].append(await _cpu(yardstick, BLOCK))
        spent["product"].append(await _cpu(product, BLOCK))
        tell(f"bench:{name}", done + 1, ROUNDS)
    ours, theirs = statistics.mean(spent["product"]), statistics.mean(spent["bare"])
    beside = ("bare create_agent, same run", theirs)
    return {
        f"{name}_cpu_ratio": Figure(ours, "ms", beside, bar=2.5, of_ratio=True),
        f"{name}_cpu_ms": Figure(ours, "ms", bar=20.0),
    }


async def _question(app: App, words: Words) -> Question:
    """A message for two tools, about a customer of the default rep."""
    caller = caller_for(app.database, None, app.clock, words)
    (customer,) = await _customers(app, caller, 1)
    text = words("bench.two_wishes", customer=customer)
    answer = await app.turns.ask(caller, app.new_id("bench"), text)
    calls = [(run.name, run.args) for run in answer.tools]
    if sorted(name for name, _ in calls) != sorted(TOOLS):
        raise CommandError("bench.other_tools", names=", ".join(name for name, _ in calls))
    return Question(caller, text, calls)


async def _at_once(app: App, words: Words, tell: Tell) -> dict[str, Figure]:
    """Turns per second of 200 threads at once, two messages each, and what went wrong."""
    from bot.directory import read_people

    people = read_people(app.database, app.clock.now())
    reps = [one.id for one in people if one.role == "rep" and one.active]
    callers = [caller_for(app.database, rep, app.clock, words) for rep in reps[:SPEAKERS]]
    each = THREADS // len(callers)
    talks = [
        (caller, customer) for caller in callers for customer in await _customers(app, caller, each)
    ]
    tell("bench:threads", 0, len(talks))
    began = time.perf_counter()
    answers = await asyncio.gather(*(_talk(app, *talk, words) for talk in talks))
    seconds = time.perf_counter() - began
    tell("bench:threads", len(talks), len(talks))
    faults = sum(not is_whole(pair, talk[1]) for pair, talk in zip(answers, talks, strict=True))
    mixed = len(talks) - len({first.thread for first, _ in answers})
    return {
        "threads_turns_per_s": Figure(2 * len(talks) / seconds, "turns/s", bar=30, least=True),
        "threads_faults": Figure(faults + mixed, "threads", bar=0),
        "threads": Figure(len(talks), "threads"),
    }


async def _talk(app: App, caller: Caller, customer: str, words: Words) -> "tuple[Answer, Answer]":
    """Two messages of one thread, sent without waiting for the first answer."""
    thread = app.new_id("bench")
    first, second = words("bench.brief", customer=customer), words("bench.follow_up")
    answers = await asyncio.gather(
        app.turns.ask(caller, thread, first), app.turns.ask(caller, thread, second)
    )
    return answers[0], answers[1]


def is_whole(pair: "tuple[Answer, Answer]", customer: str) -> bool:
    """Whether both answers came, in one thread, about the customer that was named first."""
    first, second = pair
    return first.thread == second.thread and all(
        any(
            thing["kind"] == "customer" and thing["name"] == customer
            for run in answer.tools
            for thing in (run.result or {}).get("focus", ())
        )
        for answer in pair
    )


async def _customers(app: App, caller: Caller, count: int) -> list[str]:
    """Names of the caller's first customers."""
    lexicon = await app.linker.lexicon(caller)
    names = [one.entity.name for one in lexicon.entries if one.entity.kind == "customer"]
    return list(dict.fromkeys(names))[:count]


async def _cpu(work: Callable[[], Awaitable[None]], times: int) -> float:
    """Mean CPU milliseconds of one call, over all threads of this process."""
    began = time.process_time()
    for _ in range(times):
        await work()
    return (time.process_time() - began) * 1000 / times


def _context(app: App, caller: Caller) -> TurnContext:
    return TurnContext(caller, app.new_id("bench"), app.new_id("turn"), app.clock.now())
