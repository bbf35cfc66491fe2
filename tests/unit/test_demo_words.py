"""The demo's word material: every sentence can be said, and there is always something to say."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from storage.demo import data, scenes
from storage.demo.phrases import Phrase, phrase

SLOTS = {
    name: f"<{name}>"
    for name in (
        *("who", "who2", "boss", "department", "dept", "short", "product", "qty", "unit"),
        *("amount", "pct", "days", "place", "mins", "colleague", "me", "my_name"),
        *("competitor", "strength", "gap", "within"),
    )
}
SUBJECTS = (
    *("need", "question", "us", "customer", "complaint"),
    *("price", "delivery", "competitor", "budget", "reconsider"),
    *("legal", "finance", "stakeholder", "silent", "intent"),
    *("praise", "acceptance", "renewal", "care", "small"),
)
LANGUAGES = ("zh", "en")
# Facts of the material, not sentences: kinds of goods, severities, limits.
PLAIN = frozenset({"sku", "industry", "only", "hardware", "severity", "days"})


def sentences(node: Any, key: str = "") -> Iterator[str]:
    """Every pattern below a node of the word files."""
    if key in PLAIN:
        return
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from sentences(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from sentences(value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", [0.0, 0.5, 0.999])
def test_every_sentence_renders(language: str, draw: float) -> None:
    patterns = list(sentences(data.talk(language)))
    assert len(patterns) > 250
    for pattern in patterns:
        text = phrase(pattern).render(SLOTS, (draw,))
        assert not re.search(r"[\[\]{}|]", text), pattern


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_date_or_season_that_would_age(language: str) -> None:
    aging = re.compile(
        r"(周[一二三四五六日天]|星期|春节|国庆|双十一|年底|\b20[0-9]{2}\b|Monday|Friday)"
    )
    found = [text for text in sentences(data.talk(language)) if aging.search(text)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("industry", list(data.load("industries")["industries"]))
def test_there_are_words_for_every_customer_and_product(language: str, industry: str) -> None:
    lonely = [
        (product["sku"], subject)
        for line in set(data.industry(industry)["lines"])
        for product in data.catalogue(industry, line)
        for subject in SUBJECTS
        if scenes.subject_for(product, subject) == subject
        and not scenes.fitting(language, subject, industry, product["id"])
    ]
    assert lonely == []


def test_summary_and_words_pick_matching_alternatives() -> None:
    summary, words = Phrase("要[一台|两台]"), Phrase("就[一台吧|两台吧]")
    assert summary.render({}, (0.1,)) == "要一台"
    assert words.render({}, (0.1,)) == "就一台吧"
    assert summary.render({}, (0.9,)) == "要两台"
    assert words.render({}, (0.9,)) == "就两台吧"


def test_the_second_choice_takes_the_second_draw() -> None:
    pattern = Phrase("[a|b]-[a|b] {who}")
    assert pattern.render({"who": "x"}, (0.0, 0.9)) == "a-b x"


def test_an_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError):
        Phrase("{nobody}").render({}, (0.5,))
