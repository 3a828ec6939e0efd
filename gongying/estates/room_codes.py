"""Read room codes as people write them and say what they mean, or say that they can mean several things.

`2-1-301`, `1#101`, `A1203`, `0101` and their full-width forms are clear. `21301` is not: it is room 301 at entrance 1 of
building 2, or room 1301 of building 2, or room 301 of building 21. What the project already has decides; where it does not, the
code is refused with its readings.
"""

# ruff: noqa: PLR2004 - the numbers count the parts and signs of a code

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from django.utils.translation import gettext as _

Places: TypeAlias = Mapping[str, Collection[str]]
"""The entrances of each building of a project, by name; none where a building has a single door."""

WORDS: Final = json.loads((Path(__file__).parent / "data" / "address_words.json").read_text(encoding="utf-8"))
LONGEST: Final = 40
HIGHEST_FLOOR: Final = 150
BARE_ROOM_DIGITS: Final = 4
INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


SEPARATORS: Final = re.compile(f"[{re.escape(WORDS['separators'])}]+")
NUMERAL: Final = re.compile(
    f"[{WORDS['numerals']}]{{1,3}}(?={_any_of(WORDS['building'] + WORDS['entrance'] + WORDS['floor'])})"
)
NAME: Final = r"[A-Z]{0,2}\d{1,3}[A-Z]?|[A-Z]{1,2}"
BUILDING: Final = re.compile(rf"({NAME})\s*(?:{_any_of(WORDS['building'])})")
ENTRANCE: Final = re.compile(rf"({NAME})\s*(?:{_any_of(WORDS['entrance'])})")
FLOOR: Final = re.compile(rf"(\d{{1,3}})\s*(?:{_any_of(WORDS['floor'])})")
ROOM: Final = re.compile(rf"([A-Z]{{0,2}}\d{{1,5}}[A-Z]?)\s*(?:{_any_of(WORDS['room'])})?$")

ROOM_WORD: Final = re.compile(rf"(?<=\d)\s*(?:{_any_of(WORDS['room'])})$")


class UnclearRoomCode(ValueError):  # noqa: N818 a word of the house, like "Refused"
    """The code can mean several rooms, or none; carries a translated sentence."""


@dataclass(frozen=True, slots=True)
class RoomCode:
    """Where a room is. Names are upper case and half-width, rooms carry no leading zero."""

    room: str
    entrance: str = ""
    building: str = ""

    def __str__(self) -> str:
        return "-".join(part for part in (self.building, self.entrance, self.room) if part)

    @property
    def floor(self) -> int | None:
        """The storey that a room number of three or four digits begins with."""
        match = re.fullmatch(r"[A-Z]{0,2}(\d{1,2})\d{2}[A-Z]?", self.room)
        return int(match[1]) if match else None


def read_room_code(text: str, *, building: str = "", entrance: str = "", places: Places | None = None) -> RoomCode:
    """Return what `text` means in a project with `places`, given what its row already says about building and entrance.

    Raise `UnclearRoomCode` with a sentence for the user where it means nothing or more than one thing.
    """
    places = places or {}
    readings = list(room_code_readings(text, building=building, entrance=entrance, places=places))
    if not readings:
        raise UnclearRoomCode(
            _("“%(text)s” is not a room code. Write it like 2-1-301.") % {"text": text.strip()[:LONGEST]}
        )
    if len(readings) > 1:
        readings = [reading for reading in readings if _fits(reading, places)] or readings
    if len(readings) > 1:
        meanings = ", ".join(str(reading) for reading in readings)
        raise UnclearRoomCode(
            _("“%(text)s” can mean %(meanings)s. Write it with hyphens, or add a column with the building.")
            % {"text": text.strip(), "meanings": meanings}
        )
    return readings[0]


def room_code_readings(
    text: str, *, building: str = "", entrance: str = "", places: Places | None = None
) -> Iterator[RoomCode]:
    """Every room that `text` may mean, the likeliest first; nothing where it is no room code at all."""
    if len(text) <= BARE_ROOM_DIGITS and text.isascii() and text.isdigit():  # nearly every cell of an owner list
        yield RoomCode(_room(text), place_name(entrance), place_name(building))
        return
    code = _normalise(text)
    if not code or len(code) > LONGEST or not re.search(r"[0-9A-Z]", code):
        return
    building, entrance = place_name(building), place_name(entrance)
    worded = _worded(code)
    parts = [part for part in SEPARATORS.split(ROOM_WORD.sub("", code)) if part]
    if worded is not None:
        yield RoomCode(worded.room, worded.entrance or entrance, worded.building or building)
    elif len(parts) == 1 and parts[0].isdigit():
        yield from dict.fromkeys(_digit_readings(parts[0], building, entrance))
    elif 2 <= len(parts) <= 4 and all(re.fullmatch(r"[0-9A-Z]+", part) for part in parts):
        yield from _separated(parts, building, entrance, places or {})
    elif len(parts) == 1:
        yield RoomCode(_room(code), entrance, building)


@cache
def place_name(text: str) -> str:
    """The bare name of a building or an entrance: `2` for building No. 2 however it is written."""
    code = _normalise(text)
    for pattern in (BUILDING, ENTRANCE):
        if match := pattern.fullmatch(code):
            return _without_zeros(match[1])
    if match := re.fullmatch(rf"({NAME})\s*(?:{_any_of(WORDS['room'])})?", code):
        return _without_zeros(match[1])
    return code


@cache
def place_in_title(text: str) -> tuple[str, str]:
    """The building and entrance that a title or a sheet's name speaks of; empty where it speaks of neither."""
    code = _normalise(text)
    building = re.search(rf"(?<![0-9A-Z]){BUILDING.pattern}", code)
    entrance = re.search(rf"(?<![0-9A-Z]){ENTRANCE.pattern}", code[building.end() :] if building else code)
    if building or entrance:
        return _without_zeros(building[1]) if building else "", _without_zeros(entrance[1]) if entrance else ""
    return (_without_zeros(code), "") if re.fullmatch(NAME, code) else ("", "")


def _normalise(text: str) -> str:
    code = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip().upper()
    return re.sub(r"\s+", " ", NUMERAL.sub(lambda match: str(_numeral(match[0])), code))


def _numeral(text: str) -> int:
    """Chinese numerals up to 99."""
    numerals = WORDS["numerals"]
    tens, ten, ones = text.rpartition(numerals[10])
    value = int("".join(str(numerals.index(sign)) for sign in ones)) if ones else 0
    return (numerals.index(tens) if tens else 1) * 10 + value if ten else value


def _worded(code: str) -> RoomCode | None:
    """Read a code that says 'building', 'entrance' or 'room' in words; None where it does not."""
    building, rest = _take(BUILDING, code)
    entrance, rest = _take(ENTRANCE, rest)
    floor, after_floor = _take(FLOOR, rest) if building or entrance else ("", rest)
    match = ROOM.match(after_floor)
    if not match:
        return _worded_and_separated(building, entrance, rest)
    if not building and not entrance and match[0] == match[1]:
        return None
    room = match[1]
    if floor and len(room) <= 2:  # "floor 3, room 01"
        room = f"{floor}{room.zfill(2)}"
    return RoomCode(_room(room), _without_zeros(entrance), _without_zeros(building))


def _worded_and_separated(building: str, entrance: str, rest: str) -> RoomCode | None:
    """`1#1-101`: the building in words, the rest with hyphens."""
    parts = [part for part in SEPARATORS.split(rest) if part]
    if building and not entrance and len(parts) == 2 and ROOM.match(parts[1]) and re.fullmatch(NAME, parts[0]):
        return RoomCode(_room(ROOM.match(parts[1])[1]), _without_zeros(parts[0]), _without_zeros(building))  # type: ignore[index]
    return None


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    match = pattern.match(text)
    if not match or match.end() == len(text):
        return "", text
    return match[1], text[match.end() :].lstrip(WORDS["separators"])


def _separated(parts: list[str], building: str, entrance: str, places: Places) -> Iterator[RoomCode]:
    if len(parts) == 4:  # building, entrance, floor, room
        floor, room = parts[2], parts[3]
        parts = [*parts[:2], room if room.startswith(floor) and len(room) > 2 else f"{floor}{room.zfill(2)}"]
    first, room = _without_zeros(parts[0]), _room(parts[-1])
    if len(parts) == 3:
        yield RoomCode(room, _without_zeros(parts[1]), first)
    elif building and first == building and first not in places.get(building, ()):
        yield RoomCode(room, entrance, building)
    elif building:
        yield RoomCode(room, first, building)
    elif len(places) == 1 and first not in places and first in next(iter(places.values())):
        yield RoomCode(room, first, next(iter(places)))
    else:
        yield RoomCode(room, entrance, first)


def _digit_readings(digits: str, building: str, entrance: str) -> Iterator[RoomCode]:
    if len(digits) <= BARE_ROOM_DIGITS:
        yield RoomCode(_room(digits), entrance, building)
        return
    for length in (3, 4):
        prefix, room = digits[:-length], digits[-length:]
        if not prefix or prefix.startswith("0") or not _is_likely_room(room):
            continue
        yield from _prefix_readings(prefix, _room(room), building, entrance)


def _prefix_readings(prefix: str, room: str, building: str, entrance: str) -> Iterator[RoomCode]:
    if len(prefix) > 1 and not prefix.endswith("0") and building in ("", prefix[:-1]) and entrance in ("", prefix[-1]):
        yield RoomCode(room, prefix[-1], prefix[:-1])
    if building in ("", prefix):
        yield RoomCode(room, entrance, prefix)
    elif len(prefix) <= 2 and entrance in ("", prefix):
        yield RoomCode(room, prefix, building)


def _is_likely_room(room: str) -> bool:
    return 0 < int(room[:-2]) <= HIGHEST_FLOOR and int(room[-2:]) > 0


def _fits(reading: RoomCode, places: Places) -> bool:
    if reading.building not in places:
        return False
    entrances = places[reading.building]
    return reading.entrance in entrances if entrances else not reading.entrance


def _room(text: str) -> str:
    return _without_zeros(text) if text.isdigit() else text


def _without_zeros(text: str) -> str:
    return (text.lstrip("0") or text) if text.isdigit() else text
