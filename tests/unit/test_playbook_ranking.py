"""Text relevance: absolute, bounded, and able to say no."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.ranking import RANKING, Question, Terms, Text
from knowledge_base.words import cues, terms

PRICE = ["太贵了", "价格太高", "能不能便宜点", "too expensive", "asks for a discount"]
RENEWAL = ["续约", "合同快到期了", "contract renewal"]


def text(phrases: Sequence[str], body: str = "") -> Text:
    return Text.of([Terms.of(cues(phrase)) for phrase in phrases], [Terms.of(terms(body))])


def score(question: str, phrases: Sequence[str], others: Sequence[Sequence[str]] = ()) -> float:
    candidates = [text(phrases), *map(text, others)]
    return Question(Terms.of(cues(question)), candidates).score(candidates[0])


@pytest.mark.parametrize(
    "question",
    [
        "太贵了",
        "客户说太贵了怎么办",
        "太貴了",
        "客户嫌你们价格太高",
        "贵太了",
        "how do I handle too expensive",
        "they find it expensive, too expensive",
    ],
)
def test_a_trigger_phrase_in_any_dress_is_found(question: str) -> None:
    assert score(question, PRICE, [RENEWAL]) >= RANKING.least
    assert score(question, PRICE, [RENEWAL]) > score(question, RENEWAL, [PRICE])


@pytest.mark.parametrize(
    "question", ["今天天气怎么样", "公司年假有几天", "book me a flight", "合同模板在哪里下载", ""]
)
def test_what_it_does_not_speak_of_stays_below_the_line(question: str) -> None:
    assert score(question, PRICE, [RENEWAL]) < RANKING.least
    assert score(question, RENEWAL, [PRICE]) < RANKING.least


def test_a_phrase_standing_whole_in_a_long_question_counts() -> None:
    long = "昨天下午开会的时候采购经理当着大家的面说我们的东西太贵了让我们回去重新想想"
    assert score(long, PRICE) > score(long, RENEWAL)


def test_a_turned_pair_counts_less_than_the_right_one() -> None:
    assert 0 < score("贵太", PRICE) < score("太贵", PRICE)


def test_one_word_by_chance_is_less_than_a_phrase_of_one_word() -> None:
    assert score("stock renewal figures", RENEWAL) < score("renewal", RENEWAL)


def test_the_closest_phrase_is_named_only_when_it_is_close() -> None:
    question = Question(Terms.of(cues("客户说价格太高")), [])

    def of(phrase: str) -> Terms:
        return Terms.of(cues(phrase))

    assert question.closest(PRICE, of) == "价格太高"
    assert question.closest(["交期太长了点", "续约"], of) is None


@given(st.text(alphabet="太贵了价格便宜续约合同到期abc xyz", max_size=40))
def test_scores_lie_between_zero_and_one(question: str) -> None:
    assert 0.0 <= score(question, PRICE, [RENEWAL]) <= 1.0


@given(st.text(alphabet="太贵了价格便宜续约合同到期", min_size=2, max_size=20))
def test_a_playbook_whose_trigger_is_the_question_itself_scores_highest(question: str) -> None:
    exact = score(question, [question], [PRICE, RENEWAL])
    assert exact >= score(question, PRICE, [[question], RENEWAL])
