"""A report as a table: a line for each project, category, person or month, a column for each measure."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import DateField, Expression, F, Max, Min
from django.db.models.functions import Cast, Coalesce, TruncMonth
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.inputs import id_in
from gongying.estates.models import Project
from gongying.estates.stewards import steward_of_row
from gongying.organization.models import StaffMember
from gongying.reports.facts import GROUP, PARTS, Tally, tallies
from gongying.reports.measures import MEASURES, Measure
from gongying.servicedesk.enums import RequestKind
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet

RECEIVED = ("received", "counted")
NOBODY = "none"  # the line of those that belong to none


def _names(model: Any, *related: str) -> Callable[[list[Any]], dict[Any, str]]:
    """Of all rows of a table of the set-up, from memory."""

    def read() -> dict[Any, str]:
        return {row.pk: str(row) for row in model.objects.select_related(*related)}

    return lambda _keys: kept(("names", model), read)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Dimension:
    """What the lines stand for: how a request is sorted into one, what the line is called, how an address names it."""

    label: str | Promise
    group: Callable[[ServiceRequestQuerySet], Expression | F]
    names: Callable[[list[Any]], dict[Any, str]]
    read: Callable[[str], Any] = id_in


def steward_group(requests: ServiceRequestQuerySet) -> Expression:
    """Whose the place was on the day of the entry: what was before she took it over is not hers."""
    span = requests.order_by().aggregate(first=Min("entered_at"), last=Max("entered_at"))
    first, last = span["first"] or timezone.now(), span["last"] or timezone.now()
    return steward_of_row(timezone.localdate(first), timezone.localdate(last), at="entered_at")


DIMENSIONS = {
    "project": Dimension(_("project"), lambda _rows: F("project_id"), _names(Project)),
    "category": Dimension(
        _("category"), lambda _rows: Coalesce("category__parent_id", "category_id"), _names(ServiceCategory)
    ),
    "steward": Dimension(_("steward at the time"), steward_group, _names(StaffMember, "user")),
    "owner": Dimension(_("in charge"), lambda _rows: F("owner_id"), _names(User)),
    "kind": Dimension(
        _("kind"),
        lambda _rows: F("kind"),
        lambda _keys: {key: str(label) for key, label in RequestKind.choices},
        str,
    ),
    "month": Dimension(
        _("month"),
        lambda _rows: Cast(TruncMonth("entered_at"), DateField()),
        lambda keys: {key: f"{key:%Y-%m}" for key in keys},
        _day,
    ),
}


class Figure(NamedTuple):
    """One cell: how many out of how many."""

    measure: Measure
    counted: int
    base: int | None

    @property
    def percent(self) -> Decimal | None:
        """Of the base, with one decimal; None where there is no base to speak of."""
        if not self.base:
            return None
        # Rounded half up.
        return Decimal((2000 * self.counted + self.base) // (2 * self.base)).scaleb(-1)


@dataclass(frozen=True)
class Line:
    key: str  # as the address names it; empty: all of it
    label: str | Promise
    figures: list[Figure]


def table_of(requests: ServiceRequestQuerySet, dimension: Dimension) -> tuple[list[Line], Line]:
    """The lines, and the total: a request stands in exactly one of them."""
    counts = tallies(requests, dimension.group(requests))
    names = dimension.names(list(counts))
    found = sorted(counts, key=lambda group: (-counts[group][RECEIVED], names.get(group, "")))
    lines = [_line(NOBODY if group is None else str(group), names.get(group, "–"), counts[group]) for group in found]
    if dimension is DIMENSIONS["month"]:
        lines.sort(key=lambda line: line.key)
    return lines, _line("", _("all of them"), _together(counts.values()))


def rows_of_line(requests: ServiceRequestQuerySet, dimension: Dimension, key: str) -> ServiceRequestQuerySet:
    """The requests of one line; of an address that names none, nothing."""
    if not key:
        return requests
    value = None if key == NOBODY else dimension.read(key)
    if value is None and key != NOBODY:
        return requests.none()
    # The annotation keeps the rows and their methods; its type says otherwise.
    grouped: Any = requests.annotate(**{GROUP: dimension.group(requests)})
    line: ServiceRequestQuerySet = grouped.filter(**({f"{GROUP}__isnull": True} if value is None else {GROUP: value}))
    return line


def _together(tallies: Collection[Tally]) -> Tally:
    return Tally({part: sum(tally[part] for tally in tallies) for part in PARTS})


def _line(key: str, label: str | Promise, tally: Tally) -> Line:
    return Line(key, label, [_figure(measure, tally) for measure in MEASURES])


def _figure(measure: Measure, tally: Tally) -> Figure:
    base = tally[measure.key, "base"] if measure.is_share else None
    return Figure(measure, tally[measure.key, "counted"], base)
