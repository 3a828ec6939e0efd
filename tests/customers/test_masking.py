import pytest

from gongying.customers.masking import masked_identity, masked_phone, spoken_phone
from gongying.customers.plates import UnreadablePlate, normalise_plate


@pytest.mark.parametrize(
    ("value", "masked", "spoken"),
    [
        ("+8613800001234", "138****1234", "13800001234"),
        ("+8657188881234", "0571****1234", "057188881234"),
        ("+8657188881234;ext=801", "0571****1234", "057188881234-801"),
        ("138****1234", "138****1234", "138****1234"),
        ("12345", "12345", "12345"),
        ("+442079460000", "+4420****0000", "+442079460000"),
    ],
)
def test_a_phone_shows_only_what_recognises_it(value, masked, spoken):
    assert masked_phone(value) == masked
    assert spoken_phone(value) == spoken


@pytest.mark.parametrize(
    ("value", "masked"), [("330102199001011234", "3****************4"), ("AB", "**"), ("", ""), ("A1B", "A*B")]
)
def test_an_identity_number_shows_its_ends(value, masked):
    assert masked_identity(value) == masked


@pytest.mark.parametrize("typed", ["京A12345", "京a·12345", " 京A 12345 ", "京Ａ１２３４５", "京A-12345"])
def test_a_plate_has_one_form(typed):
    assert normalise_plate(typed) == "京A12345"


@pytest.mark.parametrize("typed", ["", "京A", "<script>", "京A12345京A12345", "很长的一句话"])
def test_what_is_no_plate_is_said(typed):
    with pytest.raises(UnreadablePlate):
        normalise_plate(typed)
