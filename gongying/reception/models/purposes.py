from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.common.places import Place
from gongying.estates.models import Project

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_NAME = 20
MOST_MINUTES = 240
# What is done within this time may go first while somebody else is being received.
SHORT_MINUTES = 2


class VisitPurposeQuerySet(models.QuerySet["VisitPurpose"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """The company's own, and those of the projects of which the user serves a part."""
        projects = Project.objects.visible_to(user).order_by().values("pk")
        return self.filter(models.Q(project=None) | models.Q(project__in=projects))

    def holding_in(self, project: Project) -> Self:
        """The project's own, and of the company's those that the project has not changed."""
        own = VisitPurpose.objects.filter(project=project, key=models.OuterRef("key"))
        standard = models.Q(project=None) & ~models.Exists(own)
        return self.filter(models.Q(project=project) | standard).order_by("position", "pk")

    def offered_in(self, project: Project) -> Self:
        return self.holding_in(project).filter(is_offered=True)


class VisitPurpose(Versioned):
    """What people come to the counter for: a chip of the front desk. A project may have its own in place of the company's."""

    event_kind = "visitpurpose"

    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="visit_purposes", verbose_name=_("project")
    )
    key = models.SlugField(_("key"), max_length=20)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=LONGEST_NAME)
    icon = models.CharField(max_length=30, editable=False)
    minutes = models.PositiveSmallIntegerField(_("usual minutes"))
    position = models.PositiveSmallIntegerField(editable=False)
    is_offered = models.BooleanField(_("offered"), default=True)

    objects = VisitPurposeQuerySet.as_manager()

    class Meta:
        verbose_name = _("purpose of a visit")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="visit_purpose_unique", nulls_distinct=False),
            models.CheckConstraint(condition=~models.Q(name=""), name="visit_purpose_has_name"),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=MOST_MINUTES), name="visit_purpose_minutes_usual"
            ),
        ]
        triggers = keep_rows("visit_purpose")

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        return Place(self.project_id)

    @property
    def is_short(self) -> bool:
        return self.minutes <= SHORT_MINUTES
