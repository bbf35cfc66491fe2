"""Reads a typed decision on something that waits: 采纳, 算了, 改成…, ok, never mind, edit: …"""

import re
from dataclasses import dataclass
from typing import Literal

from agents.text import clean

Verb = Literal["adopt", "edit", "ignore"]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision in words.

    ``text`` is the new wording of an edit (None: it was left out). ``bare`` says that it is a mere
    yes or no, which may as well answer a question that the twin has just asked.
    """

    verb: Verb
    text: str | None = None
    bare: bool = False


# Words that name the button itself; every other yes or no is "bare".
_EXPLICIT = re.compile(r"采纳|忽略|adopt|ignore", re.IGNORECASE)
_ADOPT = (
    r"采纳(?:这[个条])?|确认(?:一?下)?|可以的?|好|好的|好啊|好滴|行|行的|同意|对|是的?|嗯|没问题|没错|"
    r"就这样|就这么办|就这么记|记吧|记上吧?|记下来?吧?|记录吧|提交吧?|发吧|发送吧?|保存吧?|"
    r"ok|okay|okey|yes|yep|yeah|y|sure|adopt(?:\s+(?:it|this|that))?|confirm(?:ed)?|"
    r"approve[d]?|accept|agreed?|go\s+ahead|do\s+it|looks?\s+good|save\s+it|send\s+it|fine|👍|👌|✅"
)
_IGNORE = (
    r"忽略|算了|不用了?|不要了?|不必了?|取消|别记了?|不记了?|别发了?|不发了?|作罢|放弃|不行|不可以|"
    r"不同意|不采纳|不|否|先不(?:用|记|发)?了?|no|nope|n|ignore(?:\s+(?:it|this|that))?|"
    r"cancel(?:\s+(?:it|this|that))?|never\s*mind|drop\s+it|discard(?:\s+it)?|skip(?:\s+it)?|"
    r"forget\s+it|don't|do\s+not|reject(?:\s+it)?|no\s+thanks|no\s+thank\s+you|👎|❌"
)
_POLITE_BEFORE = r"(?:那就?|嗯+|请|好[的吧]?|please|well|oh)?[\s，,、]*"
_POLITE_AFTER = (
    r"[\s，,、]*(?:吧|了|啦|哈|呀|啊|哦|嘛|谢谢你?|多谢|辛苦了|please|pls|thanks|thank\s+you|then)*"
    r"[\s。．.！!～~…]*"
)
_EDIT_ZH = (
    r"(?:请|帮我|把(?:它|内容|这[条个]))?(?:修改成|修改为|改写为|改写成|更改为|改成|改为|换成)"
)
_EDIT_EN = (
    r"(?:please\s+)?(?:change\s+(?:it|this|that)\s+to|make\s+it|edit\s+(?:it|this|that)\s+to)\b"
)

_WORD = re.compile(
    rf"{_POLITE_BEFORE}(?:(?P<adopt>{_ADOPT})|(?P<ignore>{_IGNORE})){_POLITE_AFTER}", re.IGNORECASE
)
_EDIT = re.compile(
    rf"\s*(?:(?:{_EDIT_ZH}|{_EDIT_EN})[\s:：，,]*|(?:edit|修改|更正|改)\s*[:：]\s*)(?P<text>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_BARE_EDIT = re.compile(
    rf"\s*(?:{_EDIT_ZH}|修改|改一?下|我要改|edit(?:\s+it)?|change\s+it)[\s:：。.！!]*",
    re.IGNORECASE,
)
_QUOTES = "\"'“”‘’「」『』《》"
_LONGEST_WORD = 40


def read_decision(text: str) -> Decision | None:
    """The decision if the whole message is one, else None ("可以帮我看看…" is not one)."""
    text = clean(text)
    if _BARE_EDIT.fullmatch(text):
        return Decision("edit")
    if hit := _EDIT.fullmatch(text):
        return Decision("edit", hit["text"].strip().strip(_QUOTES).strip() or None)
    if len(text) > _LONGEST_WORD:
        return None
    hit = _WORD.fullmatch(text.strip().strip(_QUOTES))
    if hit is None:
        return None
    bare = _EXPLICIT.search(text) is None
    return Decision("adopt" if hit["adopt"] else "ignore", bare=bare)
