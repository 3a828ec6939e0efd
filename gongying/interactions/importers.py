"""Registers of past contacts: who wrote or called, when, about what."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.common.text import normalise
from gongying.customers.enums import RoleKind
from gongying.customers.models import ContactPoint, Party, PartyRole
from gongying.estates.models import Project, Unit
from gongying.estates.row_codes import units_of
from gongying.imports.cells import digits_text, moment, plain_text, tidy_text
from gongying.imports.complaints import Unreadable
from gongying.imports.enums import FindingKind
from gongying.imports.importers import Draft, Importer, ImportOption, MappedRow, read_fields
from gongying.imports.workbooks import Cell
from gongying.interactions.enums import Channel
from gongying.interactions.models import LONGEST_TEXT, Interaction
from gongying.interactions.operations import PastTouch, prepare_past_interactions, snapshot_of

DATA: Final = Path(__file__).parent / "data"
CHANNELS: Final[dict[str, str]] = {
    word: channel
    for channel, words in json.loads((DATA / "channel_words.json").read_text(encoding="utf-8")).items()
    for word in words
}
KINDS: Final[dict[str, str]] = {
    word: kind
    for kind, words in json.loads((DATA / "matter_words.json").read_text(encoding="utf-8")).items()
    for word in words
}
# 12/08/2016: which of them is the month cannot be told from one row.
YEAR_LAST: Final = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(.*)$", re.DOTALL)
LIMITS: Final = {"text": LONGEST_TEXT, "result": LONGEST_TEXT, "topic": 200, "person": 100, "external_no": 60}
SKIP: Final = "skip"
MONTH_FIRST: Final = "month"
DAY_FIRST: Final = "day"
CHUNK: Final = 5000
SHOWN_TEXT: Final = 80


class PastContactImporter(Importer):
    key: ClassVar = "interactions.past_contacts"
    label: ClassVar = gettext_lazy("Past contacts")
    description: ClassVar = gettext_lazy(
        "A register of calls, visits or messages: each row becomes a contact with its time, person and text. The text is kept as"
        " it is. Rows without a room belong to the project as a whole."
    )
    permission: ClassVar = "interactions.log_interaction"
    fields: ClassVar = read_fields(
        DATA / "past_headers.json",
        {
            "occurred_at": gettext_lazy("Time"),
            "channel": gettext_lazy("Channel"),
            "person": gettext_lazy("Person"),
            "phone": gettext_lazy("Phone"),
            "building": gettext_lazy("Building"),
            "entrance": gettext_lazy("Entrance"),
            "room": gettext_lazy("Room"),
            "kind": gettext_lazy("Kind of contact"),
            "topic": gettext_lazy("Topic"),
            "text": gettext_lazy("Text"),
            "result": gettext_lazy("Result"),
            "external_no": gettext_lazy("Outside number"),
        },
        required=frozenset({"occurred_at", "text"}),
    )
    options: ClassVar = (
        ImportOption(
            "repeats",
            gettext_lazy("The same title and text again"),
            [("keep", gettext_lazy("is kept and marked as a repeat")), (SKIP, gettext_lazy("is skipped"))],
        ),
        ImportOption(
            "channel",
            gettext_lazy("Channel where the file names none"),
            [(channel.value, channel.label) for channel in Channel],
            initial=Channel.MESSAGE_BOARD,
        ),
        ImportOption(
            "day_order",
            gettext_lazy("A day such as 12/08/2016"),
            [
                ("error", gettext_lazy("cannot be read")),
                (MONTH_FIRST, gettext_lazy("has the month first")),
                (DAY_FIRST, gettext_lazy("has the day first")),
            ],
        ),
        ImportOption(
            "people",
            gettext_lazy("A name without a known household"),
            [
                ("create", gettext_lazy("becomes a contact of the project, the same name the same person")),
                ("name_only", gettext_lazy("is kept as a name only")),
            ],
        ),
    )

    def plan(self, rows: Sequence[MappedRow], draft: Draft) -> None:
        project = Project.objects.get(pk=draft.project_id)
        units = units_of(rows, project, draft)
        people = Writers(project, draft)
        people.load([tidy_text(row.cell("person")) for row in rows], units)
        people.load_phones([phone for row in rows if (phone := _phone_of(row))])
        known = _known_numbers(project)
        touches = _Touches(draft, people, known)
        for done, (row, unit) in enumerate(zip(rows, units, strict=True), start=1):
            touches.add(row, unit)
            draft.report_progress(done, len(rows))
        touches.plan(project)


class _Touches:
    """The rows that become interactions, and which of them say the same thing again."""

    def __init__(self, draft: Draft, people: "Writers", known: set[str]) -> None:
        self.draft = draft
        self.people = people
        self.known = known
        self.now = timezone.now()
        self.firsts: dict[tuple[str, str], MappedRow] = {}
        self.touches: list[PastTouch] = []

    def add(self, row: MappedRow, unit: Unit | None) -> None:
        values = self._values(row)
        if values is None:
            return
        if values["external_no"] and values["external_no"] in self.known:
            self.draft.find(FindingKind.SKIPPED, row, _("This contact is in the register already."), "external_no")
            return
        if self._is_repeat_to_skip(row, values):
            return
        party = self.people.party(values["person_name"], values["person_phone"], unit)
        touch = PastTouch(unit=unit, party=party, **values)
        self.touches.append(touch)
        self.draft.find(FindingKind.CREATED, row, partial(_told, touch))

    def _is_repeat_to_skip(self, row: MappedRow, values: dict[str, Any]) -> bool:
        first = self.firsts.setdefault((values["topic"], values["text"]), row)
        if first is row:
            return False
        skips = self.draft.option("repeats") == SKIP
        sentence = _("The same title and text as in row %(row)s.") % {"row": first.record.row}
        self.draft.find(FindingKind.SKIPPED if skips else FindingKind.DUPLICATE, row, sentence, "text")
        return skips

    def _values(self, row: MappedRow) -> dict[str, Any] | None:
        """The values of a row; None with an error where it cannot be kept."""
        errors = self.draft.finding_counts[FindingKind.ERROR]
        texts = {name: plain_text(row.cell(name)) for name in LIMITS}
        for name, limit in LIMITS.items():
            if len(texts[name]) > limit:
                self.draft.error(row, name, _("The text is longer than %(limit)s characters.") % {"limit": limit})
        if not texts["text"]:
            self.draft.error(row, "text", _("The text is missing."))
        values = {
            "occurred_at": self._occurred_at(row),
            "channel": self._channel(row),
            "kind": self._kind(row),
            "topic": texts["topic"],
            "text": texts["text"],
            "result": texts["result"],
            "person_name": texts["person"],
            "person_phone": self.draft.read(row, "phone", lambda cell: normalise_phone(digits_text(cell)).value) or "",
            "external_no": texts["external_no"],
        }
        return values if self.draft.finding_counts[FindingKind.ERROR] == errors else None

    def _occurred_at(self, row: MappedRow) -> datetime | None:
        if not row.has("occurred_at"):
            self.draft.error(row, "occurred_at", _("The time is missing."))
            return None
        wall_clock = self.draft.read(row, "occurred_at", self._moment)
        if wall_clock is None:
            return None
        occurred_at = timezone.make_aware(wall_clock)
        if occurred_at > self.now:
            self.draft.error(row, "occurred_at", _("The time lies in the future."))
        return occurred_at

    def _moment(self, cell: Cell) -> datetime:
        found = YEAR_LAST.match(plain_text(cell)) if isinstance(cell, str) else None
        order = self.draft.option("day_order")
        if found is None or order not in (MONTH_FIRST, DAY_FIRST):
            return moment(cell)
        first, second, year, clock = found.groups()
        month, day = (first, second) if order == MONTH_FIRST else (second, first)
        return moment(f"{year}-{month}-{day}{clock}")

    def _kind(self, row: MappedRow) -> str:
        text = tidy_text(row.cell("kind"))
        if text and text not in KINDS:
            sentence = _("\u201c%(text)s\u201d is not known here. Known words: %(words)s.")
            self.draft.error(row, "kind", sentence % {"text": text[:40], "words": ", ".join(KINDS)})
        return KINDS.get(text, "")

    def _channel(self, row: MappedRow) -> str:
        text = tidy_text(row.cell("channel"))
        if text and text not in CHANNELS:
            sentence = _("“%(text)s” is not known here. Known words: %(words)s.")
            self.draft.error(row, "channel", sentence % {"text": text[:40], "words": ", ".join(CHANNELS)})
        return CHANNELS.get(text, self.draft.option("channel"))

    def plan(self, project: Project) -> None:
        prepared = prepare_past_interactions(
            self.touches, by=self.draft.by, project=project, late_reason=_("imported from a file")
        )
        for interaction in prepared:
            self.draft.create(interaction)
            self.draft.record(
                "interaction.logged",
                subjects=[interaction, interaction.unit, interaction.party],
                at=interaction.occurred_at,
                place=interaction.place,
                **snapshot_of(interaction),
            )


def _told(touch: PastTouch) -> str:
    """The touch in the one line that the preview shows of it."""
    person = touch.party.name if touch.party else touch.person_name
    place = touch.unit.code if touch.unit else ""
    text = " ".join(touch.text[:SHOWN_TEXT].split())
    at = f"{timezone.localtime(touch.occurred_at):%Y-%m-%d %H:%M}"
    return " · ".join(filter(None, (at, str(Channel(touch.channel).label), place, person, touch.topic, text)))


class Writers:
    """Who wrote: the people of the unit, those who wrote before, or new contacts of the project."""

    def __init__(self, project: Project, draft: Draft) -> None:
        self.project = project
        self.draft = draft
        self.of_unit: dict[tuple[int, str], Party] = {}
        self.by_name: dict[str, Party] = {}
        self.by_phone: dict[tuple[str, str], Party] = {}

    def load(self, names: Sequence[str], units: Sequence[Unit | None]) -> None:
        roles = PartyRole.objects.filter(project=self.project).select_related("party")
        unit_ids = sorted({unit.pk for unit in units if unit})
        for start in range(0, len(unit_ids), CHUNK):
            for role in roles.filter(unit__in=unit_ids[start : start + CHUNK]):
                self.of_unit.setdefault((role.unit_id or 0, role.party.name_key), role.party)
        keys = sorted({normalise(name) for name in names if name})
        contacts = roles.filter(unit=None, role=RoleKind.CONTACT)
        for start in range(0, len(keys), CHUNK):
            for role in contacts.filter(party__name_key__in=keys[start : start + CHUNK]):
                self.by_name.setdefault(role.party.name_key, role.party)

    def load_phones(self, phones: Sequence[str]) -> None:
        """Customers whom the importing person may see, by number and name."""
        seen = Party.objects.visible_to(self.draft.by).live()
        numbers = sorted(set(phones))
        for start in range(0, len(numbers), CHUNK):
            points = ContactPoint.objects.filter(value__in=numbers[start : start + CHUNK], party__in=seen)
            for point in points.select_related("party"):
                self.by_phone.setdefault((point.party.name_key, point.value), point.party)

    def party(self, name: str, phone: str, unit: Unit | None) -> Party | None:
        if not name:
            return None
        key = normalise(name)
        if unit and (known := self.of_unit.get((unit.pk, key))):
            return known
        known = self.by_phone.get((key, phone)) if phone else self.by_name.get(key)
        if known is None and self.draft.option("people") == "create":
            return self._new(name, phone, unit)
        return known

    def _new(self, name: str, phone: str, unit: Unit | None) -> Party:
        party = Party(name=name)
        party.name_key = normalise(name)[:100]
        self.draft.create(party)
        if phone:
            self.by_phone[party.name_key, phone] = party
            self.draft.create(ContactPoint(party=party, value=phone, is_dialable=phone.startswith("+")))
        self.by_name.setdefault(party.name_key, party)
        if unit:
            self.of_unit[unit.pk, party.name_key] = party
        role = PartyRole(project=self.project, party=party, role=RoleKind.CONTACT, during=DateRange(None, None))
        if unit:
            role.unit, role.building, role.entrance = unit, unit.building, unit.entrance
        self.draft.create(role)
        return party


def _phone_of(row: MappedRow) -> str:
    """The number of a row, or nothing: what is wrong with it is said when the row is planned."""
    try:
        return normalise_phone(digits_text(row.cell("phone"))).value if row.has("phone") else ""
    except (Unreadable, UnreadablePhone):
        return ""


def _known_numbers(project: Project) -> set[str]:
    numbers = Interaction.objects.filter(project=project).exclude(external_no="")
    return set(numbers.values_list("external_no", flat=True))
