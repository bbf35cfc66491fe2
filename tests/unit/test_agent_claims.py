"""A deed is claimed by a receipt or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.claims import is_claim, sentences, truthful

CLAIMS = """已记录。
好的，已记录。
已为您记录这条笔记。
我已经把报价发给王总了。
我帮你记下来了。
记好了！
发出去了。
已发送给客户。
好的，我已更新了商机阶段。
笔记已保存。
提醒已设置，明天九点。
搞定了。
这条已经记录到系统。
会议已安排。
我们已提交审批。
不用担心，已经帮您取消了。
✅ 已成功提交
Done.
Done!
I've recorded your note.
I have sent the quote to Mr Wang.
I recorded that.
OK, saved.
Your note has been saved.
The meeting has been scheduled.
It's done.
All done!
Sent it.
I just updated the stage.
Successfully created the reminder.
Everything is set up.
Great question — I already e-mailed them.""".splitlines()
HONEST = """还没有记录，等您采纳。
采纳后我会记录。
如果已发送请告诉我。
是否已发送？
已记录吗？
我没有发送任何消息。
尚未提交。
3月2日客户发送了采购单。
已发送的报价单共三份。
上周我们已发送样品。
王总昨天更新了需求。
需要您确认后才能保存。
可以帮您记录下来。
客户很好了解。
明天九点有会议安排。
I have not recorded anything.
I will record it once you adopt it.
It is not done yet.
Should I send it?
I can record that for you.
When it is saved you get a receipt.
The quote was sent on March 2.
They are waiting to be set up.
If it has been sent, tell me.
I could have it scheduled.""".splitlines()
FACTS_WITH_DATA = """已发送报价，等待回复。
报价已提交，客户在比价。
The proposal has been sent; no answer so far.""".splitlines()


@pytest.mark.parametrize("sentence", CLAIMS)
def test_claims_are_found(sentence: str) -> None:
    assert any(is_claim(part, strict=True) for part in sentences(sentence))


@pytest.mark.parametrize("sentence", HONEST)
def test_honest_sentences_are_left_alone(sentence: str) -> None:
    assert not any(is_claim(part, strict=True) for part in sentences(sentence))


@pytest.mark.parametrize("sentence", FACTS_WITH_DATA)
def test_where_there_is_data_a_sentence_without_subject_may_be_about_it(sentence: str) -> None:
    assert not any(is_claim(part, strict=False) for part in sentences(sentence))


def test_the_first_claim_becomes_the_truth_and_the_others_go() -> None:
    text = "王总要三月交货。已记录。我也帮您发给王总了。下一步先备货。"
    fair = truthful(text, [], lambda: "没有执行任何操作。", strict=True)
    assert fair == "王总要三月交货。没有执行任何操作。下一步先备货。"


def test_english_claim_becomes_the_truth() -> None:
    text = "He wants it in March. I've recorded that. Anything else?"
    fair = truthful(text, [], lambda: "Nothing was done.", strict=True)
    assert fair == "He wants it in March. Nothing was done. Anything else?"


def test_what_a_tool_said_is_proven() -> None:
    words = "2026年的情况：\n- 已发送报价。\n- 已安排试用"
    assert truthful("摘要：\n- 已发送报价。", [words], lambda: "x", strict=True) is None
    assert truthful("- 已发送合同。", [words], lambda: "x", strict=True) == "x"


@given(st.text())
def test_sentences_are_the_whole_text(text: str) -> None:
    assert "".join(sentences(text)) == text
