"""The evaluation sets by name."""

from collections.abc import Awaitable, Callable, Mapping

from bot.evaluation import understanding
from bot.evaluation.report import SetReport
from bot.evaluation.sets import EvalSet, load_set, set_folder
from bot.opening import Tell
from bot.settings import Settings
from bot.wording import Words

Measure = Callable[[EvalSet, Settings, Words, Tell], Awaitable[SetReport]]
SETS: Mapping[str, Measure] = {"understanding": understanding.measure}


async def evaluate(name: str, settings: Settings, words: Words, tell: Tell) -> SetReport:
    """Measure one set; a set without files is reported as skipped, and why."""
    folder = set_folder(name, settings.home)
    if folder is None:
        return SetReport(name, skipped=words("evaluation.no_files", place=f"evals/{name}/*.jsonl"))
    return await SETS[name](load_set(name, folder), settings, words, tell)
