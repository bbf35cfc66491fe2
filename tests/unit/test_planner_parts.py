"""The planner's small stages, each on its own."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import ToolMessage

from agents.planner.classifier import load
from agents.planner.clauses import clauses_of
from agents.planner.dictation import find_dictation
from agents.planner.features import asks, features
from agents.planner.fitting import fit, wish_of
from agents.planner.language import LanguageError, load_file
from agents.planner.normalise import normalise
from agents.planner.plan import ready
from agents.planner.replies import choose
from agents.planner.spans import find_spans, narrowed, partial_spans, typed_text
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
        ("刚见完院长说设备要走招标，帮我记一下，另外招标前要准备什么", "刚见完院长说设备要走招标"),
        ("The dean is leaving, note that. What do we do now?", "The dean is leaving"),
        ("the board meets only in feb, note that down for later", "the board meets only in feb"),
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
        "他报的数我当时记录一下的是多少",
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


DISTRICT = (
    Entity(id="c-1", kind="customer", name="澄源区人民医院"),
    Entity(id="c-2", kind="customer", name="澄源区卫生健康局"),
)
FORMS = (
    ("澄源区人民医院", "Chengyuan District People's Hospital", "澄源"),
    ("澄源区卫生健康局", "Chengyuan District Health Bureau", "澄源"),
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("chengyuan hospital, any tickets", ["c-1"]),
        ("chengyuan hosptial", ["c-1"]),
        ("chengyuan health bureau please", ["c-2"]),
        ("澄源卫健局的情况", ["c-1", "c-2"]),
        ("澄源医院的情况", ["c-1"]),
        ("澄源健康局的情况", ["c-2"]),
        ("chengyuan, how are they", ["c-1", "c-2"]),
    ],
)
def test_words_behind_a_shared_name_tell_which_one(text: str, ids: list[str]) -> None:
    entries = [Entry(e, forms) for e, forms in zip(DISTRICT, FORMS, strict=True)]
    names = Lexicon(entries)
    message = normalise(text)
    spans = find_spans(message, names, date(2026, 11, 21))
    spans = [*spans, *partial_spans(message, names, spans, lambda word: False)]
    found = narrowed(message, names, spans)
    assert [sorted(m.entity.id for m in span.matches) for span in found] == [ids]


@pytest.mark.parametrize(
    ("text", "clauses", "apart"),
    [
        ("他们投诉了啥 我写过笔记没有", ["他们投诉了啥", "我写过笔记没有"], [False, False]),
        ("看下投诉，另外明天去哪", ["看下投诉", "明天去哪"], [False, True]),
        ("open deals and then my day", ["open deals ", " my day"], [False, True]),
        ("one sentence. another", ["one sentence", "another"], [False, True]),
        ("K 3 的价格", ["k 3 的价格"], [False]),
    ],
)
def test_clauses(text: str, clauses: list[str], apart: list[bool]) -> None:
    folded = normalise(text).folded
    found = list(clauses_of(folded, ()))
    assert [folded[c.start : c.end] for c in found] == clauses
    assert [c.apart for c in found] == apart


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他们要不要续约", True),
        ("show me the tickets", True),
        ("is there anything due", True),
        ("刚从他们那儿出来，嫌贵", False),
        ("met the cfo, he wants net 60", False),
    ],
)
def test_the_mood_of_a_sentence(text: str, expected: bool) -> None:
    assert asks(text) is expected


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


SAMPLES = [
    (features("客户情况怎么样"), ("brief {}",)),
    (features("介绍一下客户"), ("brief {}",)),
    (features("客户有什么投诉"), ('brief {"sections": ["tickets"]}',)),
    (
        features("客户的投诉和风险"),
        ('brief {"sections": ["tickets"]}', 'brief {"sections": ["risks"]}'),
    ),
    (features("客户有什么风险"), ('brief {"sections": ["risks"]}',)),
    (features("今天安排"), ("day {}",)),
    (features("明天行程安排"), ("day {}",)),
]


def by_wish(probabilities: dict[str, float], wish: str) -> float:
    return sum(p for label, p in probabilities.items() if wish_of(label) == wish)


def test_the_classifier_learns_and_is_flat_on_the_unknown() -> None:
    model = fit(SAMPLES)
    sure = model.probabilities(features("客户怎么样"))
    assert by_wish(sure, "brief") > 0.6
    assert max(sure, key=lambda label: sure[label]) == "brief {}"
    unsure = model.probabilities(["zzz"])
    assert len(set(unsure.values())) == 1
    assert fit(SAMPLES).probabilities(features("客户怎么样")) == sure


def test_a_sentence_may_bear_two_variants_of_a_wish() -> None:
    found = fit(SAMPLES).probabilities(features("客户的投诉和风险"))
    best = sorted(found, key=lambda label: -found[label])[:2]
    assert sorted(best) == ['brief {"sections": ["risks"]}', 'brief {"sections": ["tickets"]}']
    assert sum(found.values()) == pytest.approx(1.0, abs=1e-3)


def test_a_kept_classifier_answers_the_same_and_a_broken_one_is_none(tmp_path: Path) -> None:
    path = tmp_path / "kept.npz"
    model = fit(SAMPLES, frozenset({"ticket"}))
    model.save(path)
    kept = load(path)
    assert kept is not None
    assert kept.words == {"ticket"}
    for text in ("客户怎么样", "今天有什么安排", "zzz"):
        assert kept.probabilities(features(text)) == model.probabilities(features(text))
    path.write_bytes(path.read_bytes()[:200])
    assert load(path) is None
    assert list(tmp_path.iterdir()) == [path]


def test_a_broken_language_file_names_the_place() -> None:
    with pytest.raises(LanguageError, match=r"here\.yaml: wishes\.0\.label"):
        load_file("capability: x\nwishes: [{tool: t}]", "here.yaml")


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
