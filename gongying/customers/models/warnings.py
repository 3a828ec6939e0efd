from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Dated, DatedQuerySet
from gongying.common.statements import Statement
from gongying.customers.enums import WarningKind
from gongying.customers.models.consents import Consent
from gongying.estates.models import Unit

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_WARNING = 60


class HouseholdWarningQuerySet(DatedQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(unit__in=Unit.objects.visible_to(user))

    def of(self, unit: Unit | None) -> Self:
        return self.filter(unit=unit) if unit is not None else self.none()

    def in_force(self, *, on: date | None = None) -> Self:
        """Of today (or that day), not taken away, and not resting on a consent that was withdrawn."""
        consented = models.Q(consent=None) | models.Q(consent__withdrawn_at=None)
        return self.on(on or timezone.localdate()).filter(consented, ended_at=None)


class HouseholdWarning(Dated):
    """What somebody who comes to the door has to know: a dog, a key at the desk. Short, and never for ever.

    That somebody is frail says something about her health or age: only with her consent to care (E-002).
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="warnings", verbose_name=_("unit"))
    kind = models.CharField(_("what to mind"), max_length=20, choices=WarningKind.choices)
    note = models.CharField(_("in a few words"), max_length=LONGEST_WARNING, blank=True)
    consent = models.ForeignKey(
        Consent, models.PROTECT, null=True, blank=True, related_name="warnings", verbose_name=_("consent")
    )
    entered_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    ended_at = models.DateTimeField(_("taken away at"), null=True, blank=True)

    objects = HouseholdWarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning of a household")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=WarningKind.values), name="warning_kind_known"),
            models.CheckConstraint(
                condition=~models.Q(kind=WarningKind.OTHER) | ~models.Q(note=""), name="warning_other_has_words"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=WarningKind.FRAIL) | models.Q(consent__isnull=False),
                name="warning_of_the_frail_by_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="warning_has_an_end",
            ),
            ExclusionConstraint(
                name="warning_once_at_a_time",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(ended_at=None) & ~models.Q(kind=WarningKind.OTHER),
            ),
        ]

    def __str__(self) -> str:
        words = self.get_kind_display() if self.kind != WarningKind.OTHER else ""
        return " · ".join(filter(None, (words, self.note)))


# Of one door, for who has to go there.
AT_THE_DOOR: Statement[HouseholdWarning] = Statement(
    lambda unit, on: HouseholdWarning.objects.filter(unit=unit).in_force(on=on), unit=int, on=date
)
