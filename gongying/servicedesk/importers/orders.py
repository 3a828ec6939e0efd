"""The list of outside orders as the platform of 12345 gives it out every day (E-022, E-023).

Each row is received as if it were typed: a request, its clocks, its news. What came with an earlier list is passed over, so
that lists may overlap; a matter that is open already is linked, not opened again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.phones import normalise_phone
from gongying.common.text import normalise
from gongying.customers.models import ContactPoint, Party
from gongying.estates.models import Project, Unit
from gongying.estates.row_codes import units_of
from gongying.imports.cells import digits_text, moment, plain_text, tidy_text
from gongying.imports.enums import FindingKind
from gongying.imports.importers import Draft, Importer, ImportOption, MappedRow, Undoing, read_fields
from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.enums import OrderSource, RequestKind
from gongying.servicedesk.models import HotlineOrder, ServiceCategory, ServiceRequest
from gongying.servicedesk.operations.hotline import receive_order
from gongying.servicedesk.operations.mistaken_orders import reasons_against_taking_back, take_back_orders
from gongying.servicedesk.rules import HANDLE_ORDERS
from gongying.servicedesk.suggestions import fallback_category, offered_categories, suggest_categories

DATA: Final = Path(__file__).parent.parent / "data"
WORDS: Final[dict[str, list[str]]] = json.loads((DATA / "order_words.json").read_text(encoding="utf-8"))
KINDS: Final = {word: kind for kind in RequestKind.values for word in WORDS.get(kind, ())}
LIMITS: Final = {"external_no": 60, "person": 100, "topic": 200, "text": LONGEST_TEXT, "new_facts": LONGEST_TEXT}
GUESS, REFUSE = "guess", "refuse"
END_OF_DAY: Final = time(23, 59)
MASK: Final = "*"
SHOWN_TEXT: Final = 60


@dataclass(frozen=True)
class Order:
    """What a row says, as `receive_order` takes it."""

    row: MappedRow
    facts: dict[str, Any]

    @property
    def matters(self) -> list[tuple[int, str]]:
        unit, party = self.facts["unit"], self.facts["party"]
        keys = _same(unit and unit.pk, party and party.pk, self.facts["person_phone"])
        return [(self.facts["category"].pk, key) for key in keys]

    @property
    def is_new(self) -> bool:
        """It is no repeat, whatever is known of its person or place."""
        return bool(self.facts["new_facts"])


def _same(unit: int | None, party: int | None, phone: str) -> list[str]:
    """By what, within a category, the same matter is known: where, who, and the number of the person."""
    return list(filter(None, (f"unit-{unit}" if unit else "", f"party-{party}" if party else "", phone)))


class OrderImporter(Importer):
    key: ClassVar = "servicedesk.orders"
    label: ClassVar = gettext_lazy("Outside orders (12345)")
    description: ClassVar = gettext_lazy(
        "The list that the platform gives out: each order with its own number, time and deadline becomes a request with its"
        " clocks. Orders that were entered before are passed over; the same matter again is linked to the open request."
    )
    permission: ClassVar = HANDLE_ORDERS
    fields: ClassVar = read_fields(
        DATA / "order_headers.json",
        {
            "external_no": gettext_lazy("Number of the order"),
            "received_at": gettext_lazy("Received at"),
            "deadline_at": gettext_lazy("Deadline"),
            "kind": gettext_lazy("Kind"),
            "category": gettext_lazy("Category"),
            "topic": gettext_lazy("Title"),
            "text": gettext_lazy("Text"),
            "person": gettext_lazy("Person"),
            "phone": gettext_lazy("Phone"),
            "building": gettext_lazy("Building"),
            "entrance": gettext_lazy("Entrance"),
            "room": gettext_lazy("Room"),
            "new_facts": gettext_lazy("What is new"),
        },
        required=frozenset({"external_no", "received_at", "text"}),
    )
    options: ClassVar = (
        ImportOption(
            "source",
            gettext_lazy("The list comes from"),
            [(source.value, source.label) for source in OrderSource],
            initial=OrderSource.HOTLINE_12345,
        ),
        ImportOption(
            "kind",
            gettext_lazy("Kind where the file names none"),
            [(kind, RequestKind(kind).label) for kind in WORDS if kind in RequestKind.values],
            initial=RequestKind.COMPLAINT,
        ),
        ImportOption(
            "categories",
            gettext_lazy("A category that is not known here"),
            [
                (GUESS, gettext_lazy("is chosen by the words of the order")),
                (REFUSE, gettext_lazy("is an error")),
            ],
        ),
    )
    undoings: ClassVar = {HotlineOrder._meta.label: Undoing(reasons_against_taking_back, take_back_orders)}

    def plan(self, rows: Sequence[MappedRow], draft: Draft) -> None:
        project = Project.objects.get(pk=draft.project_id)
        reading = _Reading(project, draft)
        orders = []
        for done, (row, unit) in enumerate(zip(rows, units_of(rows, project, draft), strict=True), start=1):
            if (order := reading.read(row, unit)) is not None:
                orders.append(order)
            draft.report_progress(done, len(rows))
        _plan(orders, project, draft)


def _plan(orders: Sequence[Order], project: Project, draft: Draft) -> None:
    """In the order in which they were received: what came first opens the matter."""
    parties = _parties(orders, draft)
    for order in orders:
        order.facts["party"] = parties.get(order.facts["person_phone"])
    known = _open_matters(orders, project)
    for order in sorted(orders, key=lambda order: order.facts["received_at"]):
        same = None if order.is_new else next((known[key] for key in order.matters if key in known), None)
        if same is not None:
            sentence = _("The same matter as %(number)s: it is linked, no second request is opened.")
            draft.find(FindingKind.DUPLICATE, order.row, sentence % {"number": same}, "text")
        else:  # what is linked adds nothing by which its matter is known
            for key in order.matters:
                known.setdefault(key, _("row %(row)s") % {"row": order.row.record.row})
        facts = {
            **order.facts,
            "source": draft.option("source"),
            "project": project,
            "late_reason": _("imported from a file"),
        }
        draft.act(HotlineOrder, order.row, partial(receive_order, by=draft.by, **facts))
        draft.find(FindingKind.CREATED, order.row, partial(_told, facts))


def _open_matters(orders: Sequence[Order], project: Project) -> dict[tuple[int, str], str]:
    """As `same_matter` finds them, for all rows at once."""
    categories = {order.facts["category"].pk for order in orders}
    rows = ServiceRequest.objects.open().filter(project=project, category__in=categories).order_by("-pk")
    found: dict[tuple[int, str], str] = {}
    for number, category, *same in rows.values_list("number", "category_id", "unit_id", "party_id", "caller_phone"):
        for key in _same(*same):
            found[category, key] = number
    return found


def _parties(orders: Sequence[Order], draft: Draft) -> dict[str, Party]:
    """Customers whom the importing person may see, where a number belongs to just one."""
    numbers = {order.facts["person_phone"] for order in orders if order.facts["person_phone"]}
    seen = Party.objects.visible_to(draft.by).live()
    owners: dict[str, set[Party]] = {}
    for point in ContactPoint.objects.filter(value__in=numbers, party__in=seen).select_related("party"):
        owners.setdefault(point.value, set()).add(point.party)
    return {number: next(iter(people)) for number, people in owners.items() if len(people) == 1}


class _Reading:
    """The rows beside the register: numbers, categories, units."""

    def __init__(self, project: Project, draft: Draft) -> None:
        self.draft, self.now = draft, timezone.now()
        standing = HotlineOrder.objects.standing().filter(source=draft.option("source"))
        self.known = dict(standing.values_list("external_no", "service_request__number"))
        self.seen: dict[str, int] = {}
        self.categories = offered_categories(project)
        self.by_word: dict[str, list[ServiceCategory]] = {}
        for category in self.categories:
            for word in {normalise(category.path), normalise(category.name), category.code}:
                self.by_word.setdefault(word, []).append(category)

    def read(self, row: MappedRow, unit: Unit | None) -> Order | None:
        """None where the row is passed over or, with an error, cannot be kept."""
        number = plain_text(row.cell("external_no")).strip()
        if number in self.known:
            sentence = _("This order is entered already: %(number)s.") % {"number": self.known[number]}
            self.draft.find(FindingKind.SKIPPED, row, sentence, "external_no")
            return None
        before = self.draft.finding_counts[FindingKind.ERROR]
        texts = self._texts(row)
        received_at = self._moment(row, "received_at")
        facts = {
            "external_no": self._number(row, texts["external_no"]),
            "received_at": received_at,
            "deadline_at": self._deadline(row, received_at),
            "kind": self._kind(row),
            "category": self._category(row, texts),
            "text": "\n".join(dict.fromkeys(filter(None, (texts["topic"], texts["text"])))),
            "unit": unit,
            "new_facts": texts["new_facts"],
            **self._person(row, texts["person"]),
        }
        has_errors = self.draft.finding_counts[FindingKind.ERROR] > before or (row.has("room") and unit is None)
        return None if has_errors else Order(row, facts)

    def _texts(self, row: MappedRow) -> dict[str, str]:
        texts = {name: plain_text(row.cell(name)).strip() for name in LIMITS}
        for name, limit in LIMITS.items():
            if len(texts[name]) > limit:
                self.draft.error(row, name, _("The text is longer than %(limit)s characters.") % {"limit": limit})
        if not texts["text"]:
            self.draft.error(row, "text", _("The text is missing."))
        return texts

    def _number(self, row: MappedRow, number: str) -> str:
        if not number:
            self.draft.error(row, "external_no", _("The number of the order is missing."))
        elif number in self.seen:
            sentence = _("It stands in row %(row)s already.") % {"row": self.seen[number]}
            self.draft.error(row, "external_no", sentence)
        self.seen.setdefault(number, row.record.row)
        return number

    def _moment(self, row: MappedRow, name: str) -> datetime | None:
        wall_clock = self.draft.read(row, name, moment)
        if wall_clock is None:
            if name == "received_at" and not row.has(name):
                self.draft.error(row, name, _("The time is missing."))
            return None
        at = timezone.make_aware(wall_clock)
        if name == "received_at" and at > self.now:
            self.draft.error(row, name, _("The time lies in the future."))
        return at

    def _deadline(self, row: MappedRow, received_at: datetime | None) -> datetime | None:
        """A day alone is meant to its end."""
        at = self._moment(row, "deadline_at")
        if at is None:
            return None
        if timezone.localtime(at).time() == time():
            at = timezone.make_aware(datetime.combine(timezone.localtime(at).date(), END_OF_DAY))
        if received_at is not None and at <= received_at:
            self.draft.error(row, "deadline_at", _("The deadline lies before the receipt."))
        return at

    def _kind(self, row: MappedRow) -> str:
        text = tidy_text(row.cell("kind"))
        if text and text not in KINDS:
            sentence = _("“%(text)s” is not known here. Known words: %(words)s.")
            self.draft.error(row, "kind", sentence % {"text": text[:40], "words": ", ".join(KINDS)})
        return KINDS.get(text, self.draft.option("kind"))

    def _category(self, row: MappedRow, texts: dict[str, str]) -> ServiceCategory | None:
        text = tidy_text(row.cell("category"))
        named = self.by_word.get(normalise(text), []) if text else []
        if len(named) == 1:
            return named[0]
        if text and self.draft.option("categories") == REFUSE:
            sentence = _("There is no category “%(text)s” of the last level.")
            self.draft.error(row, "category", sentence % {"text": text[:60]})
            return None
        words = " ".join((text, texts["topic"], texts["text"]))
        guessed = suggest_categories(words, named or self.categories)
        found = next(iter(guessed), None) or fallback_category(self.categories)
        if found is None:
            self.draft.error(row, "category", _("There is no category for this project yet."))
        return found

    def _person(self, row: MappedRow, name: str) -> dict[str, Any]:
        """A number that the platform has masked is no number."""
        is_anonymous = name in WORDS["anonymous"]
        is_masked = MASK in plain_text(row.cell("phone"))
        phone = (
            None if is_masked else self.draft.read(row, "phone", lambda cell: normalise_phone(digits_text(cell)).value)
        )
        return {
            "person_name": "" if is_anonymous else name,
            "person_phone": "" if is_anonymous else phone or "",
            "is_anonymous": is_anonymous,
        }


def _told(facts: dict[str, Any]) -> str:
    """The order in the one line that the preview shows of it."""
    deadline = facts["deadline_at"]
    parts = (
        facts["external_no"],
        f"{timezone.localtime(facts['received_at']):%Y-%m-%d %H:%M}",
        _("deadline %(at)s") % {"at": f"{timezone.localtime(deadline):%Y-%m-%d %H:%M}"} if deadline else "",
        str(RequestKind(facts["kind"]).label),
        facts["category"].name,
        facts["unit"].code if facts["unit"] else "",
        facts["person_name"],
        " ".join(facts["text"][:SHOWN_TEXT].split()),
    )
    return " · ".join(filter(None, parts))
