"""The persona's prompt: a file, filled with the day and the person when a model is called."""

from functools import lru_cache
from string import Template

from prompts.filters import label
from prompts.library import Prompt, load_prompt
from tools.context import Language, TurnContext

_WEEKDAYS = {
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def prompt_of(persona: str, language: Language) -> Prompt:
    """The prompt file; its label, with the hash of the unfilled text, is recorded with a turn."""
    return load_prompt(persona, language)


def fill(persona: str, context: TurnContext) -> str:
    """The system prompt of this turn."""
    now = context.now.astimezone(context.zone)
    return _template(prompt_of(persona, context.language).text).safe_substitute(
        today=now.date().isoformat(),
        weekday=_WEEKDAYS[context.language][now.weekday()],
        time=now.strftime("%H:%M"),
        person=context.caller.name,
        role=label(context.caller.role, "role", context.language),
    )


@lru_cache(maxsize=16)
def _template(text: str) -> Template:
    return Template(text)
