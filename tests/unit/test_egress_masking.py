"""What may not leave is replaced, and comes back unharmed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.masking import Restorer, Vault
from agents.secrets import Secret, Secrets, dictated_spans, may_leave, name_secrets
from storage.vocabulary import Egress

PERSONAL = [
    ("手机13945671234找我", "13945671234", "phone"),
    ("tel +86 139-4567-1234.", "+86 139-4567-1234", "phone"),
    ("电话：139 4567 1234", "139 4567 1234", "phone"),
    ("１３９４５６７１２３４", "１３９４５６７１２３４", "phone"),
    ("一三九四五六七一二三四是他的", "一三九四五六七一二三四", "phone"),
    ("1\u200b3\u200b9\u200b45671234", "1\u200b3\u200b9\u200b45671234", "phone"),
    ("座机021-61234567转8001", "021-61234567", "phone"),
    ("(010) 6552 9988", "(010) 6552 9988", "phone"),
    ("客服400-820-8820", "400-820-8820", "phone"),
    ("call +1 415-555-2671 now", "+1 415-555-2671", "phone"),
    ("call (415) 555-2671", "(415) 555-2671", "phone"),
    ("身份证11010519900307123X。", "11010519900307123X", "id"),
    ("110105 19900307 1234", "110105 19900307 1234", "id"),
    ("老证110105900307123号", "110105900307123", "id"),
    ("护照E12345678", "E12345678", "id"),
    ("卡号6222021234567890123", "6222021234567890123", "card"),
    ("卡6222 0212 3456 7890", "6222 0212 3456 7890", "card"),
    ("税号91310000MA1FL8XX2R", "91310000MA1FL8XX2R", "code"),
    ("写信到wang.jg+crm@hx-med.com.cn吧", "wang.jg+crm@hx-med.com.cn", "mail"),
    ("微信号：wang_jg88", "wang_jg88", "wechat"),
    ("WeChat: zhangsan2020", "zhangsan2020", "wechat"),
    ("加vx是 hx_zhang1", "hx_zhang1", "wechat"),
    ("车牌京A12345停在门口", "京A12345", "plate"),
    ("沪AD12345新能源", "沪AD12345", "plate"),
]
HARMLESS = """2026-11-21 2026-12-01
销售额 1200 1350 1400 1500
订单号 20261121001
¥1,385,000 和 ¥138.5万
2026年11月21日 14:30
pb-012 第3步
新server CRM2026
微信 follow-up 之后
19 customers, 3 open deals, stage 4
增长 +12.5% 和 -3.2%
act-5f0c9a4be1d2""".splitlines()


def vault(*secrets: tuple[str, str], level: Egress = "masked") -> Vault:
    return Vault(level, Secrets(Secret(text, kind) for text, kind in secrets))


@pytest.mark.parametrize(("text", "found", "kind"), PERSONAL)
def test_personal_data_is_told_by_its_form(text: str, found: str, kind: str) -> None:
    hiding = vault()
    masked = hiding.mask(text)
    assert masked == text.replace(found, f"⟦{kind}:1⟧")
    assert hiding.restore(masked) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_figures_stay(text: str) -> None:
    assert vault().mask(text) == text


def test_equal_words_get_equal_placeholders_and_others_do_not() -> None:
    hiding = vault(("王建国", "person"), ("李梅", "person"))
    assert hiding.mask("王建国和李梅") == "⟦person:1⟧和⟦person:2⟧"
    assert hiding.mask("李梅找王建国") == "⟦person:2⟧找⟦person:1⟧"


def test_names_of_chinese_people_anywhere_latin_ones_as_whole_words() -> None:
    hiding = vault(("Li Na", "person"), ("王伟", "person"))
    assert hiding.mask("LI NA问王伟总") == "⟦person:1⟧问⟦person:2⟧总"
    assert hiding.mask("Li Nansen") == "Li Nansen"
    assert vault(("An", "person")).mask("And an Anna") == "And ⟦person:1⟧ Anna"


NOTE = "客户的太太反对换供应商，预算最多八十万，下周三之前别打电话。"


@pytest.mark.parametrize(
    "text",
    [
        NOTE,
        NOTE[4:22],
        f"总结：{NOTE[:14]}……",
        NOTE.replace("，", " , "),
        " ".join(NOTE),
    ],
)
def test_a_private_text_is_found_whole_in_part_and_reformatted(text: str) -> None:
    masked = vault((NOTE, "words")).mask(text)
    assert "⟦words:1⟧" in masked
    for i in range(len(NOTE) - 5):
        assert NOTE[i : i + 6] not in masked


def test_an_english_private_text_is_found_in_part_but_its_single_words_are_free() -> None:
    note = "His wife is against changing the supplier before March"
    hiding = vault((note, "words"))
    assert "supplier" not in hiding.mask("He said: wife is against changing the supplier, hm")
    assert hiding.mask("Which supplier did they have before March?") == (
        "Which supplier did they have before March?"
    )


def test_a_short_private_text_is_hidden_as_a_whole() -> None:
    assert vault(("嫌太贵", "words")).mask("他嫌太贵了") == "他⟦words:1⟧了"


def test_overlaps_become_one_placeholder() -> None:
    hiding = vault(("请打13945671234找王建国谈价格问题", "words"), ("王建国", "person"))
    masked = hiding.mask("请打13945671234找王建国谈价格问题")
    assert masked == "⟦words:1⟧"
    assert hiding.restore(masked) == "请打13945671234找王建国谈价格问题"


@pytest.mark.parametrize(
    ("level", "leaving", "staying"),
    [
        ("masked", [], ["L1", "L2", "L3"]),
        ("L1", ["L1"], ["L2", "L3"]),
        ("L2", ["L1", "L2"], ["L3"]),
        ("L3", ["L1", "L2", "L3"], []),
    ],
)
def test_levels(level: Egress, leaving: list[str], staying: list[str]) -> None:
    assert all(may_leave(grade, level) for grade in leaving)
    assert not any(may_leave(grade, level) for grade in staying)


def test_at_l1_people_can_be_reached_but_documents_stay_hidden() -> None:
    text = "王伟 13945671234 w@x.com 11010519900307123X"
    assert vault(level="L1").mask(text) == "王伟 13945671234 w@x.com ⟦id:1⟧"
    assert list(name_secrets(["王伟"], "L1")) == []
    assert [s.text for s in name_secrets(["王伟"], "masked")] == ["王伟"]


def test_l3_sends_plain() -> None:
    assert vault(("王伟", "person"), level="L3").mask("王伟 13945671234") == "王伟 13945671234"


def test_json_is_masked_and_restored_inside() -> None:
    hiding = vault(("王伟", "person"))
    args = {"who": ["王伟", {"tel": 13945671234}], "n": 3, "ok": True, "none": None, "x": 1.5}
    masked = hiding.mask_value(args)
    assert masked == {
        "who": ["⟦person:1⟧", {"tel": "⟦phone:2⟧"}], "n": 3, "ok": True, "none": None, "x": 1.5,
    }  # fmt: skip
    assert hiding.restore_value(masked) == {**args, "who": ["王伟", {"tel": "13945671234"}]}


@pytest.mark.parametrize(
    "written",
    ["⟦person:1⟧", "⟦person：1⟧", "⟦ person:1 ⟧", "[person:1]", "【person:1】", "[[person:1]]"],
)
def test_brackets_that_a_model_changed_are_understood(written: str) -> None:
    hiding = vault(("王伟", "person"))
    hiding.mask("王伟")
    assert hiding.restore(f"联系{written}") == "联系王伟"


@pytest.mark.parametrize("text", ["[王伟](见下)", "[[王伟]]", "⟦王伟⟧", "⟦⟦王伟", "王伟⟧"])
def test_brackets_of_the_text_itself_stay(text: str) -> None:
    hiding = vault(("王伟", "person"))
    assert hiding.restore(hiding.mask(text)) == text


@pytest.mark.parametrize("typed", ["⟦person:1⟧", "[person:1]", "【person：1】", "[[ person:1 ]]"])
def test_a_typed_placeholder_is_hidden_like_any_secret(typed: str) -> None:
    hiding = vault(("王伟", "person"))
    hiding.mask("王伟")
    assert hiding.mask(f"say {typed}") == "say ⟦words:2⟧"
    assert hiding.restore("say ⟦words:2⟧") == f"say {typed}"


def test_invented_placeholders_are_not_filled() -> None:
    hiding = vault(("王伟", "person"))
    hiding.mask("王伟")
    assert hiding.restore("⟦person:2⟧ ⟦phone:1⟧") == "⟦person:2⟧ ⟦phone:1⟧"


@pytest.mark.parametrize(
    ("text", "dictated"),
    [
        ("记一下：客户嫌贵", ["客户嫌贵"]),
        ("帮我记下来，他女儿明年高考", ["他女儿明年高考"]),
        ("记：周五回电", ["周五回电"]),
        ("记个笔记 周五回电", ["周五回电"]),
        ("备注：周五回电", ["周五回电"]),
        ("他女儿明年高考，记一下吧", ["他女儿明年高考，"]),
        ("他说“太贵了”", ["太贵了"]),
        ("Please note that he finds it too dear", ["he finds it too dear"]),
        ("note: call on Friday", ["call on Friday"]),
        ("Take a note that he is angry", ["he is angry"]),
        ("He is angry, write that down please", ["He is angry, "]),
        ("华星医疗怎么样", []),
        ("我关于华星的笔记有哪些", []),
        ("what did I note about Acme last week?", []),
        ("记得明天提醒我", []),
        ("拜访记录给我看看", []),
    ],
)
def test_dictation_by_default_is_what_is_quoted_or_stands_by_a_note_verb(
    text: str, dictated: list[str]
) -> None:
    assert [text[a:b] for a, b in dictated_spans(text)] == dictated


words = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "客户王伟价格 ，。-⟦⟧:[]【】words1"),
    max_size=60,
)


@given(words, st.lists(words, max_size=4), st.integers(1, 7))
def test_mask_then_restore_gives_the_text_back_streamed_in_any_chunks(
    text: str, secrets: list[str], size: int
) -> None:
    hiding = Vault("masked", Secrets(Secret(s, "words") for s in secrets))
    masked = hiding.mask(text)
    assert hiding.restore(masked) == text
    restorer = Restorer(hiding)
    streamed = [restorer.feed(masked[i : i + size]) for i in range(0, len(masked), size)]
    assert "".join([*streamed, restorer.rest()]) == text


def test_a_placeholder_split_over_chunks_never_shows() -> None:
    hiding = vault(("王伟", "person"))
    hiding.mask("王伟")
    restorer = Restorer(hiding)
    shown = [restorer.feed(c) for c in ["请联系⟦", "per", "son", ":", "1", "⟧，", "谢谢"]]
    assert shown == ["请联系", "", "", "", "", "王伟，", "谢谢"]
