from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.customers.models import Party
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit
from gongying.estates.scopes import scope_of
from gongying.mediation.enums import UNFINISHED, MediationState
from gongying.mediation.machines import MEDIATION
from gongying.servicedesk.models import ServiceRequest

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_SUBJECT = 80
LONGEST_NAME = 100
LONGEST_TEXT = 5_000
MOST_SIDES = 9


class MediationCaseQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """One's own, and with the permission those of the territory: a dispute is nobody else's business."""
        own = Q(mediator=user.pk) | Q(opened_by=user.pk)
        if not may(user, "mediation.view_cases"):
            return self.filter(own)
        scope = scope_of(user)
        return self if scope.everywhere else self.filter(scope.condition() | own)

    def open(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def of_mediator(self, user: "AnyUser") -> Self:
        return self.filter(mediator=user.pk)

    def to_check(self, *, on: date | None = None) -> Self:
        """The day has come on which one asks whether the agreement is kept."""
        return self.filter(state=MediationState.AGREED, check_on__lte=on or timezone.localdate())


class MediationCase(PlacedModel, Versioned):
    """A dispute between customers, and what is done so that they agree (R-160)."""

    event_kind = "mediationcase"

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT)
    matter = models.TextField(_("what the dispute is about"), max_length=LONGEST_TEXT)
    request = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, related_name="mediations", verbose_name=_("request")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=MediationState.choices, default=MediationState.OPEN, editable=False
    )
    mediator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mediations", verbose_name=_("mediator")
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    # As agreed: when one asks whether both sides keep it.
    check_on = models.DateField(_("asked after on"), null=True)
    outcome = models.TextField(_("outcome"), max_length=LONGEST_TEXT, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = MediationCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("mediation case")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["project", "-id"], name="mediation_of_project"),
            models.Index(fields=["mediator", "check_on"], name="mediation_unfinished", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(subject="") & ~Q(matter=""), name="mediation_says_what_about"),
            models.CheckConstraint(condition=Q(state__in=MediationState.values), name="mediation_state_known"),
            models.UniqueConstraint(fields=["request"], condition=Q(ended_at=None), name="mediation_of_request_once"),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, ended_at=None)
                | (~Q(state__in=UNFINISHED) & ~Q(outcome="") & Q(ended_at__isnull=False)),
                name="mediation_ended_with_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state=MediationState.AGREED) | Q(check_on__isnull=False),
                name="mediation_agreed_is_checked",
            ),
        ]
        triggers = [*MEDIATION.triggers("state"), *keep_rows("mediation_case")]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def is_late(self) -> bool:
        return self.state == MediationState.AGREED and bool(self.check_on and self.check_on < timezone.localdate())

    def present_state(self) -> dict[str, Any]:
        return {**super().present_state(), "state": self.state}


class SideQuerySet(models.QuerySet["Side"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(case__in=MediationCase.objects.visible_to(user).order_by().values("pk"))

    def of(self, case: MediationCase) -> Self:
        return self.filter(case=case).select_related("party", "unit__project").order_by("position")


class Side(Versioned):
    """One side of a dispute. What it says is told to the mediator, not to the other sides."""

    case = models.ForeignKey(MediationCase, models.PROTECT, related_name="sides", verbose_name=_("mediation case"))
    position = models.PositiveSmallIntegerField(_("side"))
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="disputes", verbose_name=_("customer"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="disputes", verbose_name=_("unit"))
    # As it was called then, beside the link.
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    statement = models.TextField(_("what this side says and wants"), max_length=LONGEST_TEXT, blank=True)

    objects = SideQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a dispute", "side")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="mediation_side_has_name"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_SIDES), name="mediation_side_position"
            ),
            models.UniqueConstraint(fields=["case", "position"], name="mediation_side_place"),
            models.UniqueConstraint(fields=["case", "party"], name="mediation_party_once"),
        ]
        triggers = [
            *keep_rows("mediation_side"),
            Guard(
                name="mediation_side_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=refuse_when(
                    "(OLD.case_id, OLD.position, OLD.name) IS DISTINCT FROM (NEW.case_id, NEW.position, NEW.name)",
                    "mediation_side: who is a side of it stays",
                )
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return self.name
