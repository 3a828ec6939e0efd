from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.checklists.models import Tick
from gongying.common.machines import append_only
from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.estates.models import PlacedModel, PlaceQuerySet
from gongying.improvements.enums import ItemState

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


LONGEST_TITLE = 200


class ImprovementItemQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """Those of her places, and what she is in charge of wherever it stands: a steward changes a whole project."""
        own = self.of_owner(user)
        return super().visible_to(user) | own if may(user, "improvements.view_items") else own

    def of_owner(self, user: "AnyUser") -> Self:
        return self.filter(owner_id=user.pk)

    def open(self) -> Self:
        return self.filter(state=ItemState.OPEN)

    def overdue(self, *, on: Any = None) -> Self:
        return self.open().filter(due_on__lt=on or timezone.localdate())


class ImprovementItem(PlacedModel, Versioned):
    """Something the company changes so that the same trouble does not come back.

    What it came from (a complaint, a survey) is linked from the higher app's side.
    """

    event_kind = "improvementitem"

    title = models.CharField(_("what changes"), max_length=LONGEST_TITLE)
    root_cause = models.TextField(_("root cause"), max_length=10_000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="improvement_items", verbose_name=_("in charge")
    )
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=10, choices=ItemState.choices, default=ItemState.OPEN)
    effect = models.TextField(_("effect"), max_length=10_000, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("finished by")
    )
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = ImprovementItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("improvement item")
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["due_on", "id"], name="improvement_open", condition=models.Q(state="open"))]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="improvement_has_title"),
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="improvement_state_known"),
            # Finished means: by whom, when and with which effect.
            models.CheckConstraint(
                condition=models.Q(state=ItemState.OPEN)
                | (models.Q(finished_by__isnull=False, finished_at__isnull=False) & ~models.Q(effect="")),
                name="improvement_finished_with_effect",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CheckMeasureQuerySet(models.QuerySet["CheckMeasure"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(item__in=ImprovementItem.objects.visible_to(user).order_by().values("pk"))


class CheckMeasure(models.Model):
    """What is changed because an item of a check list failed."""

    tick = models.OneToOneField(Tick, models.PROTECT, related_name="measure", verbose_name=_("tick"))
    item = models.OneToOneField(
        ImprovementItem, models.PROTECT, related_name="check_measure", verbose_name=_("improvement item")
    )

    objects = CheckMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure after a check")
        triggers = append_only("check_measure")

    def __str__(self) -> str:
        return str(self.item)
