from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Dated, DatedQuerySet
from gongying.customers.models.parties import Party
from gongying.estates.models import Project


class HeadcountRecord(Dated):
    """How many people a customer has in a project, for a time (R-036)."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="headcounts", verbose_name=_("customer"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="headcounts", verbose_name=_("project"))
    heads = models.PositiveIntegerField(_("heads"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("headcount")
        constraints = [
            ExclusionConstraint(
                name="headcount_no_overlap",
                expressions=[
                    ("party", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="headcount_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.heads}"
