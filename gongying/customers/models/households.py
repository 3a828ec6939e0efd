from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.fields.ranges import RangeEndsWith
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.guards import Guard
from gongying.common.models import Dated, Versioned
from gongying.customers.enums import OccupancyKind, RoleKind
from gongying.customers.models.parties import Party
from gongying.customers.shares import Spell, largest_sum
from gongying.estates.models import DatedPlaceQuerySet, PlacedModel, Unit

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Invariant 2: looked at on commit, so that a sale may end one share and begin another in any order. Sums change only where a
# spell begins; the lock on the unit makes two sales of the same flat wait for each other. The unit's owners are read first and
# apart: after a bulk load without statistics the planner else takes the exclusion index by `during`, once over the table per row.
SHARES_AT_MOST_ONE = """
    PERFORM 1 FROM estates_unit WHERE id = NEW.unit_id FOR NO KEY UPDATE;
    IF (SELECT sum(share) FROM customers_partyrole WHERE unit_id = NEW.unit_id AND role = 'owner') <= 1 THEN
        RETURN NULL; -- all shares of all times together: nearly every unit
    END IF;
    IF EXISTS (
        WITH owned AS MATERIALIZED (
            SELECT id, share, during FROM customers_partyrole WHERE unit_id = NEW.unit_id AND role = 'owner'
        )
        SELECT FROM owned AS edge
        JOIN owned AS held ON held.during @> coalesce(lower(edge.during), '-infinity'::date)
        WHERE edge.during && NEW.during
        GROUP BY edge.id HAVING sum(held.share) > 1
    ) THEN
        RAISE EXCEPTION 'ownership shares of unit % exceed 1', NEW.unit_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ownership_shares';
    END IF;
    RETURN NULL;
"""


# How long before its last day the end of a lease is shown to those who record moves: time to ask whether it goes on.
LEASE_NOTICE = timedelta(days=30)
LET = (OccupancyKind.LEASED, OccupancyKind.LENT)


class OccupancyQuerySet(DatedPlaceQuerySet):  # type: ignore[override]
    def of_unit(self, unit: Unit) -> Self:
        """The history of a unit, newest first."""
        return self.filter(unit=unit).order_by("-during", "-pk")

    def ending_soon(self) -> Self:
        """Let, and with a last day within the notice; the soonest first."""
        today = timezone.localdate()
        ends = (today + timedelta(days=1), today + LEASE_NOTICE + timedelta(days=1))
        return self.current().filter(kind__in=LET, during__endswith__range=ends).order_by("during__endswith", "pk")


class Occupancy(PlacedModel, Dated, Versioned):
    """A household's or tenant's spell in a unit, from move-in to move-out."""

    event_kind = "occupancy"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="occupancies", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=20, choices=OccupancyKind.choices)
    head = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="headed_occupancies",
        verbose_name=_("head of household or tenant"),
    )
    # Several spells at once are allowed only where each of them is shared.
    is_shared = models.BooleanField(_("shared flat"), default=False)
    leased_area_m2 = models.DecimalField(_("leased area (m²)"), max_digits=9, decimal_places=2, null=True, blank=True)

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupancy")
        verbose_name_plural = _("occupancies")
        indexes = [
            models.Index(RangeEndsWith("during"), name="occupancy_lease_end", condition=models.Q(kind__in=LET)),
        ]
        constraints = [
            ExclusionConstraint(
                name="occupancy_no_overlap",
                expressions=[("unit", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=models.Q(is_shared=False),
            ),
            # Two shared spells may overlap; a shared one beside one that is not may not (invariant 3).
            ExclusionConstraint(
                name="occupancy_shared_no_overlap",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                    ("is_shared", RangeOperators.NOT_EQUAL),
                ],
            ),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="occupancy_has_days"),
            models.CheckConstraint(
                condition=models.Q(leased_area_m2=None) | models.Q(leased_area_m2__gt=0),
                name="occupancy_leased_area_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.head or ''}".strip()

    @property
    def days_left(self) -> int | None:
        """Of a lease that ends soon; None where there is nothing to be said yet."""
        if self.kind not in LET or not self.is_current or self.last_day is None:
            return None
        left = self.last_day - timezone.localdate()
        return left.days if left <= LEASE_NOTICE else None

    def people(self) -> "QuerySet[Party]":
        """The head and all members, past ones included."""
        of_household = models.Q(pk=self.head_id) | models.Q(roles__occupancy=self)
        return Party.objects.live().filter(of_household).distinct()


class PartyRoleQuerySet(DatedPlaceQuerySet):  # type: ignore[override]
    def owners(self) -> Self:
        return self.filter(role=RoleKind.OWNER)

    def living(self) -> Self:
        """Without what stayed behind with a file that was merged into another."""
        return self.filter(party__merged_into=None)

    def ranked(self) -> Self:
        """Owners and users first (R-076), in the order of `RoleKind`."""
        return self.order_by("rank", "pk")

    def largest_share(self, unit: Unit, *, since: date | None, until: date | None) -> Decimal:
        """The most that is owned of a unit at any one time of a period."""
        held = self.owners().filter(unit=unit, during__overlap=(since, until))
        return largest_sum([Spell(role.starts_on, role.ends_on, role.share) for role in held], since, until)


class PartyRole(PlacedModel, Dated, Versioned):
    """What a party is to a unit or project, for a time. An owner's row carries the share (`Ownership`)."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="roles", verbose_name=_("customer"))
    role = models.CharField(pgettext_lazy("of a customer", "role"), max_length=20, choices=RoleKind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="roles", verbose_name=_("unit"))
    occupancy = models.ForeignKey(
        Occupancy, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("household")
    )
    relation = models.CharField(_("relation"), max_length=30, blank=True, help_text=_("To the head of household"))
    share = models.DecimalField(
        _("ownership share"), max_digits=7, decimal_places=6, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    # Owners and users first everywhere: the place of the role in `RoleKind`.
    rank = models.GeneratedField(
        expression=models.Case(
            *(models.When(role=role, then=place) for place, role in enumerate(RoleKind.values)),
            default=len(RoleKind.values),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    objects = PartyRoleQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a customer", "role")
        indexes = [
            models.Index(fields=["unit", "role"], name="party_role_of_unit"),
            models.Index(fields=["rank", "id"], name="party_role_ranked"),
            models.Index(fields=["project", "rank", "id"], name="party_role_of_project"),
        ]
        constraints = [
            ExclusionConstraint(
                name="party_role_no_overlap",
                expressions=[
                    ("party", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    (models.functions.Coalesce("unit", 0), RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(share=None) | models.Q(role=RoleKind.OWNER, share__gt=0, share__lte=1),
                name="share_is_of_owner",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=RoleKind.OWNER) | models.Q(unit__isnull=False, share__isnull=False),
                name="owner_has_unit_and_share",
            ),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="party_role_has_days"),
        ]
        triggers = [
            # A guard also because pgtrigger's own trigger begins a subtransaction that fails: each failure goes through all
            # triggers that wait for the commit, which makes a bulk load quadratic.
            Guard(
                name="ownership_shares",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("role", "share", "unit_id", "during"),  # type: ignore[no-untyped-call]
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.role = 'owner'"),
                func=SHARES_AT_MOST_ONE,
            )
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.get_role_display()} {self.unit or self.project}"
