"""Finds sentences that claim a deed ("已记录", "I've sent it"), to hold them against receipts.

Only a decision executes anything, and its words come from the receipt. So a claim in a model's
own words is unproven, unless a tool of the same turn said that very sentence.
"""

import re
from collections.abc import Callable, Iterator, Sequence

_SENTENCE = re.compile(
    r"[^。！？!?；;\n.]*(?:\.(?=\S)[^。！？!?；;\n.]*)*(?:[。！？!?；;\n]|\.(?=\s|$)|$)"
)
_CLAUSE = re.compile(r"[，,：:（(）)—–]|\s-\s")
_EDGE = re.compile(r"^[\s>*_#\-–•✅☑✔👌\"'“”]+|[\s*_\"'“”。.!！~～]+$")
_SPACES = re.compile(r"[\s*_>#`]+")

_DEED_ZH = (
    r"记录|记下|记好|记上|记入|录入|保存|存好|存入|写入|登记|发送|发出|发给|发到|寄出|回复|通知|转发|提交|"
    r"创建|新建|建好|添加|加入|加到|更新|修改|改好|删除|安排|预约|约好|预定|设置|设好|同步|上传|推送|执行"
)
_WIDE_ZH = _DEED_ZH + r"|完成|处理|取消|搞定|办好|办妥|审批|批准|联系|拜托"
_DONE_ZH = r"(?:已经?|刚刚?|都已?|现已)(?:成功|全部|顺利)?"
_RESULT_ZH = r"(?:好|完|成功|完毕|下来|出去|过去|上去)?了"
_FOR_YOU = r"(?:帮|替|为|给|跟|和|按|把|将|向|用)"
_FIRST_ZH = re.compile(
    rf"我们?(?:这边)?{_DONE_ZH}.{{0,24}}?(?:{_WIDE_ZH})(?!的)"
    rf"|我们?(?:这边)?(?:{_FOR_YOU}.{{0,24}}?)?(?:{_WIDE_ZH})(?:{_RESULT_ZH}|.{{0,12}}了$)"
    rf"|{_DONE_ZH}(?:帮|替|为|给)[你您].{{0,24}}?(?:{_WIDE_ZH})(?!的)"
    rf"|(?:帮|替|为|给)[你您].{{0,24}}?(?:{_WIDE_ZH})(?:{_RESULT_ZH}|.{{0,12}}了$)"
)
_BARE_ZH = re.compile(
    rf"^(?:好的?|嗯|收到|没问题)?{_DONE_ZH}(?:{_FOR_YOU}.{{0,24}}?)?(?:{_WIDE_ZH})(?!的)"
    r"|^(?:都|全)?(?:记|存|发|办|改|建|加|约|设|写|搞|删|弄)(?:好|下|上|妥|定|完|出去?|过去?)了?$"
    rf"|(?:笔记|记录|备注|消息|信息|短信|邮件|微信|提醒|日程|会议|任务|待办|报价单?|内容|资料|它|这[条个])"
    rf"{_DONE_ZH}被?(?:{_DEED_ZH})(?!的)"
)
_NO_CLAIM_ZH = re.compile(
    r"未|没|尚|是否|[吗？?]|如果|假如|若|等[你您]|等待|待|需要|将会|会(?!议|面|见)|可以|能够|请|一旦|即可|"
    r"昨|前天|上周|上个?月|去年|此前|之前|\d{1,2}\s*[月日号]|\d{4}"
)
_DEED_EN = (
    r"recorded|saved|stored|logged|written|noted\s+down|sent|e-?mailed|messaged|notified|forwarded|"
    r"submitted|created|added|updated|changed|edited|deleted|removed|scheduled|booked|arranged|"
    r"set\s+up|synced|uploaded|posted|executed|completed|finished|done|cancell?ed|approved|replied"
)
_ADVERB_EN = r"(?:just|already|now|also|successfully|all)"
_FIRST_EN = re.compile(
    rf"\b(?:I|we)(?:['’]ve|\s+have)?\s+(?:{_ADVERB_EN}\s+)*(?:{_DEED_EN}|wrote|did)\b"
    rf"|\bsuccessfully\s+(?:{_DEED_EN})\b",
    re.IGNORECASE,
)
_BARE_EN = re.compile(
    rf"^(?:ok(?:ay)?\s+)?(?:{_ADVERB_EN}\s+)*(?:{_DEED_EN})(?:\s+(?:it|that|this|for\s+you))?$"
    rf"|\b(?:has|have)\s+(?:{_ADVERB_EN}\s+)*been\s+(?:{_ADVERB_EN}\s+)*(?:{_DEED_EN})\b"
    rf"|\b(?:is|are)\s+(?:{_ADVERB_EN}\s+)*(?:{_DEED_EN})\b"
    rf"|\b(?:it|that|everything)['’]s\s+(?:{_ADVERB_EN}\s+)*(?:{_DEED_EN})\b",
    re.IGNORECASE,
)
_NO_CLAIM_EN = re.compile(
    r"\bnot\b|n['’]t\b|\bnever\b|\bif\b|\bonce\b|\bwhen\b|\bafter\b|\buntil\b|\bwill\b|\bwould\b|"
    r"\bcan\b|\bcould\b|\bshould\b|\bmay\b|\bwhether\b|\?|\bwaiting\b|\bpending\b|\byesterday\b|"
    r"\blast\b|\bago\b|\bearlier\b|\b20\d\d\b|\bon\s+\w+\s+\d",
    re.IGNORECASE,
)
_LONG = 20
_PATTERNS = ((_FIRST_ZH, _BARE_ZH, _NO_CLAIM_ZH), (_FIRST_EN, _BARE_EN, _NO_CLAIM_EN))


def sentences(text: str) -> list[str]:
    """The text in sentences, each with its end; joined they are the text again."""
    return [hit.group() for hit in _SENTENCE.finditer(text) if hit.group()]


def is_claim(sentence: str, *, strict: bool) -> bool:
    """Whether a sentence says that the twin has done something.

    ``strict`` also counts claims without a subject ("已发送"): with data at hand those may be
    facts about a customer, without any they can only be about the twin.
    """
    return any(_claims(clause, sentence, strict) for clause in _clauses(sentence))


def _clauses(sentence: str) -> Iterator[str]:
    for part in _CLAUSE.split(sentence):
        if clause := _EDGE.sub("", part):
            yield clause


def _claims(clause: str, sentence: str, strict: bool) -> bool:
    if sentence.rstrip().endswith(("?", "？")):
        return False
    return any(
        first.search(clause) or (strict and bare.search(clause))
        for first, bare, harmless in _PATTERNS
        if not harmless.search(clause)
    )


def is_unproven(sentence: str, proofs: Sequence[str], *, strict: bool) -> bool:
    """A claim that no tool of this turn worded. ``proofs`` are the tools' own words."""
    plain = sentence.strip()
    if any(plain in proof for proof in proofs) or not is_claim(sentence, strict=strict):
        return False
    bare = _SPACES.sub("", sentence)
    return not any(bare in _SPACES.sub("", proof) for proof in proofs)


def _own_words(text: str, proofs: Sequence[str]) -> str:
    """The text without what the tools said: most answers are little else."""
    for proof in proofs:
        if len(proof) >= _LONG:  # a short one could cut a claim in two
            text = text.replace(proof, "\n")
    return text


def _in_place_of(sentence: str, truth: str) -> str:
    """``truth`` with the white space that stood around the sentence."""
    start = len(sentence) - len(sentence.lstrip())
    end = len(sentence.rstrip())
    return f"{sentence[:start]}{truth}{sentence[end:]}"


def truthful(
    text: str, proofs: Sequence[str], truth: Callable[[], str], *, strict: bool
) -> str | None:
    """The text with its first unproven claim replaced by ``truth()`` and the others left out.

    None if there is nothing to replace.
    """
    own = _own_words(text, proofs)
    if not any(is_unproven(part, proofs, strict=strict) for part in sentences(own)):
        return None
    kept: list[str] = []
    told = False
    for sentence in sentences(text):
        if not is_unproven(sentence, proofs, strict=strict):
            kept.append(sentence)
        elif not told:
            kept.append(_in_place_of(sentence, truth()))
            told = True
    return "".join(kept).strip() if told else None
