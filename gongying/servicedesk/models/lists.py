from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.organization.access import staff_of
from gongying.organization.models import Department

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Her own, and those shared with her department or with everybody."""
        staff = staff_of(user) if isinstance(user, User) else None
        if staff is None:
            return self.none()
        return self.filter(
            models.Q(owner=user)
            | models.Q(is_shared=True, department=None)
            | models.Q(is_shared=True, department=staff.department_id)
        )


class SavedView(models.Model):
    """A filter of the request list under a name (R-192)."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=40)
    # The list's query string as a mapping: filters, order, columns.
    query = models.JSONField(_("query"), default=dict)
    is_shared = models.BooleanField(_("shared"), default=False)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="saved_views",
        verbose_name=_("shared with"),
        help_text=_("None: everybody"),
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def query_string(self) -> str:
        return urlencode(self.query, doseq=True)
