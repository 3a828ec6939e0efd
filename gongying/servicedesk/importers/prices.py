"""The price list as offices keep it in Excel: services and materials with what they cost (R-448)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.permissions import may
from gongying.common.places import Place
from gongying.common.text import normalise, pinyin
from gongying.imports.cells import money, tidy_text, whole_number
from gongying.imports.enums import FindingKind
from gongying.imports.importers import Draft, Importer, ImportOption, MappedRow, read_fields
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.servicedesk.enums import ItemKind
from gongying.servicedesk.models import ServiceCategory, ServiceItem, ServicePrice
from gongying.servicedesk.rules import MANAGE_CATALOGUE

DATA: Final = Path(__file__).parent.parent / "data"
WORDS: Final[dict[str, list[str]]] = json.loads((DATA / "price_words.json").read_text(encoding="utf-8"))
LIMITS: Final = {"code": 40, "name": 60, "measure": 20, "description": 2_000}
LONGEST_PROMISE: Final = 60 * 24 * 366
HERE, EVERYWHERE = "here", "everywhere"


@dataclass(frozen=True)
class Line:
    """What a row says; `price` None: free of charge, or nothing is said of it."""

    row: MappedRow
    texts: dict[str, str]
    kind: str
    category: ServiceCategory | None
    price: Decimal | None
    is_free: bool
    promised_minutes: int | None


class PriceImporter(Importer):
    key: ClassVar = "servicedesk.prices"
    label: ClassVar = gettext_lazy("Services and prices")
    description: ClassVar = gettext_lazy(
        "The price list: services and materials with unit and price. What is known by its code or name gets the new price from"
        " today on; what was quoted before keeps the old one. What the file leaves out stays."
    )
    permission: ClassVar = MANAGE_CATALOGUE
    fields: ClassVar = read_fields(
        DATA / "price_headers.json",
        {
            "code": gettext_lazy("Code"),
            "name": gettext_lazy("Service or material"),
            "kind": gettext_lazy("Service or material?"),
            "category": gettext_lazy("Category"),
            "measure": gettext_lazy("Unit"),
            "price": gettext_lazy("Price"),
            "promised_minutes": gettext_lazy("promised within minutes"),
            "description": gettext_lazy("what it covers"),
        },
        required=frozenset({"name"}),
    )
    options: ClassVar = (
        ImportOption(
            "scope",
            gettext_lazy("The prices hold"),
            [(HERE, gettext_lazy("in this project")), (EVERYWHERE, gettext_lazy("in all projects"))],
        ),
    )

    def plan(self, rows: Sequence[MappedRow], draft: Draft) -> None:
        table = _PriceList(draft)
        for done, row in enumerate(rows, start=1):
            table.add(row)
            draft.report_progress(done, len(rows))


class _PriceList:
    """The lines of the file beside what the catalogue knows."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.today = draft, timezone.localdate()
        self.is_everywhere = draft.option("scope") == EVERYWHERE
        self.may_set = not self.is_everywhere or may(draft.by, SEE_ALL_PROJECTS)
        items = list(ServiceItem.objects.all())
        self.by_code = {item.code: item for item in items}
        self.by_name = {(item.kind, normalise(item.name)): item for item in items}
        project = None if self.is_everywhere else draft.project_id
        prices = ServicePrice.objects.filter(project=project).lasting().select_related("item").order_by("during")
        self.prices: dict[int, list[ServicePrice]] = {}
        for price in prices:
            self.prices.setdefault(price.item_id, []).append(price)
        self.categories: dict[str, list[ServiceCategory]] = {}
        for category in ServiceCategory.objects.leaves():
            for word in {normalise(category.path), normalise(category.name), category.code}:
                self.categories.setdefault(word, []).append(category)
        self.seen: dict[int | tuple[str, str], int] = {}

    def add(self, row: MappedRow) -> None:
        line = self._line(row)
        if line is None:
            return
        name = (line.kind, normalise(line.texts["name"]))
        code = line.texts["code"].lower()
        item = self.by_code.get(code) or self.by_name.get(name)
        keys: list[int | tuple[str, str]] = [item.pk if item is not None and item.pk is not None else name]
        if code:
            keys.append(("code", code))
        for key in keys:
            if key in self.seen:
                field = "code" if key in keys[1:] else "name"
                self.draft.error(row, field, _("It stands in row %(row)s already.") % {"row": self.seen[key]})
                return
        self.seen.update(dict.fromkeys(keys, row.record.row))
        if item is None:
            self._create(line)
        else:
            self._change(item, line)

    def _line(self, row: MappedRow) -> Line | None:
        before = self.draft.finding_counts[FindingKind.ERROR]
        texts = {name: tidy_text(row.cell(name)) for name in LIMITS}
        for name, limit in LIMITS.items():
            if len(texts[name]) > limit:
                self.draft.error(row, name, _("The text is longer than %(limit)s characters.") % {"limit": limit})
        if not texts["name"]:
            self.draft.error(row, "name", _("The name is missing."))
        if texts["code"] and slugify(texts["code"]) != texts["code"].lower():
            self.draft.error(row, "code", _("A code has letters, digits and dashes only."))
        kind, category = self._kind(row), self._category(row)
        is_free = tidy_text(row.cell("price")) in WORDS["free"]
        price = None if is_free else self.draft.read(row, "price", money)
        if price is not None and price <= 0:
            self.draft.error(row, "price", _("A price is more than nothing."))
        elif price is not None and not self.may_set:
            self.draft.error(row, "price", _("Prices of all projects are set by who sees all projects."))
        minutes = self.draft.read(row, "promised_minutes", whole_number)
        if minutes is not None and not 0 <= minutes <= LONGEST_PROMISE:
            self.draft.error(row, "promised_minutes", _("This number of minutes cannot be right."))
        if self.draft.finding_counts[FindingKind.ERROR] > before:
            return None
        return Line(row, texts, kind, category, price, is_free, minutes)

    def _kind(self, row: MappedRow) -> str:
        """As its column says; without one a service."""
        text = tidy_text(row.cell("kind")).casefold()
        for kind in ItemKind.values:
            if text in WORDS[kind]:
                return str(kind)
        if text:
            known = ", ".join(word for kind in ItemKind.values for word in WORDS[kind])
            sentence = _("“%(text)s” is not known here. Known words: %(words)s.")
            self.draft.error(row, "kind", sentence % {"text": text[:40], "words": known})
        return str(ItemKind.SERVICE)

    def _category(self, row: MappedRow) -> ServiceCategory | None:
        text = tidy_text(row.cell("category"))
        if not text:
            return None
        found = self.categories.get(normalise(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            paths = ", ".join(category.path for category in found)
            sentence = _("“%(text)s” may be one of these: %(paths)s. Write the whole path.")
            self.draft.error(row, "category", sentence % {"text": text[:40], "paths": paths})
        else:
            self.draft.error(
                row, "category", _("There is no category “%(text)s” of the last level.") % {"text": text[:60]}
            )
        return None

    def _create(self, line: Line) -> None:
        if line.category is None:
            self.draft.error(line.row, "category", _("It is new: say its category."))
            return
        item = self.draft.create(
            ServiceItem(
                kind=line.kind,
                code=self._code_for(line),
                name=line.texts["name"],
                category=line.category,
                measure=line.texts["measure"] or _("visit"),
                is_paid=not line.is_free,
                promised_minutes=line.promised_minutes,
                description=line.texts["description"],
            )
        )
        self.by_code[item.code] = item
        if line.price is not None:
            self._price(item, line.price, before=None)
        self.draft.find(FindingKind.CREATED, line.row, partial(_told, item, line.price))

    def _change(self, item: ServiceItem, line: Line) -> None:
        values: dict[str, Any] = {name: line.texts[name] for name in ("measure", "description") if line.texts[name]}
        if line.category is not None:
            values["category"] = line.category
        if line.promised_minutes is not None:
            values["promised_minutes"] = line.promised_minutes
        if line.price is not None or line.is_free:
            values["is_paid"] = not line.is_free
        said = []
        if self.draft.change(item, **values):
            said.append(self.draft.changes[item].in_words())
        said += self._reprice(item, line)
        if said:
            self.draft.find(FindingKind.CHANGED, line.row, f"{item}: {'; '.join(said)}")
        else:
            self.draft.find(FindingKind.SKIPPED, line.row, _("“%(item)s” is so already.") % {"item": item})

    def _reprice(self, item: ServiceItem, line: Line) -> list[str]:
        known = self.prices.get(item.pk, [])
        current = next((price for price in known if price.is_current), None)
        if line.price is None or (current is not None and current.amount == line.price):
            return []
        later = next((price for price in known if price.starts_on > self.today), None)
        if later is not None:
            sentence = _("A price from %(day)s on is entered already: change it on its page.")
            self.draft.error(line.row, "price", sentence % {"day": later.starts_on})
            return []
        before = None if current is None else current.amount
        if current is not None and current.starts_on == self.today:
            self.draft.change(current, amount=line.price)
            self._tell(item, line.price, before)
        else:
            if current is not None:
                self.draft.change(current, during=DateRange(current.starts_on, self.today))
            self._price(item, line.price, before=before)
        return [f"¥{before if before is not None else '–'} → ¥{line.price}"]

    def _price(self, item: ServiceItem, amount: Decimal, *, before: Decimal | None) -> None:
        project = None if self.is_everywhere else self.draft.project_id
        during = DateRange(self.today, None)
        self.draft.create(ServicePrice(item=item, project_id=project, amount=amount, during=during))
        self._tell(item, amount, before)

    def _tell(self, item: ServiceItem, amount: Decimal, before: Decimal | None) -> None:
        told: dict[str, str | date] = {"amount": str(amount), "starts_on": self.today.isoformat()}
        if before is not None:
            told["before"] = str(before)
        place = Place() if self.is_everywhere else Place(project_id=self.draft.project_id)
        self.draft.record("service_item.priced", subjects=[item], at=timezone.now(), place=place, **told)

    def _code_for(self, line: Line) -> str:
        wished = line.texts["code"].lower() or slugify(pinyin(line.texts["name"]))[: LIMITS["code"] - 4] or line.kind
        code, number = wished, 2
        while code in self.by_code:
            code, number = f"{wished}-{number}", number + 1
        return code


def _told(item: ServiceItem, price: Decimal | None) -> str:
    cost = f"¥{price}/{item.measure}" if price is not None else _("free of charge")
    return f"{item.get_kind_display()} · {item.name} · {cost}"
