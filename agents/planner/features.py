"""Features of a sentence for matching wishes: characters, words, their pairs, and typed spans."""

import itertools
import re

from agents.planner.concepts import concepts_of
from agents.planner.tokens import is_cjk, tokens_of

# Part of the name of kept classifiers: change it with the rules below, or with the fitting.
VERSION = 7
# A sentence that names or points at nobody is seldom about one customer.
_NAMED = re.compile(
    r"\{(?:customer|contact|opportunity)\}|他们|她们|这家|那家|该客户|这个客户|那个客户|"
    r"\b(?:them|they|their|there|this customer|that customer)\b"
)
# The mood of a sentence: does it want something, or does it tell what happened?
_ASKS = re.compile(
    r"[?？]|[吗呢]|么\W*$|什么|啥|咋|怎|如何|谁|哪|几个|几点|几号|几家|几次|多少|多久|有没有|是不是|能不能|"
    r"可不可以|要不要|会不会|该不该|帮我|给我|帮忙|请|麻烦|查|看看|看下|看一下|找找|翻|调出|说说|讲讲|介绍|"
    r"来一?份|来点|教|推荐|"
    r"\b(?:what|who|whom|whose|when|where|which|how|why|any|is|are|was|were|do|does|did|has|have|"
    r"can|could|should|shall|would|will) "
    r"(?:i|we|you|they|he|she|it|there|the|my|our|their|anyone)\b|"
    r"^\W*(?:what|who|whom|whose|when|where|which|how|why|any|is|are|do|does|did|has|have|can|"
    r"could|should|would|please|pls|show|tell|give|find|pull|get|list|open|look|check|remind|"
    r"help|need|brief|dig|fetch)\b"
)
_TELLS = re.compile(
    r"了(?!吗|解|么|没)|过(?!来|去)|刚|说|表示|反馈|觉得|认为|嫌|答应|提到|提了|希望|想要|聊|"
    r"\b(?:met|spoke|talked|left|visited|called|told|said|says|saying|wants|wanted|asked|mentioned|thinks|"
    r"agreed|promised|just|confirmed|complained|worried|happy|seems|went|came|got|gave|had|heard|learned)\b"
)
_MOST_CONCEPTS = 12  # of a long message: their pairs grow with the square


def features(text: str) -> list[str]:
    """Distinct features of a folded text, in order of first appearance.

    Chinese gives characters, their pairs and triples, Latin script words and their pairs. Both
    give pairs over a gap, the first and the last token, whether anybody is named, the mood, and
    groups of words that mean much the same.
    """
    tokens = tokens_of(text)
    names_nobody = [] if _NAMED.search(text) else ["{nobody}"]
    pairs = [f"{a}_{b}" for a, b in itertools.pairwise(tokens)]
    threes = list(zip(tokens, tokens[1:], tokens[2:], strict=False))
    triples = [f"{a}_{b}_{c}" for a, b, c in threes if all(map(is_cjk, (a, b, c)))]
    gapped = [f"{a}~{c}" for a, _, c in threes]
    edges = [f"^_{tokens[0]}", f"{tokens[-1]}_$"] if tokens else []
    found = [
        *tokens,
        *pairs,
        *triples,
        *gapped,
        *edges,
        *names_nobody,
        *_mood(text),
        *_concepts(tokens),
    ]
    return list(dict.fromkeys(found))


def asks(text: str) -> bool:
    """Whether a folded sentence asks or requests, in contrast to telling something."""
    return bool(_ASKS.search(text))


def _mood(text: str) -> list[str]:
    asking, telling = asks(text), bool(_TELLS.search(text))
    return [f"{{{'asks' if asking else 'no-ask'}-{'tells' if telling else 'no-tell'}}}"]


def _concepts(tokens: list[str]) -> list[str]:
    """Groups of words and typed spans, alone and in pairs that follow one another somewhere."""
    found = concepts_of(tokens)[:_MOST_CONCEPTS]
    pairs = [f"{a}>{b}" for a, b in itertools.combinations(found, 2) if a != b]
    return [*(one for one in found if one.startswith("#")), *pairs]
