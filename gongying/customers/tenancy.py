"""What part of a project a customer is, on a day: by area and by heads (R-034, R-035). Computed, never typed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Sum
from django.utils import timezone

from gongying.common.editions import fill_from_memory
from gongying.customers.models import HeadcountRecord, Occupancy, Party
from gongying.customers.shares import percentage
from gongying.estates.models import Project


@dataclass(frozen=True)
class Tenancy:
    """A customer in a project: what it leases, how many people it has, and what share of the whole that is."""

    project: Project
    spells: list[Occupancy]
    area_m2: Decimal
    heads: int | None
    total_heads: int

    @property
    def area_share(self) -> Decimal | None:
        """In percent of the project's served area."""
        return percentage(self.area_m2, self.project.served_area_m2)

    @property
    def heads_share(self) -> Decimal | None:
        """In percent of all heads of the project on that day."""
        return percentage(self.heads, self.total_heads) if self.heads is not None else None


def tenancies_of(party: Party, user: Any, *, on: date | None = None, has_headcounts: bool = True) -> list[Tenancy]:
    """One per project in which the customer heads an occupancy or has heads on that day (default: today)."""
    on = on or timezone.localdate()
    spells = (
        Occupancy.objects.visible_to(user).on(on).filter(head=party).select_related("unit").order_by("unit__sort_key")
    )
    by_project: dict[Project, list[Occupancy]] = {}
    for spell in spells:
        fill_from_memory(spell, "project")
        by_project.setdefault(spell.project, []).append(spell)
    return [
        Tenancy(
            project=project,
            spells=of_project,
            area_m2=sum((area_of(spell) for spell in of_project), Decimal(0)),
            **(_heads(party, project, on) if has_headcounts else NO_HEADS),
        )
        for project, of_project in by_project.items()
    ]


def area_of(spell: Occupancy) -> Decimal:
    """What the lease says; without it what the unit is charged by, else its gross area."""
    unit = spell.unit
    return spell.leased_area_m2 or unit.chargeable_area_m2 or unit.gross_area_m2 or Decimal(0)


NO_HEADS: Final = {"heads": None, "total_heads": 0}


def _heads(party: Party, project: Project, on: date) -> dict[str, Any]:
    """Of the customer and of the whole project; a customer without heads has no share of them."""
    records = HeadcountRecord.objects.filter(project=project).on(on)
    record = records.filter(party=party).first()
    if record is None:
        return NO_HEADS
    return {"heads": record.heads, "total_heads": records.aggregate(all=Sum("heads"))["all"] or 0}
