from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.estates.models import Project
from gongying.estates.scopes import projects_served_whole

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class StandingQuerySet(models.QuerySet["Standing"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(project__in=projects_served_whole(user))


class Standing(models.Model):
    """How many requests a list of a project held when a day ended: no later query can tell (ux.md 2.9)."""

    day = models.DateField(_("day"))
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name=_("project"))
    key = models.CharField(max_length=20)  # of the work list
    number = models.PositiveIntegerField(_("number"))

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing at the end of a day")
        constraints = [models.UniqueConstraint(fields=["day", "project", "key"], name="standing_unique")]

    def __str__(self) -> str:
        return f"{self.day} {self.project} {self.key} {self.number}"
