from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.common.places import Place
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.organization.models import Leave, StaffMember
from gongying.schedule.enums import Answer, EventKind, EventState
from gongying.schedule.models.about import ABOUT_WHOLE, AboutSomething, in_reach_of
from gongying.schedule.models.series import EventSeries
from gongying.schedule.models.team import team_of

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


def new_uid() -> str:
    """By which calendars everywhere know an event (RFC 5545)."""
    return f"{uuid4()}@gongying"


class CalendarEventQuerySet(models.QuerySet["CalendarEvent"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Her own and those that she attends; of the team's, and of who she stands in for, what is not private and names no
        customer out of her reach.

        Of everything else she sees that somebody is busy, and no more (`plans.entries_of`).
        """
        attending = Attendee.objects.filter(event=models.OuterRef("pk"))
        own = models.Q(organizer=user.pk) | models.Q(models.Exists(attending.filter(staff__user=user.pk)))
        away = Leave.objects.on(timezone.localdate()).filter(staff__user=models.OuterRef("organizer"))
        of_others = models.Q(models.Exists(away.filter(deputy__user=user.pk)))
        if may(user, "schedule.view_plans"):
            of_others |= models.Q(models.Exists(attending.filter(staff__in=team_of(user).values("pk"))))
        return self.filter(own | (of_others & in_reach_of(user) & models.Q(is_private=False)))

    def planned(self) -> Self:
        return self.filter(state=EventState.PLANNED)

    def to_come(self) -> Self:
        """Not over yet."""
        return self.planned().filter(during__endswith__gt=timezone.now())

    def between(self, start: datetime, end: datetime) -> Self:
        return self.filter(during__overlap=(start, end))

    def in_series(self, event: "CalendarEvent") -> Self:
        """It, and the other times of its series, in the order of the rule."""
        same = models.Q(pk=event.pk) if event.series_id is None else models.Q(series=event.series_id)
        return self.filter(same).order_by("original_start", "pk")

    def coming(self, user: "AnyUser") -> Self:
        """In which she takes part and has not declined."""
        own = Attendee.objects.filter(event=models.OuterRef("pk"), staff__user=user.pk).exclude(answer=Answer.DECLINED)
        return self.filter(models.Exists(own))


class CalendarEvent(AboutSomething, Versioned):
    """Something that people do at a time: an appointment, a meeting, a planned call.

    `sequence` grows with every change that those who take part must hear of, as outside calendars want it.
    """

    event_kind = "calendarevent"

    uid = models.CharField(max_length=255, unique=True, default=new_uid, editable=False)
    sequence = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=EventKind.choices, default=EventKind.APPOINTMENT)
    title = models.CharField(_("what it is about"), max_length=200)
    location = models.CharField(_("location"), max_length=200, blank=True)
    note = models.TextField(_("note"), max_length=4000, blank=True)
    during = DateTimeRangeField(_("period"))
    zone = models.CharField(_("time zone"), max_length=50, default=settings.TIME_ZONE)
    is_private = models.BooleanField(
        _("private"), default=False, help_text=_("Colleagues who do not take part see only that you are busy.")
    )
    state = models.CharField(_("state"), max_length=10, choices=EventState.choices, default=EventState.PLANNED)
    organizer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="organized_events", verbose_name=_("arranged by")
    )
    customer = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="calendar_events", verbose_name=_("customer")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="calendar_events", verbose_name=_("unit")
    )
    series = models.ForeignKey(
        EventSeries,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="events",
        verbose_name=_("series of events"),
    )
    # Whose time it is: a task that somebody put into the day. Cancelled or over, it leaves the task unplanned again.
    task = models.ForeignKey(
        "schedule.Task",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="times",
        verbose_name=pgettext_lazy("to be done", "task"),
    )
    # By which moment of the rule it is known (RECURRENCE-ID), whenever it takes place itself.
    original_start = models.DateTimeField(_("time by the repetition"), null=True, editable=False)
    people = models.ManyToManyField(
        StaffMember, through="Attendee", related_name="calendar_events", verbose_name=_("who takes part")
    )

    objects = CalendarEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned event")
        ordering = ["during", "id"]
        indexes = [
            GistIndex(fields=["during"], name="calendar_event_during", condition=models.Q(state="planned")),
            models.Index(
                fields=["about_kind", "about_id"], name="calendar_event_about", condition=~models.Q(about_kind="")
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="calendar_event_has_title"),
            models.CheckConstraint(condition=ABOUT_WHOLE, name="calendar_event_about_whole"),
            models.CheckConstraint(condition=models.Q(kind__in=EventKind.values), name="calendar_event_kind_known"),
            models.CheckConstraint(condition=models.Q(state__in=EventState.values), name="calendar_event_state_known"),
            models.CheckConstraint(
                condition=models.Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="calendar_event_has_both_ends",
            ),
            models.UniqueConstraint(
                fields=["series", "original_start"],
                name="calendar_event_once_in_series",
                deferrable=models.Deferrable.IMMEDIATE,  # a series that moves by a week: each comes to where the next was
            ),
            models.CheckConstraint(
                condition=models.Q(series=None, original_start=None)
                | models.Q(series__isnull=False, original_start__isnull=False),
                name="calendar_event_known_in_series",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def starts_at(self) -> datetime:
        return self.during.lower  # type: ignore[no-any-return]

    @property
    def ends_at(self) -> datetime:
        return self.during.upper  # type: ignore[no-any-return]

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def place(self) -> Place:
        return self.unit.place if self.unit else Place()

    def is_arranged_by(self, user: "AnyUser") -> bool:
        """Who arranged it changes it, and while she is away her deputy."""
        if self.organizer_id == user.pk:
            return True
        absent = StaffMember.objects.filter(user=self.organizer_id).first()
        deputy = absent and absent.deputy()
        return deputy is not None and deputy.user_id == user.pk

    @property
    def is_cancelled(self) -> bool:
        return self.state == EventState.CANCELLED


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def occupied(self, start: datetime, end: datetime) -> Self:
        """Those whose time it takes: who has declined is free."""
        return self.filter(event__state=EventState.PLANNED, event__during__overlap=(start, end)).exclude(
            answer=Answer.DECLINED
        )


class Attendee(models.Model):
    """Somebody takes part, and what she says to it (invariant 19: each once)."""

    event = models.ForeignKey(CalendarEvent, models.CASCADE, related_name="attendees", db_index=False)
    staff = models.ForeignKey(
        StaffMember, models.PROTECT, related_name="attendances", verbose_name=_("staff member"), db_index=False
    )
    answer = models.CharField(
        _("what she says to the invitation"), max_length=10, choices=Answer.choices, default=Answer.NONE
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        ordering = ["id"]
        # A month of a team reads thousands: from the index alone.
        indexes = [models.Index(fields=["staff", "event"], include=["answer"], name="attendee_of_staff")]
        constraints = [
            models.UniqueConstraint(fields=["event", "staff"], name="attendee_unique"),
            models.CheckConstraint(condition=models.Q(answer__in=Answer.values), name="attendee_answer_known"),
            models.CheckConstraint(
                condition=models.Q(answer=Answer.NONE, answered_at=None)
                | (~models.Q(answer=Answer.NONE) & models.Q(answered_at__isnull=False)),
                name="attendee_answered_when",
            ),
        ]

    def __str__(self) -> str:
        return str(self.staff)


class ScheduleConflictQuerySet(models.QuerySet["ScheduleConflict"]):
    def between_it_and_others(self, event: CalendarEvent) -> Self:
        return self.of_any([event])

    def of_any(self, events: Collection[CalendarEvent]) -> Self:
        return self.filter(models.Q(event__in=events) | models.Q(other__in=events))


class ScheduleConflict(models.Model):
    """Somebody is wanted at two places at once, and it was planned all the same: both are marked (invariant 18)."""

    staff = models.ForeignKey(StaffMember, models.CASCADE, related_name="schedule_conflicts")
    event = models.ForeignKey(CalendarEvent, models.CASCADE, related_name="conflicts")
    other = models.ForeignKey(CalendarEvent, models.CASCADE, related_name="conflicts_of_others")

    objects = ScheduleConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict of plans")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "event", "other"], name="schedule_conflict_unique"),
            models.CheckConstraint(condition=~models.Q(event=models.F("other")), name="schedule_conflict_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.event_id}, {self.other_id}"
