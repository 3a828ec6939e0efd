from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.organization.rules import SEE_ALL_PROJECTS

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class StandardQuerySet(models.QuerySet[Any]):
    """What the company writes for all its projects, and what a project has of its own (R-155)."""

    def visible_to(self, user: "AnyUser") -> Self:
        if may(user, SEE_ALL_PROJECTS):
            return self
        return self.filter(Q(project=None) | Q(project__in=_projects_of(user)))

    def changeable_by(self, user: "AnyUser") -> Self:
        """The company's are for who sees all of it (R-022)."""
        if may(user, SEE_ALL_PROJECTS):
            return self
        return self.filter(project__in=_projects_of(user))


def _projects_of(user: "AnyUser") -> Any:
    return Project.objects.visible_to(user).order_by().values("pk")
