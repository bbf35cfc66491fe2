"""Reads a typed decision on something that waits: 采纳, 算了, 改成…, adopt, never mind, edit: …"""

import re
from dataclasses import dataclass

from agents.text import clean
from storage.vocabulary import Verb

LAST = -1


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision in words.

    ``text`` is the new wording of an edit (None: it was left out); ``number`` the place in a list,
    from 1 (``LAST``: its end). ``bare`` says that the words do not name a button: they may as well
    be meant for something else, and count only as an answer to the card itself. ``dictated``: the
    new wording stands behind a colon, so it is a text and not a remark.
    """

    verb: Verb
    text: str | None = None
    number: int | None = None
    bare: bool = False
    dictated: bool = False


# A mere yes or no. What names the button itself stands in ``_BUTTON``.
_ADOPT = (
    r"确认(?:一?下)?|可以的?|好|好的|好啊|好滴|行|行的|同意|对|对的|是的?|嗯+|没问题|没错|"
    r"就这样|就这么办|就这么记|记吧|记上吧?|记下来?吧?|记录吧|提交吧?|发吧|发送吧?|保存吧?|"
    r"ok|okay|okey|yes|yep|yeah|y|sure|confirm(?:ed)?|"
    r"approve[d]?|accept|agreed?|go\s+ahead|do\s+it|looks?\s+good|save\s+it|send\s+it|fine|👍|👌|✅"
)
_IGNORE = (
    r"算了|不用了?|不要了?|不必了?|取消|别记了?|不记了?|别发了?|不发了?|作罢|放弃|不行|不可以|"
    r"不同意|不|否|先不(?:用|记|发)?了?|no|nope|n|"
    r"cancel(?:\s+(?:it|this|that))?|never\s*mind|drop\s+it|discard(?:\s+it)?|skip(?:\s+it)?|"
    r"forget\s+it|don't|do\s+not|reject(?:\s+it)?|no\s+thanks|no\s+thank\s+you|👎|❌"
)
_POLITE_BEFORE = r"(?:那就?|嗯+|请|好[的吧]?|please|well|oh|ok|okay|yes)?[\s，,、]*"
_POLITE_AFTER = (
    r"[\s，,、]*(?:吧|了|啦|哈|呀|啊|哦|嘛|谢谢你?|多谢|辛苦了|please|pls|thanks|thank\s+you|then)*"
    r"[\s。．.！!～~…]*"
)
_BUTTON = re.compile(
    rf"{_POLITE_BEFORE}(?:我?[要想]?|全部?|都|一起|直接)"
    r"(?:(?P<ignore>忽略|不采纳|ignore\b)|(?P<adopt>(?:确认)?采纳|adopt\b)|"
    r"(?P<edit>修改|编辑|edit\b))(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_OBJECT = re.compile(
    r"\s*(?:一下)?\s*(?:它们?|全部|所有的?|(?:这|那|刚才[这那]?|上面[这那]?)?一?[个条件项]?(?:笔记|记录)?|"
    r"(?:it|this|that|them|all|both|everything|(?:this|that|the)\s+(?:one|note)))?"
    rf"{_POLITE_AFTER}",
    re.IGNORECASE,
)
_ZH = "一二三四五六七八九十"
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_NUMBER = re.compile(
    r"\s*(?:那就?|就|我?[选要])?\s*(?:"
    rf"第\s*(?:(?P<n1>\d{{1,2}})|(?P<zh1>[{_ZH}]))\s*[个条件项]?|(?P<zh2>[{_ZH}])|"
    r"(?:number\s*|no\.?\s*|option\s*|#\s*)?(?P<n2>\d{1,2})\s*[号.、)）]?|"
    rf"(?:number\s+)?(?P<one>{'|'.join(_ONES)})|"
    rf"(?:the\s+)?(?P<ordinal>{'|'.join(_ORDINALS)}|(?P<n3>\d{{1,2}})(?:st|nd|rd|th))(?:\s+(?:one|note))?|"
    r"(?P<last>最后一?[个条件项]?|(?:the\s+)?last(?:\s+(?:one|note))?)"
    rf"){_POLITE_AFTER}",
    re.IGNORECASE,
)
_WORD = re.compile(
    rf"{_POLITE_BEFORE}(?:(?P<adopt>{_ADOPT})|(?P<ignore>{_IGNORE})){_POLITE_AFTER}", re.IGNORECASE
)
# 换成 and "make it" are no edits: one says them of a day, a customer or a language as well.
_EDIT_ZH = r"(?:请|帮我|把(?:它|内容|这[条个]))?(?:修改成|修改为|改写为|改写成|更改为|改成|改为)"
_EDIT_EN = r"(?:please\s+)?(?:change\s+(?:it|this|that)\s+to|edit\s+(?:it|this|that)\s+to)\b"
_EDIT = re.compile(
    rf"\s*(?:(?:{_EDIT_ZH}|{_EDIT_EN})\s*(?P<colon>[:：]?)[\s，,]*|"
    r"(?P<button>(?:edit|修改|编辑|更正|改)\s*[:：])\s*)(?P<text>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_BARE_EDIT = re.compile(
    rf"\s*(?:{_EDIT_ZH}|改一?下|我要改|change\s+it)[\s:：。.！!]*", re.IGNORECASE
)
_QUOTES = "\"'“”‘’「」『』《》"
_LONGEST_WORD = 40


def read_decision(text: str) -> Decision | None:
    """The decision if the whole message is one, else None ("可以帮我看看…" is not one)."""
    text = clean(text)
    if _BARE_EDIT.fullmatch(text):
        return Decision("edit", bare=True)
    if len(text) <= _LONGEST_WORD and (found := _button(text.strip().strip(_QUOTES))):
        return found
    if hit := _EDIT.fullmatch(text):
        button = hit["button"] is not None
        wording = hit["text"].strip().strip(_QUOTES).strip() or None
        return Decision("edit", wording, bare=not button, dictated=button or bool(hit["colon"]))
    if len(text) > _LONGEST_WORD:
        return None
    hit = _WORD.fullmatch(text.strip().strip(_QUOTES))
    if hit is None:
        return None
    return Decision("adopt" if hit["adopt"] else "ignore", bare=True)


def read_number(text: str) -> int | None:
    """The place in a list that the whole message names: 2, 第二个, the first one, 最后一个."""
    text = clean(text)
    hit = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_WORD else None
    if hit is None:
        return None
    if hit["last"]:
        return LAST
    if digits := hit["n1"] or hit["n2"] or hit["n3"]:
        return int(digits)
    if chinese := hit["zh1"] or hit["zh2"]:
        return _ZH.index(chinese) + 1
    if word := hit["one"]:
        return _ONES.index(word.lower()) + 1
    return _ORDINALS.index(hit["ordinal"].lower()) + 1


def _button(text: str) -> Decision | None:
    """A message that names the button, alone or with what it is to be pressed for."""
    hit = _BUTTON.fullmatch(text)
    if hit is None:
        return None
    verb: Verb = "adopt" if hit["adopt"] else "ignore" if hit["ignore"] else "edit"
    number = read_number(hit["rest"])
    if number is not None:
        return Decision(verb, number=number)
    return Decision(verb) if _OBJECT.fullmatch(hit["rest"]) else None
