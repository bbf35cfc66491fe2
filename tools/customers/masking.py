"""What of a result may be read or may leave the machine: masks and the list of sensitive words.

Pure. Names and contact data of contacts are L1.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from storage.repositories.masks import LANDLINE, MOBILE, mails
from storage.vocabulary import Grade
from tools.artifact import Sensitive

_SHORTEST_NAME = 2


def hidden_everywhere(value: Any, hide: Callable[[str], str]) -> Any:
    """A JSON-like value with ``hide`` applied to every text in it, keys excepted."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [hidden_everywhere(item, hide) for item in value]
    if isinstance(value, dict):
        return {key: hidden_everywhere(item, hide) for key, item in value.items()}
    return value


def sensitive_words(
    shown: Any,
    people: Iterable[tuple[str | None, str | None, str | None, str | None]],
    verbatim: Iterable[str],
) -> list[Sensitive]:
    """Names and contact data (name, phone, mail, wechat) and verbatim words that ``shown`` holds.

    ``shown`` is the dumped artifact, or the JSON text of it; numbers and addresses in its free
    text count too.
    """
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    found = [
        *(Sensitive(text=w, grade=Grade.L3, kind="words") for w in verbatim),
        *_contact_data(people, text),
        *(Sensitive(text=m.group(), grade=Grade.L1, kind="phone") for m in _numbers(text)),
        *(Sensitive(text=m.group(), grade=Grade.L1, kind="mail") for m in mails(text)),
    ]
    return list({item.text: item for item in reversed(found)}.values())[::-1]


def _numbers(text: str) -> Iterator[re.Match[str]]:
    yield from MOBILE.finditer(text)
    yield from LANDLINE.finditer(text)


def _contact_data(
    people: Iterable[tuple[str | None, str | None, str | None, str | None]], text: str
) -> Iterator[Sensitive]:
    for name, phone, mail, wechat in people:
        if name and len(name) >= _SHORTEST_NAME and name in text:
            yield Sensitive(text=name, grade=Grade.L1, kind="person")
        if phone and phone in text:
            yield Sensitive(text=phone, grade=Grade.L1, kind="phone")
        if mail and mail in text:
            yield Sensitive(text=mail, grade=Grade.L1, kind="mail")
        if wechat and wechat in text:
            yield Sensitive(text=wechat, grade=Grade.L1, kind="wechat")
