from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Dated, Versioned
from gongying.customers.models.parties import Party
from gongying.estates.models import DatedPlaceQuerySet, ParkingSpace, PlacedModel, Unit


class Vehicle(PlacedModel, Dated, Versioned):
    """A car of a unit, found by its plate or the last four characters of it (E-039)."""

    plate = models.CharField(_("plate"), max_length=12)
    description = models.CharField(_("description"), max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="vehicles", verbose_name=_("unit")
    )
    party = models.ForeignKey(Party, models.PROTECT, related_name="vehicles", verbose_name=_("keeper"))
    parking_space = models.ForeignKey(
        ParkingSpace, models.PROTECT, null=True, blank=True, related_name="vehicles", verbose_name=_("parking space")
    )

    objects = DatedPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        indexes = [
            models.Index(OpClass("plate", name="text_pattern_ops"), name="vehicle_plate_prefix"),
            models.Index(OpClass(Reverse("plate"), name="text_pattern_ops"), name="vehicle_plate_tail"),
        ]
        constraints = [
            ExclusionConstraint(
                name="vehicle_no_overlap",
                expressions=[
                    ("plate", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="vehicle_has_days"),
            models.CheckConstraint(condition=~models.Q(plate=""), name="vehicle_has_plate"),
        ]

    def __str__(self) -> str:
        return self.plate
