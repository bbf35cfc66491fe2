"""``eval understanding``: does the twin do what was said, and nothing else?

The format of the set and the rules of comparison stand in ``evals/understanding/README.md``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.container import App
from bot.errors import CommandError
from bot.evaluation.arguments import Run
from bot.evaluation.judging import Expectation, Judgement, confusion, judge
from bot.evaluation.report import Score, SetReport, score
from bot.evaluation.sets import EvalSet
from bot.evaluation.stage import demo_home, started
from bot.identity import caller_for
from bot.opening import Tell
from bot.settings import Settings
from bot.wording import Words
from storage.identity import Caller

if TYPE_CHECKING:
    from agents.answer import ToolRun

RIGHT_BAR = 0.90
WRONG_BAR = 0.02
# Arguments that name something, and the kind of thing.
_NAMES = {"customer": "customer", "author": "person", "person": "person"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One line of the set with its judgement."""

    item: Mapping[str, Any]
    judgement: Judgement


async def measure(found: EvalSet, settings: Settings, words: Words, tell: Tell) -> SetReport:
    """Put every line to the twin at its own moment, and judge what it does."""
    judged: list[Judged] = []
    with demo_home(settings, tell) as here:
        for now, items in groupby(found.items, key=_moment):
            moment = here.model_copy(update={"now": now or here.now})
            async with started(moment, tell) as app:
                for item in items:
                    judged.append(Judged(item, await _judged(app, item, words)))
                    tell(f"eval:{found.name}", len(judged), len(found.items))
    return report(found, judged)


def report(found: EvalSet, judged: Sequence[Judged]) -> SetReport:
    """The set's figures: right and acted wrongly, in all, by split, language and kind."""
    return SetReport(
        name=found.name,
        hash=found.hash,
        n=len(judged),
        scores=dict(_scores(judged)),
        matrix=confusion([one.judgement for one in judged]),
        # What is held back is only counted: whoever reads it would develop on it.
        wrong=[
            _line(one)
            for one in judged
            if one.judgement.verdict != "right" and one.item.get("split") != "held"
        ],
    )


def _scores(judged: Sequence[Judged]) -> Iterator[tuple[str, Score]]:
    groups: dict[str, list[Judged]] = {"": list(judged)}
    for key in ("split", "lang"):
        for one in judged:
            groups.setdefault(f"_{one.item.get(key, '')}", []).append(one)
    for suffix, group in groups.items():
        verdicts = Counter(one.judgement.verdict for one in group)
        yield f"right{suffix}", score(verdicts["right"], len(group), RIGHT_BAR)
        yield f"wrong{suffix}", score(verdicts["wrong"], len(group), WRONG_BAR, most=True)
    verdicts = Counter(one.judgement.verdict for one in judged)
    yield "asked", score(verdicts["asked"], len(judged))
    yield "missed", score(verdicts["missed"], len(judged))
    kinds: dict[str, list[Judged]] = {}
    for one in judged:
        kinds.setdefault(str((one.item.get("tags") or ["other"])[0]), []).append(one)
    for kind, group in sorted(kinds.items()):
        right = sum(one.judgement.verdict == "right" for one in group)
        yield f"right:{kind}", score(right, len(group))


async def _judged(app: App, item: Mapping[str, Any], words: Words) -> Judgement:
    try:
        person, text, expect = item["as"], item["text"], item["expect"]
        readings = [Expectation.of(one) for one in (expect, *item.get("alt", ()))]
    except KeyError as error:
        place = str(item.get("id"))
        raise CommandError("evaluation.broken_item", item=place, field=str(error)) from None
    caller = caller_for(app.database, person, app.clock, words)
    thread = app.new_id("eval")
    for earlier in item.get("thread") or ():
        await app.turns.ask(caller, thread, earlier)
    answer = await app.turns.ask(caller, thread, text)
    runs = [await _run(app, caller, run) for run in answer.tools]
    return judge(readings, answer.outcome, runs)


async def _run(app: App, caller: Caller, run: "ToolRun") -> Run:
    result = run.result or {}
    meant: dict[str, frozenset[str]] = {}
    for name, kind in _NAMES.items():
        if isinstance(said := run.args.get(name), str):
            matches = await app.linker.resolve(caller, said, kind)
            about = {thing["id"] for thing in result.get("focus", ()) if thing["kind"] == kind}
            meant[name] = frozenset(about or (match.entity.id for match in matches[:1]))
    today = app.clock.now().astimezone(ZoneInfo(caller.timezone)).date()
    return Run(run.name, run.args, today, meant, asks=result.get("outcome") == "asked")


def _moment(item: Mapping[str, Any]) -> datetime | None:
    said = item.get("now")
    return datetime.fromisoformat(said) if said else None


def _line(one: Judged) -> str:
    found = one.judgement
    labels = f"{found.expected} → {found.found}"
    return f"{found.verdict:<6}  {one.item['id']}  {one.item['text'][:60]}  {labels}"
