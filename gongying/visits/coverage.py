"""How many households were visited (standards.md 2.1), and whom to visit next, fairly.

A household counts that lives in a handed-over unit today. It is covered if somebody of it was met at home, or (the wider
measure) if there was any touch with it, in the twelve months before the day.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, zip_longest
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongying.accounts.models import User
from gongying.customers.models import Occupancy
from gongying.estates.enums import UnitState
from gongying.estates.models import TerritoryScope, Unit
from gongying.estates.scopes import visible_territories
from gongying.interactions.models import Interaction
from gongying.organization.models import Territory
from gongying.visits.enums import OPEN_STATES
from gongying.visits.models import HomeVisit
from gongying.visits.models.visits import start_of

YEAR = timedelta(days=365)
MONTH_DAYS = 30
MOST_PROPOSED = 60


def households(user: User) -> Any:
    """Units in which somebody lives today, with the day of the last visit and touch."""
    met = HomeVisit.objects.filter(unit=OuterRef("pk"), met_at__isnull=False)
    touched = Interaction.objects.filter(unit=OuterRef("pk"))
    lived_in = Occupancy.objects.current().filter(unit=OuterRef("pk"))
    rows = Unit.objects.visible_to(user).filter(Exists(lived_in), state=UnitState.HANDED_OVER)
    return rows.annotate(
        last_met=Subquery(met.order_by().values("unit").annotate(at=Max("met_at")).values("at")),
        last_touch=Subquery(touched.order_by().values("unit").annotate(at=Max("occurred_at")).values("at")),
    )


def since_of(day: date) -> datetime:
    """From when on a visit counts on that day."""
    return start_of(day - YEAR)


@dataclass(frozen=True)
class Coverage:
    """Of one territory."""

    territory: Territory
    households: int
    visited: int
    touched: int
    never: int

    @property
    def share(self) -> float | None:
        return 100 * self.visited / self.households if self.households else None

    @property
    def touched_share(self) -> float | None:
        return 100 * self.touched / self.households if self.households else None

    def address(self, which: str) -> str:
        """Where exactly these households stand."""
        asked = urlencode({"territory": self.territory.pk, "which": which})
        return f"{reverse('visits:household-index')}?{asked}"

    @property
    def visited_url(self) -> str:
        return self.address("visited")

    @property
    def never_url(self) -> str:
        return self.address("never")

    @property
    def all_url(self) -> str:
        return self.address("all")


WHICH = ("all", "visited", "unvisited", "touched", "never")


def select(rows: QuerySet[Unit], which: str) -> QuerySet[Unit]:
    since = since_of(timezone.localdate())
    conditions = {
        "visited": Q(last_met__gte=since),
        "unvisited": Q(last_met=None) | Q(last_met__lt=since),
        "touched": Q(last_touch__gte=since),
        "never": Q(last_met=None),
    }
    return rows.filter(conditions[which]) if which in conditions else rows


def inside(rows: QuerySet[Unit], territory: Territory) -> QuerySet[Unit]:
    """Those that lie in the territory, or in one that is part of it."""
    condition = Q(pk__in=[])
    for scope in TerritoryScope.objects.current().filter(territory__in=_with_parts(territory)):
        condition |= scope.condition()
    return rows.filter(condition)


def coverage_of(user: User) -> list[Coverage]:
    """A line for each territory that covers something she sees."""
    territories = visible_territories(user).order_by("name", "pk")
    made = [_measured(territory, inside(households(user), territory)) for territory in territories]
    return [line for line in made if line.households]


def _measured(territory: Territory, rows: QuerySet[Unit]) -> Coverage:
    since = since_of(timezone.localdate())
    found = rows.order_by().aggregate(
        households=Count("pk"),
        visited=Count("pk", filter=Q(last_met__gte=since)),
        touched=Count("pk", filter=Q(last_touch__gte=since)),
        never=Count("pk", filter=Q(last_met=None)),
    )
    return Coverage(territory, **found)


def _with_parts(territory: Territory) -> set[int]:
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in Territory.objects.values_list("pk", "parent"):
        children[parent].append(pk)
    found, fresh = {territory.pk}, [territory.pk]
    while fresh:
        fresh = [child for pk in fresh for child in children[pk] if child not in found]
        found.update(fresh)
    return found


@dataclass(frozen=True)
class Proposal:
    """A household to visit next, and why it and no other."""

    unit: Any

    @property
    def why(self) -> str:
        last: datetime | None = self.unit.last_met
        if last is None:
            return _("never visited")
        months = (timezone.localdate() - timezone.localtime(last).date()).days // MONTH_DAYS
        day = f"{timezone.localtime(last):%Y-%m-%d}"
        ago = ngettext("%(n)s month ago", "%(n)s months ago", months) % {"n": months}
        return _("last visited on %(day)s, %(ago)s") % {"day": day, "ago": ago}


def propose(user: User, *, number: int, territory: Territory | None = None) -> list[Proposal]:
    """Who waits longest, spread over the buildings: of each building its first one, then its second one, and so on.

    Never visited comes before visited long ago; of those never visited, those with whom one has spoken least lately.
    Left out: who was met within the year, and where a visit is planned already. Nothing else counts: neither what
    somebody owns or owes, nor who complains most.
    """
    planned = HomeVisit.objects.filter(unit=OuterRef("pk"), state__in=OPEN_STATES)
    rows = select(households(user), "unvisited").filter(~Exists(planned))
    rows = inside(rows, territory) if territory else rows
    by_building: dict[int, list[int]] = defaultdict(list)
    for pk, building in rows.order_by(*_longest_first()).values_list("pk", "building_id"):
        by_building[building].append(pk)
    chosen = list(islice(_in_turn(by_building.values()), number))
    units = households(user).select_related("project", "building").in_bulk(chosen)
    return [Proposal(units[pk]) for pk in chosen]


def _longest_first() -> Sequence[Any]:
    return (F("last_met").asc(nulls_first=True), F("last_touch").asc(nulls_first=True), "sort_key", "pk")


def _in_turn(lists: Iterable[Sequence[int]]) -> Iterable[int]:
    for turn in zip_longest(*lists):
        yield from (pk for pk in turn if pk is not None)
