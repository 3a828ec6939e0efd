from collections.abc import Iterator, Mapping

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongying.estates.room_codes import RoomCode, UnclearRoomCode, place_name, read_room_code


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("101", "101"),
        ("0101", "101"),
        ("1#101", "1-101"),
        ("1-1-101", "1-1-101"),
        ("2栋1单元301", "2-1-301"),
        ("２－１－３０１", "2-1-301"),
        ("２栋１单元３０１室", "2-1-301"),
        ("A座1203", "A-1203"),
        ("a座1203室", "A-1203"),
        ("2号楼1单元301室", "2-1-301"),
        ("二栋一单元301", "2-1-301"),
        ("十二幢301", "12-301"),
        ("二十一幢301", "21-301"),
        ("1#1-101", "1-1-101"),
        ("1#-101", "1-101"),
        ("2#1单元301", "2-1-301"),
        ("2栋1单元3层301", "2-1-301"),
        ("2-1-3-01", "2-1-301"),
        ("2-1-3-301", "2-1-301"),
        ("2-1-301室", "2-1-301"),
        (" 2 栋 1 单元 0301 房 ", "2-1-301"),
        ("G2栋320", "G2-320"),
        ("2/1/301", "2-1-301"),
        ("商铺3", "商铺3"),
        ("101A", "101A"),
    ],
)
def test_clear_codes_are_read(text: str, code: str) -> None:
    assert str(read_room_code(text)) == code


@pytest.mark.parametrize(
    ("text", "building", "code"),
    [
        ("301室", "2号楼", "2-301"),
        ("1-301", "2栋", "2-1-301"),
        ("2-301", "2栋", "2-301"),
        ("2-1-301", "2栋", "2-1-301"),
        ("1单元301", "二栋", "2-1-301"),
        ("11301", "2", "2-1-1301"),
    ],
)
def test_what_the_row_says_about_the_building_completes_the_code(text: str, building: str, code: str) -> None:
    assert str(read_room_code(text, building=building, places={"2": ["1"]} if text == "11301" else None)) == code


@pytest.mark.parametrize(
    ("text", "places", "code"),
    [
        ("21301", {"2": ["1", "2"], "3": ["1"]}, "2-1-301"),
        ("21301", {"21": [], "3": []}, "21-301"),
        ("21301", {"2": [], "3": []}, "2-1301"),
        ("121301", {"12": ["1"], "1": ["1"]}, "12-1-301"),
        ("1-101", {"A": ["1", "2"]}, "A-1-101"),
    ],
)
def test_known_buildings_and_entrances_decide_what_digits_mean(
    text: str, places: Mapping[str, list[str]], code: str
) -> None:
    assert str(read_room_code(text, places=places)) == code


@pytest.mark.parametrize(
    ("places", "meanings"), [({}, "2-1-301, 21-301, 2-1301"), ({"2": ["1"], "21": []}, "2-1-301, 21-301")]
)
def test_digits_that_can_mean_several_rooms_are_refused_with_their_meanings(
    places: Mapping[str, list[str]], meanings: str
) -> None:
    readings = read_or_meanings("21301", places)
    assert f"can mean {meanings}." in readings


def read_or_meanings(text: str, places: Mapping[str, list[str]]) -> str:
    with pytest.raises(UnclearRoomCode) as refusal:
        read_room_code(text, places=places)
    return str(refusal.value)


@pytest.mark.parametrize("text", ["", "  ", "阳光", "---", "x" * 41, "\u202e"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(UnclearRoomCode, match="not a room code"):
        read_room_code(text)


def test_places_have_one_name_however_they_are_written() -> None:
    assert {place_name(text) for text in ("2", "2栋", "２号楼", "02幢", "二栋", "2#", "2座", "2单元")} == {"2"}


def test_floor_is_what_the_room_number_begins_with() -> None:
    assert [RoomCode(room).floor for room in ("301", "1203", "S1", "商铺3", "12")] == [3, 12, None, None, None]


ROOMS = st.builds(lambda floor, number: f"{floor}{number:02}", st.integers(1, 60), st.integers(1, 40))
CODES = st.builds(RoomCode, ROOMS, st.integers(1, 9).map(str), st.integers(1, 99).map(str))


@given(CODES)
def test_every_notation_of_a_room_means_that_room(code: RoomCode) -> None:
    full_width = str(code).translate({ord("0") + n: 0xFF10 + n for n in range(10)} | {ord("-"): 0xFF0D})
    notations = [
        str(code),
        full_width,
        f"{code.building}栋{code.entrance}单元{code.room}室",
        f"{code.building}#{code.entrance}-{code.room}",
        f"{code.building} - {code.entrance} - {code.room}",
    ]
    assert {read_room_code(text) for text in notations} == {code}
    assert read_room_code(f"{code.entrance}单元{code.room}", building=f"{code.building}号楼") == code


@given(
    st.dictionaries(st.integers(1, 99).map(str), st.frozensets(st.integers(1, 9).map(str), max_size=4), max_size=6),
    st.integers(10_000, 9_999_999),
)
def test_digits_are_only_ever_read_as_a_room_that_fits(places: dict[str, frozenset[str]], digits: int) -> None:
    try:
        code = read_room_code(str(digits), places=places)
    except UnclearRoomCode:
        return
    assert f"{code.building}{code.entrance}{code.room}" == str(digits) or f"0{code.room}" in str(digits)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        said = str(read_room_code(text))
    except UnclearRoomCode as refusal:
        said = str(refusal)
    assert said
