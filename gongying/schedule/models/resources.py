from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.common.inputs import NAME_OF_A_THING
from gongying.common.models import Versioned
from gongying.estates.models import Project
from gongying.schedule.enums import ResourceKind

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class ResourceQuerySet(models.QuerySet["Resource"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Those of the projects that the user serves, and those of the whole company."""
        return self.filter(models.Q(project=None) | models.Q(project__in=Project.objects.visible_to(user)))

    def in_use(self) -> Self:
        return self.filter(is_retired=False)


class Resource(Versioned):
    """What only one event at a time can have: a meeting room, a company car."""

    kind = models.CharField(_("kind"), max_length=10, choices=ResourceKind.choices, default=ResourceKind.ROOM)
    name = models.CharField(NAME_OF_A_THING, max_length=60)
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resources",
        verbose_name=_("project"),
        help_text=_("Empty: for the whole company."),
    )
    seats = models.PositiveSmallIntegerField(_("seats"), null=True, blank=True)
    is_retired = models.BooleanField(_("no longer booked"), default=False)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("room or car")
        ordering = ["kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], nulls_distinct=False, name="resource_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="resource_has_name"),
            models.CheckConstraint(condition=models.Q(kind__in=ResourceKind.values), name="resource_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceBooking(models.Model):
    """An event has a room or a car for its time; never two at once (invariant 18)."""

    event = models.ForeignKey("schedule.CalendarEvent", models.CASCADE, related_name="bookings")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="bookings", verbose_name=_("room or car"))
    during = DateTimeRangeField(_("period"))

    class Meta:
        verbose_name = _("booking")
        ordering = ["id"]
        constraints = [
            ExclusionConstraint(
                name="resource_booking_no_overlap",
                expressions=[("resource", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=models.Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="resource_booking_has_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.during}"
