"""The planner's small stages, each on its own."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import ToolMessage

from agents.planner.classifier import fit
from agents.planner.dictation import find_dictation
from agents.planner.features import features
from agents.planner.language import LanguageError, load_file
from agents.planner.normalise import normalise
from agents.planner.plan import ready
from agents.planner.replies import choose
from agents.planner.spans import find_spans, typed_text
from tools.artifact import Entity
from tools.linking.lexicon import Entry, Lexicon

OPENERS = ("记一下", "帮我记", "记录一下", "备注一下", "note that", "make a note", "note down")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("记一下：王主任说预算砍了一半，下周再谈", "王主任说预算砍了一半，下周再谈"),
        ("帮我记一下 他们换了采购", "他们换了采购"),
        ("他们今天说预算砍了一半，帮我记一下", "他们今天说预算砍了一半"),
        ("他们今天说预算砍了一半，麻烦你记一下吧，谢谢", "他们今天说预算砍了一半"),
        ("note that the budget was cut", "the budget was cut"),
        ("记一下：下周先不要打扰他们", "下周先不要打扰他们"),
        ("记一下，一个月内不要催", "一个月内不要催"),
        ("帮我记条备注，他们换了采购", "他们换了采购"),
        ("make a note on Muning: they moved the tender", "they moved the tender"),
        ("Make a note: call back in May. Thanks!", "call back in May"),
        ("the CFO wants 60 days, please make a note", "the CFO wants 60 days"),
        ("备注一下，「价格」是唯一问题", "「价格」是唯一问题"),
    ],
)
def test_dictated_words(text: str, words: str) -> None:
    message = normalise(text)
    found = find_dictation(message.folded, OPENERS)
    assert found is not None
    assert message.original[found.start : found.end].strip(" ，,") == words


@pytest.mark.parametrize(
    "text",
    [
        "他们的情况",
        "记一下",
        "notebook prices",
        "帮我记一下吧",
        "what did I note down about them",
        "我上次记录一下的那条呢",
        "",
    ],
)
def test_nothing_dictated(text: str) -> None:
    assert find_dictation(normalise(text).folded, OPENERS) is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("1", 0),
        ("第二个", 1),
        ("选2", 1),
        ("the first one", 0),
        ("second", 1),
        ("华东的那个", 0),
        ("张伟（华南）", 1),
        ("I mean the one in 华南", 1),
    ],
)
def test_an_option_is_chosen(text: str, option: int) -> None:
    options = ("张伟（华东 高级销售代表）", "张伟（华南 销售代表）")
    assert choose(text, options) == option


@pytest.mark.parametrize("text", ["张伟", "第五个", "不知道", "明天天气", "", "one of them sold 3"])
def test_no_option_is_chosen(text: str) -> None:
    assert choose(text, ("张伟（华东）", "张伟（华南）")) is None


@given(st.text(max_size=200))
def test_normalising_keeps_offsets_and_hides_what_cannot_be_seen(text: str) -> None:
    message = normalise(text)
    assert len(message.folded) == len(message.original)
    assert not set(message.original) & set("\u200b\u202e\u2066\ufeff")


def test_width_case_and_script_are_folded() -> None:
    assert normalise("ＡＢＣ　客戶報價").folded == "abc 客户报价"


def lexicon() -> Lexicon:
    hua = Entity(kind="customer", id="c1", name="华康医院")
    return Lexicon(
        [
            Entry(hua, ("华康医院", "华康")),
            Entry(
                Entity(kind="customer", id="c2", name="Acme Corporation"),
                ("Acme Corporation", "Acme"),
            ),
            Entry(Entity(kind="contact", id="k1", name="王建国"), ("王建国",), hua),
            Entry(Entity(kind="person", id="p1", name="张伟"), ("张伟",), hint="华东"),
            Entry(Entity(kind="person", id="p2", name="张伟"), ("张伟",), hint="华南"),
        ]
    )


def test_spans_are_typed_and_the_longest_name_wins() -> None:
    message = normalise("明天去华康医院见王建国，顺便问 acme 的事")
    spans = find_spans(message, lexicon(), date(2026, 11, 21))
    assert [s.kind for s in spans] == ["day", "customer", "contact", "customer"]
    assert typed_text(message.folded, spans, 0, 8) == " {day} 去 {customer} 见"


def test_two_people_of_one_name_stay_two() -> None:
    (link,) = lexicon().scan("张伟在吗")
    assert {m.entity.id for m in link.matches} == {"p1", "p2"}


@pytest.mark.parametrize("text", ["acmes", "pacme", "tacme2"])
def test_latin_names_end_at_word_bounds(text: str) -> None:
    assert lexicon().scan(text) == []


@pytest.mark.parametrize(
    ("said", "how"),
    [("华糠医院", "homophone"), ("花康医院", "homophone"), ("Acme Corporatoin", "typo")],
)
def test_a_misspelt_name_is_a_guess(said: str, how: str) -> None:
    assert lexicon().scan(said) == [] or said.startswith("Acme")
    matches = [m for link in lexicon().guess(said) for m in link.matches]
    assert [(m.entity.kind, m.how) for m in matches] == [("customer", how)]
    assert matches[0].guessed


def test_lookup_by_id_name_alias_and_part() -> None:
    names = lexicon()
    for said in ("c1", "华康医院", "华康", "康医院"):
        assert [m.entity.id for m in names.lookup(said, "customer")] == ["c1"]
    assert names.lookup("没有这家", "customer") == []


def test_the_classifier_learns_and_is_flat_on_the_unknown() -> None:
    samples = [
        (features("客户情况怎么样"), "brief"),
        (features("介绍一下客户"), "brief"),
        (features("今天安排"), "day"),
        (features("明天行程安排"), "day"),
    ]
    model = fit(samples)
    sure = model.probabilities(features("客户怎么样"))
    assert sure["brief"] > 0.8
    unsure = model.probabilities(["zzz"])
    assert abs(unsure["brief"] - unsure["day"]) < 0.05
    assert fit(samples).probabilities(features("客户怎么样")) == sure


def test_a_broken_language_file_names_the_place() -> None:
    with pytest.raises(LanguageError, match=r"here\.yaml: wishes\.0\.label"):
        load_file("capability: x\nwishes: [{tool: t, examples: []}]", "here.yaml")


def test_a_step_waits_for_what_it_needs() -> None:
    steps = [
        {"tool": "my_day", "args": {}, "needs": {}},
        {"tool": "brief", "args": {"sections": []}, "needs": {"customer": "customer"}},
    ]
    now, later = ready(steps, [])
    assert [s["tool"] for s in now] == ["my_day"]
    artifact = {"focus": [{"kind": "customer", "id": "c9", "name": "x"}]}
    now, later = ready(later, [ToolMessage("…", tool_call_id="1", artifact=artifact)])
    assert [s["args"] for s in now] == [{"sections": [], "customer": "c9"}]
    assert later == []
    now, _ = ready(later, [ToolMessage("…", tool_call_id="1", artifact={"focus": []})])
    assert now == []
