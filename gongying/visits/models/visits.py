"""A visit to a household, from the plan to what came of it."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import ends_once, keep_rows
from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.customers.models import Party
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit
from gongying.interactions.models import Interaction
from gongying.servicedesk.enums import RequestKind
from gongying.servicedesk.models import ServiceRequest
from gongying.visits.enums import OPEN_STATES, TO_GO, VISITED, VisitReason, VisitState
from gongying.visits.machines import MOST_REPLANS, VISIT

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_SUBJECT = 200
LONGEST_NEED = 2_000
LONGEST_WORDS = 200

MET = Q(met_at__isnull=False)
STATE_FITS = (
    Q(state__in=[VisitState.PLANNED, VisitState.NOT_HOME], met_at=None, confirmed_at=None, interaction=None)
    | Q(state=VisitState.CONFIRMED, met_at=None, confirmed_at__isnull=False, interaction=None)
    | Q(state=VisitState.MET, interaction=None) & MET
    | Q(state__in=[VisitState.RECORDED, VisitState.CLOSED], interaction__isnull=False) & MET
    | Q(state=VisitState.CANCELLED, met_at=None, interaction=None) & ~Q(cancel_reason="")
)
# Closed only when every need has become a request, or it was said why not.
ALL_DISPATCHED = refuse_when(
    "NEW.state = 'closed' AND EXISTS (SELECT FROM visits_visitneed"
    " WHERE visit_id = NEW.id AND service_request_id IS NULL AND declined = '')",
    "home_visit: a need is not dispatched yet",
)


class HomeVisitQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """All at her places with the permission, else those that she makes herself."""
        if may(user, "visits.view_visits"):
            return super().visible_to(user)
        return self.filter(steward=user.pk)

    def of_steward(self, user: "AnyUser") -> Self:
        return self.filter(steward=user.pk)

    def to_go(self) -> Self:
        return self.filter(state__in=TO_GO)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def made(self) -> Self:
        """Somebody was met."""
        return self.filter(state__in=VISITED)

    def not_home(self) -> Self:
        return self.filter(state=VisitState.NOT_HOME)

    def undispatched(self) -> Self:
        return self.filter(state=VisitState.RECORDED)

    def overdue(self) -> Self:
        """Planned for a day that is over."""
        return self.to_go().filter(planned_for__lt=start_of(timezone.localdate()))

    def on(self, day: date) -> Self:
        return self.filter(planned_for__gte=start_of(day), planned_for__lt=start_of(day + timedelta(days=1)))

    def for_list(self) -> Self:
        return self.select_related("unit__building", "unit__entrance", "unit__project", "party", "steward")


class HomeVisit(PlacedModel, Versioned):
    """Somebody goes to a household. What was said there is a touch like any other (`interaction`)."""

    event_kind = "homevisit"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="home_visits", verbose_name=_("unit"))
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="home_visits", verbose_name=_("whom to see")
    )
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="home_visits", verbose_name=_("who goes")
    )
    reason = models.CharField(
        pgettext_lazy("of a home visit", "occasion"),
        max_length=12,
        choices=VisitReason.choices,
        default=VisitReason.ROUTINE,
    )
    subject = models.CharField(_("what to talk about"), max_length=LONGEST_SUBJECT, blank=True)
    planned_for = models.DateTimeField(_("planned for"))
    # Not so of a visit on a round, entered afterwards.
    is_planned = models.BooleanField(_("planned before"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=VisitState.choices, default=VisitState.PLANNED)
    replans = models.PositiveSmallIntegerField(_("planned again"), default=0)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    met_at = models.DateTimeField(pgettext_lazy("of a home visit", "met at"), null=True)
    cancel_reason = models.CharField(_("why it is cancelled"), max_length=LONGEST_WORDS, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    interaction = models.OneToOneField(
        Interaction, models.PROTECT, null=True, related_name="home_visit", verbose_name=_("interaction")
    )

    objects = HomeVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("home visit")
        ordering = ["-planned_for", "-id"]
        indexes = [
            models.Index(fields=["steward", "planned_for", "id"], name="home_visit_of_steward"),
            models.Index(fields=["project", "planned_for", "id"], name="home_visit_of_project"),
            models.Index(fields=["building", "planned_for", "id"], name="home_visit_of_building"),
            models.Index(fields=["unit", "-met_at"], name="home_visit_last_met", condition=MET),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit"], name="home_visit_one_open", condition=Q(state__in=OPEN_STATES)),
            models.CheckConstraint(condition=STATE_FITS, name="home_visit_state_fits"),
            models.CheckConstraint(condition=Q(replans__lte=MOST_REPLANS), name="home_visit_replans_bounded"),
            models.CheckConstraint(condition=Q(reason__in=VisitReason.values), name="home_visit_reason_known"),
        ]
        triggers = [
            *VISIT.triggers("state"),
            *keep_rows("home_visit"),
            Guard(
                name="home_visit_dispatched",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"{ALL_DISPATCHED} RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_reason_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_overdue(self) -> bool:
        return self.state in TO_GO and self.planned_for < start_of(timezone.localdate())

    @property
    def may_replan(self) -> bool:
        return self.state == VisitState.NOT_HOME and self.replans < MOST_REPLANS

    def present_state(self) -> dict[str, Any]:
        return {**super().present_state(), "state": self.state}


class MissedCallQuerySet(models.QuerySet["MissedCall"]):
    def standing(self) -> Self:
        """Without those that were pressed by mistake."""
        return self.filter(undone_at=None)


class MissedCall(models.Model):
    """Somebody rang and nobody was home: counted apart from visits (R-095). It can be undone; the row stays."""

    visit = models.ForeignKey(HomeVisit, models.PROTECT, related_name="missed_calls", verbose_name=_("home visit"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    # What the household had agreed to until then.
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    undone_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)

    objects = MissedCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("nobody home")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="missed_call_undone_by_somebody",
            )
        ]
        triggers = [
            *keep_rows("missed_call"),
            ends_once(
                "missed_call_undone_once",
                closed_by=["undone_at"],
                leaves_open=["undone_by_id"],
                words="missed_call: it is undone once, nothing else of it changes",
            ),
        ]

    def __str__(self) -> str:
        return str(self.visit)


class VisitNeed(models.Model):
    """What the household wants (R-094). It becomes a request, or somebody says why not."""

    visit = models.ForeignKey(HomeVisit, models.PROTECT, related_name="needs", verbose_name=_("home visit"))
    text = models.TextField(_("what they need"), max_length=LONGEST_NEED)
    kind = models.CharField(_("kind"), max_length=20, choices=RequestKind.choices, default=RequestKind.REPAIR)
    service_request = models.OneToOneField(
        ServiceRequest, models.PROTECT, null=True, related_name="visit_need", verbose_name=_("request")
    )
    declined = models.CharField(_("why it becomes no request"), max_length=LONGEST_WORDS, blank=True)

    class Meta:
        verbose_name = _("need heard at a home visit")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="visit_need_has_text"),
            models.CheckConstraint(
                condition=Q(service_request=None) | Q(declined=""), name="visit_need_dispatched_or_declined"
            ),
        ]
        triggers = keep_rows("visit_need")

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_open(self) -> bool:
        return self.service_request_id is None and not self.declined


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def who_visits(user: User, ids: Collection[int]) -> Iterable[int]:
    """Those of the ids who make visits that she sees, and herself: who may hear that somebody's route changed (`events.streams`)."""
    seen = HomeVisit.objects.visible_to(user).filter(steward__in=ids).order_by().values_list("steward", flat=True)
    return {user.pk}.intersection(ids).union(seen.distinct())
