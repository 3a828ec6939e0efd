"""Public faults: one trouble that many feel, with the words for callers, who called, and who was told of the end (E-044)."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from gongying.accounts.models import User
from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.common.places import Place
from gongying.estates.models import PlacedModel
from gongying.estates.scopes import around, scope_of
from gongying.interactions.models import Interaction
from gongying.servicedesk.enums import NoticeChannel
from gongying.servicedesk.guards import keep_as_written
from gongying.servicedesk.models.requests import ServiceRequest

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class PublicFaultQuerySet(models.QuerySet["PublicFault"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Faults that concern any of the user's places: a steward sees the one of the whole project, too."""
        scope = scope_of(user)
        if scope.everywhere:
            return self
        beyond = around(scope)
        places = FaultPlace.objects.filter(
            scope.condition()
            | Q(building=None, project__in=beyond.projects)
            | Q(entrance=None, building__in=beyond.buildings)
        )
        return self.filter(pk__in=places.order_by().values("fault"))

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def concerning(self, place: Place) -> Self:
        """Those within whose scope the place lies."""
        places = FaultPlace.objects.covering(place).filter(fault=OuterRef("pk"))
        return self.filter(Exists(places))

    def to_be_told(self, user: "AnyUser") -> Self:
        """Over, and some of her callers do not know it yet."""
        waiting = FaultCall.objects.visible_to(user).to_be_told()
        return self.filter(pk__in=waiting.order_by().values("fault"))

    def with_numbers(self) -> Self:
        """How many called, from how many households: each household counts once (E-044)."""
        return self.annotate(
            number_of_calls=models.Count("calls", distinct=True),
            number_of_households=models.Count("calls__interaction__unit", distinct=True),
        )

    def for_page(self) -> Self:
        rows = self.select_related("project", "service_request__category", "announced_by", "ended_by")
        return rows.prefetch_related("places__project", "places__building", "places__entrance__building")


class PublicFault(Versioned):
    """A fault or outage of common parts: one request, many callers, one end that all are told of."""

    event_kind = "publicfault"
    # Set by `with_numbers`.
    number_of_calls: int
    number_of_households: int

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="public_faults", verbose_name=_("request")
    )
    project = models.ForeignKey("estates.Project", models.PROTECT, related_name="+", verbose_name=_("project"))
    words = models.TextField(_("words for callers"), max_length=2000)
    expected_end = models.DateTimeField(_("expected end"), null=True, blank=True)
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("announced by")
    )
    announced_at = models.DateTimeField(_("announced at"), default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ending_words = models.TextField(_("words at the end"), max_length=2000, blank=True)

    objects = PublicFaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("public fault")
        ordering = ["-announced_at", "-id"]
        indexes = [
            models.Index(fields=["project"], name="public_fault_open", condition=Q(ended_at=None)),
            models.Index(fields=["-announced_at", "-id"], name="public_fault_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service_request"], condition=Q(ended_at=None), name="public_fault_once_per_request"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="public_fault_has_words"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ending_words="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ending_words="")),
                name="public_fault_ended_with_words",
            ),
        ]
        triggers = keep_rows("publicfault")

    def __str__(self) -> str:
        return f"{self.title} {self.where}".strip()

    @property
    def title(self) -> str:
        return self.service_request.category.name

    @property
    def where(self) -> str:
        """The scope in words: 1, 2 and the entrance of 3."""
        return str(pgettext("between places", ", ")).join(str(place) for place in self.places.all())

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.expected_end is not None and self.expected_end < timezone.now()

    def concerns(self, place: Place) -> bool:
        return any(scope.covers(place) for scope in self.places.all())


class FaultPlaceQuerySet(models.QuerySet["FaultPlace"]):
    def covering(self, place: Place) -> Self:
        """The same as `FaultPlace.covers`, as a query: the place itself, or what it stands in."""
        return self.filter(
            Q(building=None) | Q(building=place.building_id, entrance=None) | Q(entrance=place.entrance_id or 0),
            project=place.project_id,
        )


class FaultPlace(PlacedModel):
    """A whole project, a building or an entrance that feels the fault."""

    fault = models.ForeignKey(PublicFault, models.PROTECT, related_name="places", verbose_name=_("public fault"))

    objects = FaultPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place of a public fault")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(entrance=None) | Q(building__isnull=False), name="fault_place_path"),
            models.UniqueConstraint(
                fields=["fault", "project", "building", "entrance"], nulls_distinct=False, name="fault_place_once"
            ),
        ]
        triggers = keep_as_written("faultplace")

    def __str__(self) -> str:
        parts = (self.building, self.entrance)
        return " ".join(str(part) for part in parts if part is not None) or str(self.project)

    def covers(self, place: Place) -> bool:
        return (
            self.project_id == place.project_id
            and self.building_id in (None, place.building_id)
            and self.entrance_id in (None, place.entrance_id)
        )


class FaultCallQuerySet(models.QuerySet["FaultCall"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Callers of the user's own places: a fault may reach beyond them."""
        return self.filter(scope_of(user).condition("interaction__"))

    def to_be_told(self) -> Self:
        return self.filter(notice__isnull=False, notice__told_at=None)


class FaultCall(models.Model):
    """One who called because of it: the touch, joined to the one request."""

    fault = models.ForeignKey(PublicFault, models.PROTECT, related_name="calls", verbose_name=_("public fault"))
    interaction = models.OneToOneField(
        Interaction, models.PROTECT, related_name="fault_call", verbose_name=_("interaction")
    )

    objects = FaultCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call about a public fault")
        ordering = ["id"]
        triggers = [
            Guard(
                name="faultcall_while_it_lasts",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=refuse_when(
                    "EXISTS (SELECT FROM servicedesk_publicfault fault WHERE fault.id = NEW.fault_id"
                    " AND fault.ended_at IS NOT NULL)",
                    "publicfault: it has ended, nobody joins it any more",
                )
                + "RETURN NEW;",
            ),
            *keep_as_written("faultcall"),
        ]

    def __str__(self) -> str:
        return str(self.interaction)


class FaultNotice(models.Model):
    """A caller is to be told that it is over, or was told: by whom and how."""

    call = models.OneToOneField(FaultCall, models.PROTECT, related_name="notice", verbose_name=_("call"))
    channel = models.CharField(_("channel"), max_length=20, choices=NoticeChannel.choices)
    told_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("told by")
    )
    told_at = models.DateTimeField(_("told at"), null=True)

    class Meta:
        verbose_name = _("notice of the end")
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], name="fault_notice_waiting", condition=Q(told_at=None))]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=NoticeChannel.values), name="fault_notice_channel_known"),
            models.CheckConstraint(
                condition=Q(told_at=None, told_by=None) | Q(told_at__isnull=False, told_by__isnull=False),
                name="fault_notice_told_by_somebody",
            ),
        ]
        triggers = keep_rows("faultnotice")

    def __str__(self) -> str:
        return self.get_channel_display()


def heard_requests(user: User, ids: Collection[int]) -> Iterable[int]:
    """Those of the ids of which she may hear (`events.streams`): who sees a fault hears how far its request is."""
    of_faults = PublicFault.objects.visible_to(user).filter(service_request__in=ids)
    seen = ServiceRequest.objects.visible_to(user).filter(pk__in=ids)
    return {*seen.values_list("pk", flat=True), *of_faults.values_list("service_request", flat=True)}
