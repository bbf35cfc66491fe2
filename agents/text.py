"""What a person typed, made safe to decide on: invisible characters, length, language."""

import re
import unicodedata
from typing import Literal

from tools.context import Language

MAX_CHARACTERS = 20_000

_ZERO_WIDTH_JOINER = "\u200d"
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_WORD = re.compile(r"[A-Za-z]{2,}")
# Small words that carry a sentence: a name in the other language does not change the language.
_SMALL_HAN = re.compile(
    r"[的了吗呢吧么是我你他她它们有没在和给帮把这那哪什怎请要想看说谁几多还也都就跟个]"
)
_SMALL_ENGLISH = re.compile(
    r"\b(?:the|a|an|is|are|was|were|do|does|did|what|which|who|whom|how|when|where|why|my|me|we|"
    r"i|you|he|she|they|their|his|her|our|your|to|of|in|on|for|with|about|from|and|or|any|all|"
    r"show|tell|give|find|please|can|could|has|have|had|this|that|these|those|last|next)\b",
    re.IGNORECASE,
)

InputProblem = Literal["empty_text", "too_long"]


def clean(text: str) -> str:
    r"""The text without control, bidi, tag and zero-width characters; emoji stay whole.

    Line ends become ``\n``, tabs stay, lone surrogates go. What cannot be seen decides nothing.
    """
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for i, c in enumerate(text) if _is_visible(text, i, c))


def _is_visible(text: str, place: int, character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cc":
        return character in "\n\t"
    if character == _ZERO_WIDTH_JOINER:  # it joins 👨 and 👩; between letters it only hides
        return _is_emoji(text[place - 1 : place]) and _is_emoji(text[place + 1 : place + 2])
    return category not in ("Cf", "Cs")


def _is_emoji(character: str) -> bool:
    return bool(character) and (
        character == "\ufe0f" or unicodedata.category(character) in ("So", "Sk")
    )


def find_problem(text: str) -> InputProblem | None:
    """Why this text is not run at all, or None. Looks at the length first: that is cheap."""
    if len(text) > MAX_CHARACTERS:
        return "too_long"
    return None if clean(text).strip() else "empty_text"


def detect_language(text: str, default: Language) -> Language:
    """The language that the sentence is built in: ``zh``, ``en``, or ``default`` for neither.

    "tell me about 华星医疗" is English, "把 pipeline report 给我" is Chinese.
    """
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    if not han or not words:
        return "zh" if han else "en" if words else default
    small_han, small_english = len(_SMALL_HAN.findall(text)), len(_SMALL_ENGLISH.findall(text))
    if small_han != small_english:
        return "zh" if small_han > small_english else "en"
    return "zh"
