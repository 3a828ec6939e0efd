import pytest

from gongying.common.phones import spoken_phone


@pytest.mark.parametrize(
    ("stored", "spoken"),
    [
        ("+8613800001234", "138 0000 1234"),
        ("+8657188880002", "0571 8888 0002"),
        ("+12125550123", "+1 212-555-0123"),
        ("0571-88880002", "0571 8888 0002"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_a_stored_number_stands_as_people_write_it(stored, spoken):
    assert spoken_phone(stored) == spoken
