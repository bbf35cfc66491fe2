"""``eval understanding``: does the twin do what was said, and nothing else?

Each line of the set: ``id``, ``as`` (a person of the demo company), ``lang``, ``text``, ``thread``
(earlier messages of the same conversation, optional), ``expect`` (``tools`` with the arguments
that matter, ``outcome``) and ``split`` (``dev`` or ``held``: held back from development).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.container import App
from bot.errors import CommandError
from bot.evaluation.judging import Judgement, confusion, judge
from bot.evaluation.report import Score, SetReport, score
from bot.evaluation.sets import EvalSet
from bot.evaluation.stage import demo_home, started
from bot.identity import caller_for
from bot.opening import Tell
from bot.settings import Settings
from bot.wording import Words

RIGHT_BAR = 0.90
WRONG_BAR = 0.02
_SPLITS = ("held", "dev")


@dataclass(frozen=True, slots=True)
class Judged:
    """One line of the set with its judgement."""

    item: Mapping[str, Any]
    judgement: Judgement


async def measure(found: EvalSet, settings: Settings, words: Words, tell: Tell) -> SetReport:
    """Put every line to the twin and judge what it does."""
    with demo_home(settings, tell) as here:
        async with started(here, tell) as app:
            judged = []
            for done, item in enumerate(found.items, start=1):
                judged.append(Judged(item, await _judged(app, item, words)))
                tell(f"eval:{found.name}", done, len(found.items))
    return report(found, judged)


def report(found: EvalSet, judged: Sequence[Judged]) -> SetReport:
    """The set's figures: right and acted wrongly, in all and by split; asked and missed."""
    return SetReport(
        name=found.name,
        hash=found.hash,
        n=len(judged),
        scores=dict(_scores(judged)),
        matrix=confusion([one.judgement for one in judged]),
        wrong=[_line(one) for one in judged if one.judgement.verdict in ("wrong", "missed")],
    )


def _scores(judged: Sequence[Judged]) -> Iterator[tuple[str, Score]]:
    groups: dict[str, Sequence[Judged]] = {"": judged}
    groups |= {
        f"_{split}": part
        for split in _SPLITS
        if (part := [one for one in judged if one.item.get("split") == split])
    }
    groups |= {
        f"_{language}": part
        for language in ("zh", "en")
        if (part := [one for one in judged if one.item.get("lang") == language])
    }
    for suffix, group in groups.items():
        verdicts = Counter(one.judgement.verdict for one in group)
        yield f"right{suffix}", score(verdicts["right"], len(group), RIGHT_BAR)
        yield f"wrong{suffix}", score(verdicts["wrong"], len(group), WRONG_BAR, most=True)
    verdicts = Counter(one.judgement.verdict for one in judged)
    yield "asked", score(verdicts["asked"], len(judged))
    yield "missed", score(verdicts["missed"], len(judged))


async def _judged(app: App, item: Mapping[str, Any], words: Words) -> Judgement:
    try:
        person, text, expect = item["as"], item["text"], item["expect"]
    except KeyError as error:
        raise CommandError("evaluation.broken_item", item=item.get("id"), field=error) from None
    caller = caller_for(app.database, person, app.clock, words)
    thread = app.new_id("eval")
    for earlier in item.get("thread") or ():
        await app.turns.ask(caller, thread, earlier)
    answer = await app.turns.ask(caller, thread, text)
    return judge(expect, answer.outcome, [run.model_dump(mode="json") for run in answer.tools])


def _line(one: Judged) -> str:
    found = one.judgement
    labels = f"{found.expected} → {found.found}"
    return f"{found.verdict}  {one.item['id']}  {one.item['text']}  {labels}"
