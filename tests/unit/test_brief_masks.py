"""Masks for callers without L1, and the list of words that may not leave the machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.repositories.masks import ContactMask, mask_name, mask_numbers
from storage.tables import Contact
from storage.vocabulary import Grade
from tools.customers.masking import hidden_everywhere, sensitive_words


def contact(**more: object) -> Contact:
    values = {"id": "c1", "org_id": "org", "customer_id": "cus", "name": "王建国"}
    return Contact(**(values | more))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13912345678联系", "电话139****5678联系"),
        ("+86 139-1234-5678", "+86 139****5678"),
        ("+8613912345678", "+86139****5678"),
        ("编号 A13912345678", "编号 A13912345678"),
        ("座机 021-61234567", "座机 021-****4567"),
        ("发到wang.jg@renhe.com.cn即可", "发到w***@renhe.com.cn即可"),
        ("订单 2026111200012345", "订单 2026111200012345"),
        ("金额 1391234567 元", "金额 1391234567 元"),
        ("没有号码", "没有号码"),
    ],
)
def test_numbers_and_addresses_in_free_text_are_masked(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked


@pytest.mark.parametrize(("name", "masked"), [("王建国", "王**"), ("John Smith", "J**")])
def test_a_name_keeps_its_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"), st.text(alphabet="客户说电话,。 ", max_size=8))
def test_no_mobile_number_survives_between_chinese_words(number: str, words: str) -> None:
    assert number not in mask_numbers(f"{words}{number}{words}")


def test_a_mask_shows_masked_forms_only() -> None:
    mask = ContactMask([contact(phone="+1 555 0100", email="w@x.cn", wechat="wjg_1970")])
    shown = mask.contact("c1")
    assert shown is not None
    assert (shown.name, shown.phone, shown.mail, shown.wechat) == (
        "王**",
        "+1 ****00",
        "w***@x.cn",
        "w**",
    )
    assert "王建国" not in repr(mask)
    assert mask.contact("other") is None


def test_known_names_disappear_from_free_text() -> None:
    mask = ContactMask([contact(), contact(id="c2", name="王建国强")])
    assert mask.hide("王建国强和王建国都在，打13912345678") == "王**和王**都在，打139****5678"


def test_an_empty_mask_still_masks_numbers() -> None:
    assert ContactMask().hide("13912345678") == "139****5678"


def test_every_text_of_a_value_is_hidden_and_its_shape_kept() -> None:
    value = {"a": ["x1", {"b": "x2"}], "n": 3, "none": None}
    assert hidden_everywhere(value, str.upper) == {"a": ["X1", {"b": "X2"}], "n": 3, "none": None}


def test_sensitive_words_are_those_that_are_shown() -> None:
    shown = {"a": "王建国，13912345678", "b": "写给 other@renhe.cn", "c": "我的原话"}
    people = [("王建国", "13912345678", "wjg@renhe.cn", None), ("李敏", None, None, "limin")]
    found = sensitive_words(shown, people, ["我的原话"])
    assert {(item.text, item.grade, item.kind) for item in found} == {
        ("我的原话", Grade.L3, "words"),
        ("王建国", Grade.L1, "person"),
        ("13912345678", Grade.L1, "phone"),
        ("other@renhe.cn", Grade.L1, "mail"),
    }
    assert len(found) == len({item.text for item in found})
