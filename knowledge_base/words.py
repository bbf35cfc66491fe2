"""The index's own words: filler phrases, industry names, and how places are cited."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from knowledge_base.tokens import normalise, simplified, stem, tokens
from storage.yaml_text import read_yaml


@dataclass(frozen=True, slots=True)
class Words:
    """``content/words.yaml``, compiled; ``digest`` changes when the file does."""

    digest: str
    synonym: re.Pattern[str]
    synonyms: Mapping[str, str]  # a phrase → the first of its group
    synonym_stems: Mapping[str, str]  # the same for English, by stem
    filler: re.Pattern[str]
    filler_stems: frozenset[str]
    industries: Mapping[str, str]  # a name as written, normalised → code
    locators: Mapping[str, Mapping[str, str]]


@cache
def words() -> Words:
    """The words, read once on first use."""
    import hashlib

    content = (resources.files("knowledge_base") / "content" / "words.yaml").read_bytes()
    data = read_yaml(content)
    chinese = {word: group[0] for group in data["synonyms"]["zh"] for word in group[1:]}
    english = dict(_same_stems(data["synonyms"]["en"]))
    names = {normalise(name): code for code, all_ in data["industries"].items() for name in all_}
    return Words(
        digest=hashlib.sha256(content).hexdigest()[:12],
        synonym=_any_of(chinese),
        synonyms=chinese,
        synonym_stems=english,
        filler=_any_of(data["fillers"]["zh"]),
        filler_stems=frozenset(stem(word) for word in data["fillers"]["en"]),
        industries=names,
        locators=data["locators"],
    )


def terms(text: str) -> list[str]:
    """The terms of ``text`` with synonyms made one: 友商 and 竞争对手 are both 竞品."""
    return _terms(_canonical(text))


_OURSELVES = re.compile("(?<=[\u4e00-\u9fff])(?:我们|咱们|咱|我)(?=[\u4e00-\u9fff])")


def cues(text: str) -> list[str]:
    """The same without what people say around the thing itself.

    Fillers part what stands on their two sides: 太贵了怎么办 gives 太 太贵 贵, and no 贵怎.
    """
    known = words()
    # 嫌我们贵 is 嫌贵: who is meant goes without saying, and parts what belongs together.
    bare = known.filler.sub(" ", _OURSELVES.sub("", _canonical(text)))
    return [term for term in _terms(bare) if term not in known.filler_stems]


def industry_code(name: str) -> str | None:
    """The code of an industry by any of its names; None for one that is not in the list."""
    return words().industries.get(normalise(name).strip().replace("_", " "))


def locator(language: str, part: str, number: int) -> str:
    """How a place in a playbook is cited: ``第2步``, ``risk 1``."""
    return words().locators[language][part].format(number=number)


def _canonical(text: str) -> str:
    known = words()
    return known.synonym.sub(lambda found: known.synonyms[found.group()], simplified(text))


def _same_stems(groups: Iterable[list[str]]) -> Iterator[tuple[str, str]]:
    for first, *rest in groups:
        yield from ((stem(word), stem(first)) for word in rest if stem(word) != stem(first))


def _terms(text: str) -> list[str]:
    same = words().synonym_stems
    return [same.get(term, term) for term in tokens(text)]


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all phrases; where several fit, the longest wins."""
    return re.compile("|".join(map(re.escape, sorted(phrases, key=len, reverse=True))))
