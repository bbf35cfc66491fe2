"""The one tokeniser of index and planner."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.tokens import has_cjk, normalise, stem, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("   \n\t", []),
        ("？！。、", []),
        ("😀🎉", []),
        ("贵", ["贵"]),
        ("太贵了", ["太", "太贵", "贵", "贵了", "了"]),
        ("太貴了", ["太", "太贵", "贵", "贵了", "了"]),
        ("後天", ["后", "后天", "天"]),
        ("太，贵", ["太", "贵"]),
        ("Customers", ["custom"]),
        ("customer's", ["custom"]),
        ("don’t", ["dont"]),
        ("follow-up", ["follow", "up"]),
        ("ＡＢＣ１２３", ["abc123"]),
        ("GTX-Pro", ["gtx", "pro"]),
        ("MG-2000", ["mg-2000", "mg", "2000"]),
        ("30-day", ["30-day", "30", "day"]),
        ("1,285,000", ["1285000"]),
        ("1,2", ["1", "2"]),
        ("3.5", ["3.5"]),
        ("12%", ["12%"]),
        ("12％折扣", ["12%", "折", "折扣", "扣"]),
        ("5G网络", ["5g", "网", "网络", "络"]),
        ("pb-012", ["pb-012", "pb", "012"]),
        ("カタログ", ["カ", "カタ", "タ", "タロ", "ロ", "ログ", "グ"]),
        ("太\u200b贵", ["太", "太贵", "贵"]),
        ("\u202e太贵", ["太", "太贵", "贵"]),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_repeated_words_are_kept_in_order() -> None:
    assert tokens("price price 价 price") == ["price", "price", "价", "price"]


def test_forms_of_an_english_word_meet() -> None:
    assert stem("renewals") == stem("renewal") == stem("renewal's")
    assert stem("negotiating") == stem("negotiate")


def test_traditional_characters_that_stand_in_both_charsets_are_converted() -> None:
    assert normalise("乾淨後來於是") == "干净后来于是"


def test_a_very_long_text_and_a_very_long_word_are_cut_up() -> None:
    assert len(tokens("贵" * 100_000)) == 199_999
    assert tokens("a" * 100_000) == ["a" * 40]
    assert len(tokens("a1-" * 33_000)) == 33_000


def test_pure_simplified_chinese_loads_no_converter_and_no_stemmer() -> None:
    code = (
        "import sys; from knowledge_base.tokens import tokens; tokens('客户说太贵了怎么办，30天');"
        "print([m for m in ('opencc', 'snowballstemmer', 'yaml', 'pydantic') if m in sys.modules])"
    )
    shown = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


@given(st.text(max_size=200))
def test_terms_are_safe_for_a_full_text_index(text: str) -> None:
    for term in tokens(text):
        assert term
        assert not set(term) & set(" \t\n\"'|():*")


@given(st.text(alphabet="客户说太贵了價格後臺abc 12-%", max_size=60))
def test_width_case_and_script_make_no_difference(text: str) -> None:
    assert tokens(text.upper()) == tokens(text)
    assert tokens(normalise(text)) == tokens(text)


@given(st.text(alphabet="太贵了价格", min_size=1, max_size=30))
def test_a_run_of_n_characters_has_n_characters_and_n_minus_one_pairs(run: str) -> None:
    terms = tokens(run)
    assert [t for t in terms if len(t) == 1] == list(run)
    assert [t for t in terms if len(t) == 2] == [run[i : i + 2] for i in range(len(run) - 1)]
    assert all(map(has_cjk, terms))
