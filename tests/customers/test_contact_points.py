from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongying.customers.contact_points import Phone, UnreadablePhone, normalise_phone


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("0086-138-0013-8000", "+8613800138000"),
        ("８６１３８００１３８０００", "+8613800138000"),
        ("0571-88886666", "+8657188886666"),
        ("(0571) 8888 6666 转 801", "+8657188886666;ext=801"),
        ("010-62345678-801", "+861062345678;ext=801"),
        ("400-800-1234", "4008001234"),
        ("12345", "12345"),
        ("+852 2345 6789", "+85223456789"),
    ],
)
def test_numbers_have_one_form(text: str, value: str) -> None:
    assert normalise_phone(text) == Phone(value)


def test_masked_number_is_kept_and_cannot_be_dialled() -> None:
    assert normalise_phone("138****1234") == normalise_phone("138xxxx1234") == Phone("138****1234", is_dialable=False)


def test_landline_is_completed_by_the_area_code_of_its_place() -> None:
    assert normalise_phone("88886666", area_code="0571") == Phone("+8657188886666")
    with pytest.raises(UnreadablePhone, match="without its area code"):
        normalise_phone("88886666")


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1380013800", "138001380001", "12800138000", "1.38E+10", "-1", "９９９９９９９９９９９９９９９９９"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadablePhone):
        normalise_phone(text)


def test_last_four_are_those_of_the_number_not_of_its_extension() -> None:
    assert normalise_phone("0571-88886666转8011").last_four == "6666"


MOBILES = st.builds(lambda second, rest: f"1{second}{rest:09}", st.integers(3, 9), st.integers(0, 999_999_999))


@given(
    MOBILES,
    st.sampled_from(["{}", "+86{}", "86 {}", "0086{}", " {} ", "+86-{}", "\u200b{}"]),
    st.lists(st.integers(1, 10), max_size=3),
)
def test_every_notation_of_a_mobile_number_is_that_number(digits: str, frame: str, gaps: list[int]) -> None:
    spaced = digits
    for gap in sorted(set(gaps), reverse=True):
        spaced = f"{spaced[:gap]} {spaced[gap:]}"
    assert normalise_phone(frame.format(spaced)) == Phone(f"+86{digits}")


@given(MOBILES)
def test_normal_form_is_its_own_normal_form(digits: str) -> None:
    assert normalise_phone(normalise_phone(digits).value) == normalise_phone(digits)
