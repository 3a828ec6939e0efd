"""A visitor at the counter, from the arrival to the end, and what was noted meanwhile."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.machines import append_only, keep_rows
from gongying.common.models import Versioned
from gongying.customers.models import Party
from gongying.estates.models import PlacedModel, PlaceQuerySet, Project, Unit
from gongying.interactions.models import Interaction
from gongying.reception.enums import OPEN_STATES, TicketState
from gongying.reception.machines import TICKET
from gongying.reception.models.purposes import VisitPurpose
from gongying.reception.models.seats import LONGEST_COUNTER

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_NOTES = 4_000
LONGEST_RESULT = 2_000
LONGEST_PERSON = 100
# Nobody has looked after a visitor for so long: amber, then red and the supervisor is told (ux.md 2.7, R-152).
SOON_AFTER = timedelta(minutes=3)
LATE_AFTER = timedelta(minutes=5)

NOT_BEGUN = Q(handler=None, first_attended_at=None, attending_since=None)
BEGUN = Q(handler__isnull=False, first_attended_at__isnull=False)
STATE_FITS = (
    Q(state=TicketState.WAITING, ended_at=None, interaction=None) & NOT_BEGUN
    | Q(state=TicketState.ATTENDING, ended_at=None, interaction=None, attending_since__isnull=False) & BEGUN
    | Q(state=TicketState.PARKED, ended_at=None, interaction=None, attending_since=None) & BEGUN
    | Q(state=TicketState.DONE, ended_at__isnull=False, interaction__isnull=False, attending_since=None) & BEGUN
    | Q(state=TicketState.LEFT_UNSEEN, ended_at__isnull=False, interaction=None, attending_since=None)
)


class ReceptionTicketQuerySet(PlaceQuerySet):
    def at_desk(self, project: Project) -> Self:
        return self.filter(project=project)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def waiting(self) -> Self:
        """The longest wait first."""
        return self.filter(state=TicketState.WAITING).order_by("arrived_at", "pk")

    def with_handler(self, user: "AnyUser") -> Self:
        return self.filter(handler=user.pk)

    def untouched_since(self, moment: datetime) -> Self:
        """Visitors to whom nobody has turned since then."""
        return self.filter(state=TicketState.WAITING, touched_at__lte=moment)

    def for_desk(self) -> Self:
        return self.select_related("purpose", "unit", "party", "handler", "project")


class ReceptionTicket(PlacedModel, Versioned):
    """One visitor. The household and the person may follow; waiting and handling times are stored by the machine."""

    event_kind = "receptionticket"

    day = models.DateField(_("day"))
    serial = models.PositiveIntegerField(_("number"))
    purpose = models.ForeignKey(
        VisitPurpose, models.PROTECT, related_name="tickets", verbose_name=_("purpose of the visit")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="reception_tickets", verbose_name=_("unit")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="reception_tickets", verbose_name=_("customer")
    )
    person_name = models.CharField(_("name"), max_length=LONGEST_PERSON, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=TicketState.choices, default=TicketState.WAITING)
    arrived_at = models.DateTimeField(_("arrived at"))
    # Somebody turned to the visitor, be it to ask for patience.
    touched_at = models.DateTimeField(_("last attention"))
    # When the supervisors were told that nobody turns to this visitor.
    neglected_at = models.DateTimeField(_("neglect noticed at"), null=True)
    first_attended_at = models.DateTimeField(_("first received at"), null=True)
    attending_since = models.DateTimeField(_("received since"), null=True)
    # The time in which somebody was there for the visitor: what lay between parking and going on does not count.
    handled = models.DurationField(_("handling time"), default=timedelta)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who receives")
    )
    # Where the handler sat when she turned to the visitor: what the screen calls, and the report counts by.
    counter = models.CharField(pgettext_lazy("a place", "counter"), max_length=LONGEST_COUNTER, blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("registered by")
    )
    interaction = models.OneToOneField(
        Interaction, models.PROTECT, null=True, related_name="reception_ticket", verbose_name=_("interaction")
    )

    objects = ReceptionTicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("visitor's ticket")
        ordering = ["-arrived_at", "-id"]
        indexes = [
            models.Index(
                fields=["project", "arrived_at", "id"], name="reception_open", condition=Q(state__in=OPEN_STATES)
            ),
            models.Index(fields=["project", "-arrived_at", "-id"], name="reception_newest"),
            models.Index(fields=["touched_at"], name="reception_untouched", condition=Q(state=TicketState.WAITING)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "day", "serial"], name="reception_number_unique"),
            # Who turns to another visitor parks the one before her.
            models.UniqueConstraint(
                fields=["handler"], name="reception_one_at_a_time", condition=Q(state=TicketState.ATTENDING)
            ),
            models.CheckConstraint(condition=STATE_FITS, name="reception_state_fits"),
            models.CheckConstraint(
                condition=Q(first_attended_at=None) | Q(first_attended_at__gte=F("arrived_at")),
                name="reception_attended_after_arrival",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("arrived_at")), name="reception_ended_after_arrival"
            ),
        ]
        triggers = [*TICKET.triggers("state"), *keep_rows("reception_ticket")]

    def __str__(self) -> str:
        return f"{self.number} {self.purpose.name}"

    @property
    def number(self) -> str:
        """As it is called out: the number of the day."""
        return f"{self.serial:03d}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def visitor(self) -> str:
        """Who came, as far as it is known."""
        name = self.person_name or (self.party.name if self.party else "")
        return " ".join(part for part in (self.unit.code if self.unit else "", name) if part)

    @property
    def waited(self) -> timedelta:
        """From the arrival to the first attention (R-146); of somebody who still waits: so far."""
        return (self.first_attended_at or self.ended_at or timezone.now()) - self.arrived_at

    @property
    def soon_at(self) -> datetime:
        return self.touched_at + SOON_AFTER

    @property
    def late_at(self) -> datetime:
        return self.touched_at + LATE_AFTER

    @property
    def urgency(self) -> str:
        """The tone in which a waiting visitor is shown."""
        now = timezone.now()
        if self.state != TicketState.WAITING or now < self.soon_at:
            return ""
        return "late" if now >= self.late_at else "soon"

    def is_with(self, user: "AnyUser") -> bool:
        return self.handler_id is not None and self.handler_id == user.pk

    def present_state(self) -> dict[str, Any]:
        return {**super().present_state(), "state": self.state, "handler_id": self.handler_id}


class VisitNoteQuerySet(models.QuerySet["VisitNote"]):
    def latest_of_each(self, ticket: ReceptionTicket) -> Self:
        """The present notes of everybody who wrote some, in the order in which they began."""
        newest = self.filter(ticket=ticket).order_by("by", "-version").distinct("by")
        return self.filter(pk__in=newest.values("pk")).select_related("by").order_by("pk")

    def present_of(self, ticket: ReceptionTicket, user: User) -> "VisitNote | None":
        return self.filter(ticket=ticket, by=user).order_by("-version").first()


class VisitNote(models.Model):
    """What somebody noted during a visit. Each writes her own; every saving is a further version, none is lost."""

    ticket = models.ForeignKey(ReceptionTicket, models.PROTECT, related_name="notes", verbose_name=_("ticket"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("notes"), max_length=LONGEST_NOTES, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = VisitNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("notes of a visit")
        constraints = [models.UniqueConstraint(fields=["ticket", "by", "version"], name="visit_note_version_unique")]
        triggers = append_only("visit_note")

    def __str__(self) -> str:
        return self.text[:40]
