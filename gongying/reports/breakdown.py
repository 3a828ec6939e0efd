"""A report as a table: a line for each project, category, person or month, a column for each measure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, DateField, Expression, F, QuerySet
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.inputs import id_in
from gongying.estates.models import Project
from gongying.reports.measures import MEASURES, Measure
from gongying.servicedesk.enums import RequestKind
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.models.requests import ServiceRequestQuerySet

GROUP = "report_group"


def _names(model: Any) -> Callable[[list[Any]], dict[Any, str]]:
    return lambda keys: {row.pk: str(row) for row in model.objects.filter(pk__in=keys)}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Dimension:
    """What the lines stand for: how a request is sorted into one, what the line is called, how an address names it."""

    label: str | Promise
    group: Expression | F
    names: Callable[[list[Any]], dict[Any, str]]
    read: Callable[[str], Any] = id_in


DIMENSIONS = {
    "project": Dimension(_("project"), F("project_id"), _names(Project)),
    "category": Dimension(_("category"), Coalesce("category__parent_id", "category_id"), _names(ServiceCategory)),
    "owner": Dimension(_("in charge"), F("owner_id"), _names(User)),
    "kind": Dimension(_("kind"), F("kind"), lambda _keys: {key: str(label) for key, label in RequestKind.choices}, str),
    "month": Dimension(
        _("month"),
        TruncMonth("entered_at", output_field=DateField()),
        lambda keys: {key: f"{key:%Y-%m}" for key in keys},
        _day,
    ),
}


@dataclass(frozen=True)
class Figure:
    """One cell: how many out of how many."""

    measure: Measure
    counted: int
    base: int | None

    @property
    def percent(self) -> Decimal | None:
        """Of the base, with one decimal; None where there is no base to speak of."""
        if not self.base:
            return None
        return (Decimal(100 * self.counted) / self.base).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    key: str  # as the address names it; empty: all of it
    label: str | Promise
    figures: list[Figure]


def table_of(requests: QuerySet[Any], dimension: Dimension) -> tuple[list[Line], Line]:
    """The lines, and the total: not the sum of the lines but counted in the same way."""
    counts = {
        f"{measure.key}_{part}": Count("pk", filter=measure.condition(part))
        for measure in MEASURES
        for part in (("counted", "base") if measure.is_share else ("counted",))
        if measure.condition(part)
    }
    rows = requests.order_by()
    groups = rows.annotate(**{GROUP: dimension.group}).values(GROUP).annotate(number=Count("pk"), **counts)
    found = sorted(groups, key=lambda group: -group["number"])
    names = dimension.names([group[GROUP] for group in found])
    lines = [_line(str(group[GROUP]), names.get(group[GROUP], "–"), group) for group in found]
    total = rows.aggregate(number=Count("pk"), **counts)
    if dimension is DIMENSIONS["month"]:
        lines.sort(key=lambda line: line.key)
    return lines, _line("", _("all of them"), total)


def rows_of_line(requests: ServiceRequestQuerySet, dimension: Dimension, key: str) -> ServiceRequestQuerySet:
    """The requests of one line; of an address that names none, nothing."""
    if not key:
        return requests
    value = dimension.read(key)
    if value is None:
        return requests.none()
    # The annotation keeps the rows and their methods; its type says otherwise.
    grouped: Any = requests.annotate(**{GROUP: dimension.group})
    line: ServiceRequestQuerySet = grouped.filter(**{GROUP: value})
    return line


def _line(key: str, label: str | Promise, group: dict[str, Any]) -> Line:
    return Line(key, label, [_figure(measure, group) for measure in MEASURES])


def _figure(measure: Measure, group: dict[str, Any]) -> Figure:
    number = group["number"]
    counted = group.get(f"{measure.key}_counted", number)
    return Figure(measure, counted, group.get(f"{measure.key}_base", number) if measure.is_share else None)
