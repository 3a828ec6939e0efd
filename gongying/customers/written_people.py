"""Take apart what an office writes into one cell: several people, their relations and their numbers."""

# ruff: noqa: PLR2004 - the numbers count the signs of a name

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from gongying.common.phones import WORDS as PHONE_WORDS
from gongying.customers.contact_points import WORDS

INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
BETWEEN: Final = re.compile(f"[{re.escape(WORDS['between_people'])}]+")
# A number: an international mark, then digits, stars, brackets, spaces and hyphens, and perhaps an extension.
NUMBER: Final = re.compile(
    rf"(?:\+\s?\d|\(\s?0\d{{2,3}}\s?\)|\d)(?:[\d*]|[-\s](?=[\d*])|\s?(?:{'|'.join(map(re.escape, PHONE_WORDS['extensions'][:2]))})\s?(?=\d)){{4,22}}",
    re.IGNORECASE,
)
BRACKETED: Final = re.compile(r"[(\[\u3010]\s*([^()\[\]\u3010\u3011]*?)\s*[)\]\u3011]")
MOBILE_RUN: Final = re.compile(r"^(?:1[3-9]\d[\d*]{8}){2,}$")
RELATIONS: Final[dict[str, str]] = {word: relation for relation, words in WORDS["relations"].items() for word in words}
LABEL: Final = re.compile(rf"^(?:{'|'.join(sorted(map(re.escape, RELATIONS), key=len, reverse=True))})\s*:\s*")
NUMBER_LABEL: Final = re.compile(
    rf"(?:^|(?<=[\s)]))(?:{'|'.join(sorted(map(re.escape, WORDS['labels']), key=len, reverse=True))})\s*:?\s*$",
    re.IGNORECASE,
)
NOBODY: Final = frozenset({"", *WORDS["nobody"]})
MOBILE_DIGITS: Final = 11


@dataclass(frozen=True, slots=True)
class WrittenPerson:
    """A name may be empty where the cell holds only numbers. `relation` is the office's own word in brackets or before a colon."""

    name: str = ""
    relation: str = ""
    phones: tuple[str, ...] = ()

    @property
    def relation_kind(self) -> str:
        """The key of the word in `people_words.json`; empty for a remark that is none of them."""
        return RELATIONS.get(self.relation, "")


def read_people(text: str) -> tuple[WrittenPerson, ...]:
    """Read one name, or several with relations and numbers."""
    if not text:
        return ()
    if text.isalpha() and len(text) <= 4 and text not in RELATIONS and not is_nobody(text):  # nearly every cell
        return (WrittenPerson(text),)
    return tuple(_people(_tidy(text)))


def read_phones(text: str) -> tuple[str, ...]:
    """Every number in a cell that should hold only numbers, as written; a name beside one is passed over."""
    return tuple(phone for person in read_people(text) for phone in person.phones)


def unread_phone_text(text: str) -> str:
    """What is left of a phone cell that holds digits but no number; empty where everything was read or nobody is meant."""
    tidy = _tidy(text)
    return "" if is_nobody(tidy) or read_phones(tidy) else tidy


def is_nobody(text: str) -> bool:
    """Whether the cell says in words that there is no one, or nothing."""
    return _tidy(text).lower() in NOBODY


def is_company_name(name: str) -> bool:
    return len(name) > 3 and (any(word in name for word in WORDS["companies"]))


def is_agency_name(name: str) -> bool:
    return len(name) > 3 and name.endswith(tuple(WORDS["agencies"]))


def pair_people(names: str, phones: str) -> tuple[WrittenPerson, ...]:
    """Join a cell of names with a cell of numbers: one each in order where the counts agree, else all numbers to the first."""
    people = read_people(names)
    if len(people) == 1 and len(phones) == MOBILE_DIGITS and phones.isdigit():
        return (replace(people[0], phones=(*people[0].phones, phones)),)
    numbered = [person for person in read_people(phones) if person.phones]
    if not people:
        return tuple(numbered)
    if all(not other.name for other in numbered):
        numbers = [phone for other in numbered for phone in other.phones]
        if len(numbers) == len(people):
            return tuple(
                replace(person, phones=(*person.phones, number)) for person, number in zip(people, numbers, strict=True)
            )
        return (replace(people[0], phones=(*people[0].phones, *numbers)), *people[1:])
    return tuple(_merged([*people, *numbered]))


def _merged(people: list[WrittenPerson]) -> Iterator[WrittenPerson]:
    by_name: dict[str, WrittenPerson] = {}
    for person in people:
        known = by_name.get(person.name) or by_name.get(_first(by_name) if not person.name else "")
        if known is None:
            by_name[person.name] = person
        else:
            by_name[known.name] = replace(
                known, relation=known.relation or person.relation, phones=(*known.phones, *person.phones)
            )
    yield from by_name.values()


def _first(by_name: dict[str, WrittenPerson]) -> str:
    return next(iter(by_name), "")


def _people(text: str) -> Iterator[WrittenPerson]:
    if is_nobody(text):
        return
    current = WrittenPerson()
    for piece in _pieces(text):
        if isinstance(piece, tuple):
            current = replace(current, phones=(*current.phones, *piece))
            continue
        person = _named(piece)
        if not person.name:  # a relation alone: it belongs to whom we are reading
            current = replace(current, relation=current.relation or person.relation)
            continue
        if current != WrittenPerson() and (current.name or current.phones):
            if not current.name:  # the number came first
                current = replace(current, name=person.name, relation=person.relation or current.relation)
                continue
            yield current
        current = replace(person, relation=person.relation or (current.relation if not current.name else ""))
    if current.name or current.phones:
        yield current


def _pieces(text: str) -> Iterator[str | tuple[str, ...]]:
    """Names (text) and numbers (tuples), in the order of the cell."""
    position = 0
    for match in NUMBER.finditer(text):
        if not _is_number(match[0]):
            continue
        yield from _names(text[position : match.start()])
        yield _numbers(match[0])
        position = match.end()
    yield from _names(text[position:])


def _is_number(text: str) -> bool:
    return sum(sign.isdigit() or sign == "*" for sign in text) >= 7


def _numbers(text: str) -> tuple[str, ...]:
    """Two mobile numbers with nothing but a space, or nothing at all, between them are two."""
    bare = re.sub(r"[\s-]", "", text)
    if MOBILE_RUN.match(bare):
        return tuple(bare[start : start + MOBILE_DIGITS] for start in range(0, len(bare), MOBILE_DIGITS))
    blocks = text.split()
    if len(blocks) > 1 and all(_is_number(block) for block in blocks):
        return tuple(blocks)
    return (text.strip(" -"),)


def _names(text: str) -> Iterator[str]:
    for part in BETWEEN.split(text):
        unlabelled = NUMBER_LABEL.sub("", part.strip())
        if cleaned := unlabelled.strip(" :-." if BRACKETED.search(unlabelled) else " :-.()[]"):
            yield from _split_by_spaces(cleaned)


def _split_by_spaces(text: str) -> Iterator[str]:
    """A space parts two Chinese names of two signs or more, not the two signs of one name, and not a Latin name."""
    blocks = text.split(" ")
    if len(blocks) == 2 and blocks[0] in WORDS["compound_surnames"]:
        yield "".join(blocks)
    elif (
        len(blocks) > 1
        and all(len(BRACKETED.sub("", block)) >= 2 and not block.isascii() for block in blocks)
        and not is_company_name(text)
    ):
        yield from blocks
    elif len(blocks) > 1 and not text.isascii() and all(len(block) == 1 for block in blocks):
        yield "".join(blocks)
    else:
        yield text


def _named(text: str) -> WrittenPerson:
    relation = ""
    if match := LABEL.match(text):
        relation, text = match[0].rstrip(" :"), text[match.end() :]
    if (match := BRACKETED.search(text)) and not is_company_name(text):
        text = BRACKETED.sub("", text)
        if not text.strip(" :-.") and match[1] not in RELATIONS:  # a name in brackets after its number
            return WrittenPerson(name=match[1])
        relation = match[1]
    text = text.strip(" :-.")
    if text in RELATIONS:
        return WrittenPerson(relation=text)
    return WrittenPerson(name=text, relation=relation)


def _tidy(text: str) -> str:
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
