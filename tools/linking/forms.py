"""The surface forms under which a name may be said, and the folding that makes them comparable."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Legal and generic endings that people leave out when they speak of a company.
_ENDINGS_ZH = re.compile(
    r"(集团股份有限公司|股份有限公司|有限责任公司|控股有限公司|集团有限公司|科技有限公司|有限公司|集团公司|公司|集团)$"
)
_BRANCH_ZH = re.compile(r"[（(][^）)]{1,8}[）)]")
_ENDINGS_EN = re.compile(
    r"[\s,]+(inc|ltd|llc|co|corp|corporation|company|group|holdings?|limited|plc|gmbh|bhd|pte|"
    r"joint stock|jsc|sdn|partners)\.?$",
    re.IGNORECASE,
)
_LATIN = re.compile(r"[a-z0-9]")


def fold(text: str) -> str:
    """One character for one: width, case and traditional script folded away.

    The result has the length of the input, so offsets stay valid.
    """
    folded = "".join(_fold_character(c) for c in text)
    return _simplified(folded) if _may_be_traditional(folded) else folded


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    normal = unicodedata.normalize("NFKC", character).lower()
    return normal if len(normal) == 1 else character


@lru_cache(maxsize=8192)
def _is_traditional(character: str) -> bool:
    # Only characters outside GB2312 can be traditional forms; the codec knows the set.
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return "\u4e00" <= character <= "\u9fff"
    return False


def _may_be_traditional(text: str) -> bool:
    return any(_is_traditional(c) for c in text)


@lru_cache(maxsize=1)
def _converter() -> "OpenCC":
    from opencc import OpenCC

    return OpenCC("t2s")


def _simplified(text: str) -> str:
    # Character by character: phrase rules could change the length.
    converter = _converter()
    return "".join(
        simple if len(simple := converter.convert(c)) == 1 else c
        for c in (text[i] for i in range(len(text)))
    )


def is_latin(text: str) -> bool:
    """Whether a folded text starts or ends with a Latin letter or digit."""
    return bool(text) and bool(_LATIN.match(text[0]) or _LATIN.match(text[-1]))


def company_forms(names: Iterable[str | None], city: str | None = None) -> list[str]:
    """Names of a company and what is left of them in speech, most official first."""
    forms: list[str] = []
    for name in filter(None, names):
        forms.append(name)
        bare = _BRANCH_ZH.sub("", name)
        short = _ENDINGS_EN.sub("", _ENDINGS_ZH.sub("", bare))
        forms.append(short)
        words = short.split()
        if len(words) > 2 and short.isascii():
            forms.append(" ".join(words[:2]))  # Lingchuan Precision (Machinery)
        if city and short.startswith(city.removesuffix("市")) and len(short) - len(city) >= 4:
            forms.append(short.removeprefix(city.removesuffix("市")).removeprefix("市"))
    return unique(form.strip() for form in forms if _long_enough(form.strip()))


def person_forms(names: Iterable[str | None]) -> list[str]:
    """Names of a person; of a Western name the given name alone counts too."""
    forms: list[str] = []
    for name in filter(None, names):
        forms.append(name)
        words = name.split()
        if len(words) > 1 and is_latin(fold(name)):
            forms.append(words[0])
    return unique(form for form in forms if _long_enough(form))


def plain_forms(names: Iterable[str | None]) -> list[str]:
    """Names as they are."""
    return unique(name for name in names if name and _long_enough(name))


def unique(forms: Iterable[str]) -> list[str]:
    """The forms without those that fold to the same."""
    seen: dict[str, str] = {}
    for form in forms:
        seen.setdefault(fold(form), form)
    return list(seen.values())


def _long_enough(form: str) -> bool:
    folded = fold(form)
    return len(folded) >= (3 if is_latin(folded) else 2)
