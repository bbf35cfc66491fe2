"""The runtime's own sentences, from templates."""

from collections.abc import Sequence

from prompts.library import render
from tools.context import Language


def problem(reason: str, language: Language, detail: str = "") -> str:
    """What went wrong, where, and what to do."""
    return render("problem", language, {"reason": reason, "detail": detail})


def nothing_done(language: Language, *, waiting: bool, earlier: Sequence[str]) -> str:
    """The truth where a model claimed a deed: nothing ran now; what did run before."""
    reason = "unproven_waiting" if waiting else "unproven"
    separator = "、" if language == "zh" else ", "
    return problem(reason, language, separator.join(earlier))
