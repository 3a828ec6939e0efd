"""Read one row of an owner list: which unit it speaks of, and who belongs to it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from gongying.common.phones import Phone, UnreadablePhone, normalise_phone
from gongying.common.text import normalise
from gongying.customers.importers.headers import register_words
from gongying.customers.importers.written_shares import is_share, read_shares, shares_of
from gongying.customers.written_people import WrittenPerson, is_nobody, pair_people, read_people, read_phones
from gongying.imports.cells import area, day, digits_text, plain_text, tidy_text
from gongying.imports.complaints import Unreadable
from gongying.imports.enums import FindingKind
from gongying.imports.importers import Draft, MappedRow
from gongying.imports.workbooks import Cell

LEAVE_OUT: Final = "leave_out"
LONGEST_NAME: Final = 100
LONGEST_NOTE: Final = 500
# A share in brackets behind a name: its slash parts no people.
FRACTION: Final = re.compile(r"[(\uff08]\s*(\d+)\s*[/\uff0f]\s*(\d+)\s*[)\uff09]")
VACANT: Final = "vacant"


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a row, with numbers in their one form."""

    name: str
    relation: str = ""
    phones: tuple[Phone, ...] = ()
    id_number: str = ""
    share: Fraction | None = None

    @property
    def key(self) -> str:
        return normalise(self.name)


@dataclass(slots=True)
class HouseholdRow:
    row: MappedRow
    owners: list[Person] = field(default_factory=list)
    tenants: list[Person] = field(default_factory=list)
    family: list[Person] = field(default_factory=list)
    occupancy: str = ""
    unit_values: dict[str, Any] = field(default_factory=dict)
    owner_since: date | None = None
    tenant_since: date | None = None
    tenant_until: date | None = None
    plates: list[str] = field(default_factory=list)
    note: str = ""

    def join(self, other: "HouseholdRow") -> None:
        """Take in the people of a further line of the same unit."""
        self.owners += other.owners
        self.tenants += other.tenants
        self.family += other.family
        self.plates += [plate for plate in other.plates if plate not in self.plates]
        self.occupancy = self.occupancy or other.occupancy
        self.note = "\n".join(dict.fromkeys(filter(None, (self.note, other.note))))[:LONGEST_NOTE]


def read_household(row: MappedRow, draft: Draft) -> HouseholdRow:
    household = HouseholdRow(row, occupancy=_word(row, "occupancy", draft) or "")
    household.unit_values = _unit_values(row, draft)
    household.owner_since = draft.read(row, "owner_since", day)
    household.tenant_since = draft.read(row, "tenant_since", day)
    last_day = draft.read(row, "tenant_until", day)
    household.tenant_until = last_day + timedelta(days=1) if last_day else None
    owners = _people(row, "owner", "owner_phone", draft)
    household.owners = _with_id([person for person in owners if not _is_tenant(person)], row, draft)
    household.tenants = [person for person in owners if _is_tenant(person)] + _people(
        row, "tenant", "tenant_phone", draft
    )
    household.family = _people(row, "family", "", draft)
    household.owners = _with_shares(household.owners, row, draft)
    household.plates = _plates(row, draft)
    household.note = _note(row, draft)
    if household.tenant_since and household.tenant_until and household.tenant_until <= household.tenant_since:
        draft.error(row, "tenant_until", _("The lease ends before it begins."))
    return household


def _unit_values(row: MappedRow, draft: Draft) -> dict[str, Any]:
    values = {
        "use": _word(row, "use", draft),
        "state": _word(row, "state", draft),
        "gross_area_m2": draft.read(row, "gross_area", area),
        "chargeable_area_m2": draft.read(row, "chargeable_area", area),
    }
    if values["gross_area_m2"] is not None:
        values["area_source"] = draft.option("area_source")
    return {name: value for name, value in values.items() if value is not None}


def _word(row: MappedRow, name: str, draft: Draft) -> str | None:
    """One of the words a field knows, also as a part of what was written."""
    text = tidy_text(row.cell(name))
    if not text:
        return None
    words = register_words(name)
    if text not in words:
        draft.error(
            row,
            name,
            _("“%(text)s” is not known here. Known words: %(words)s.") % {"text": text[:40], "words": ", ".join(words)},
        )
    return words.get(text)


def _people(row: MappedRow, names: str, phones: str, draft: Draft) -> list[Person]:
    if not row.has(names) and not (phones and row.has(phones)):
        return []
    name_text = FRACTION.sub("(\\1\u2044\\2)", tidy_lines(row.cell(names)))
    phone_text = _phone_text(row, phones, draft) if phones else ""
    written = pair_people(name_text, phone_text) if phone_text else read_people(name_text)
    if phone_text and not is_nobody(phone_text) and not read_phones(phone_text):
        _complain_about_phone(row, phones, phone_text, draft)
    people = []
    for person in written:
        if not person.name:
            draft.error(row, phones or names, _("There is a number without a name."))
        elif len(person.name) > LONGEST_NAME:
            draft.error(row, names, _("A name is longer than %(limit)s characters.") % {"limit": LONGEST_NAME})
        else:
            people.append(_person(person, row, phones if phone_text else names, draft))
    return people


def _person(written: WrittenPerson, row: MappedRow, column: str, draft: Draft) -> Person:
    numbers: dict[Phone, None] = {}
    for text in written.phones:
        try:
            numbers[normalise_phone(text, area_code=draft.option("area_code"))] = None
        except UnreadablePhone as complaint:
            _complain_about_phone(row, column, text, draft, sentence=str(complaint))
    return Person(written.name, written.relation[:30], tuple(numbers))


def _phone_text(row: MappedRow, name: str, draft: Draft) -> str:
    cell = row.cell(name)
    if not isinstance(cell, str) or "e+" in cell.lower():
        try:
            return digits_text(cell) if cell != "" else ""
        except Unreadable as complaint:
            _complain_about_phone(row, name, plain_text(cell), draft, sentence=str(complaint))
            return ""
    return tidy_lines(cell)


def _complain_about_phone(row: MappedRow, name: str, text: str, draft: Draft, *, sentence: str = "") -> None:
    sentence = sentence or _("“%(text)s” is not a telephone number.") % {"text": text[:40]}
    kind = FindingKind.SKIPPED if draft.option("phones") == LEAVE_OUT else FindingKind.ERROR
    draft.find(kind, row, sentence, name)


def _with_id(owners: list[Person], row: MappedRow, draft: Draft) -> list[Person]:
    """The identity number belongs to a single owner; among several it cannot be told whose it is."""
    number = draft.read(row, "owner_id", digits_text)
    if not number or is_nobody(number) or len(owners) != 1:
        return owners
    owner = owners[0]
    return [Person(owner.name, owner.relation, owner.phones, number[:40].upper())]


def _with_shares(owners: list[Person], row: MappedRow, draft: Draft) -> list[Person]:
    """From the column of shares, else from brackets behind the names."""
    if row.has("share") and owners:
        shares = draft.read(row, "share", lambda cell: shares_of(len(owners), read_shares(cell)))
        return [
            replace(owner, share=share) for owner, share in zip(owners, shares or [None] * len(owners), strict=True)
        ]
    if not any(is_share(owner.relation) for owner in owners):
        return owners
    return [
        replace(owner, relation="", share=read_shares(owner.relation)[0]) if is_share(owner.relation) else owner
        for owner in owners
    ]


def _note(row: MappedRow, draft: Draft) -> str:
    if not row.has("note"):
        return ""
    note = tidy_lines(row.cell("note"))
    if len(note) > LONGEST_NOTE:
        draft.error(row, "note", _("The text is longer than %(limit)s characters.") % {"limit": LONGEST_NOTE})
    return note[:LONGEST_NOTE]


def _is_tenant(person: Person) -> bool:
    return WrittenPerson(person.name, person.relation).relation_kind == "tenant"


def _plates(row: MappedRow, draft: Draft) -> list[str]:
    if not row.has("plates"):
        return []
    text = tidy_lines(row.cell("plates"))
    if is_nobody(text):
        return []
    plates = [plate for plate in (_plate(part) for part in _parts(text)) if plate]
    for plate in plates:
        if not 5 <= len(plate) <= 12:  # noqa: PLR2004 - the shortest and longest plates in use
            draft.error(row, "plates", _("“%(text)s” is not a number plate.") % {"text": plate[:40]})
    return list(dict.fromkeys(plates))


def _plate(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


def _parts(text: str) -> Iterable[str]:
    for mark in "\u3001\uff0c,;\uff1b/\n":
        text = text.replace(mark, " ")
    return text.split(" ")


def tidy_lines(cell: Cell) -> str:
    """A cell of several lines with each line tidy: the line breaks part people."""
    if not isinstance(cell, str):
        return plain_text(cell)
    return "\n".join(tidy_text(line) for line in cell.splitlines() if line.strip())
