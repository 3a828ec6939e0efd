"""Orders from outside: 12345 and the like, with their own numbers and deadlines (E-022, E-023, standards 2.16)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.events.models import EventSubject
from gongying.interactions.models import LONGEST_TEXT, Interaction
from gongying.servicedesk.enums import OPEN_STATES, NoticeChannel, ObjectionOutcome, OrderSource
from gongying.servicedesk.guards import keep_as_written
from gongying.servicedesk.models.requests import ServiceRequest

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


STANDING = Q(withdrawn_at=None)


class HotlineOrderQuerySet(models.QuerySet["HotlineOrder"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Whoever sees the request sees the orders about it."""
        return self.filter(service_request__in=ServiceRequest.objects.visible_to(user))

    def standing(self) -> Self:
        """Without those that were entered by mistake."""
        return self.filter(STANDING)

    def due(self, start: datetime, end: datetime) -> Self:
        return self.filter(deadline_at__gte=start, deadline_at__lt=end)

    def counted(self) -> Self:
        """Each matter once, and only ours: repeats are answered with the progress, and what an upheld objection sent away."""
        ours = ~Q(objection__outcome=ObjectionOutcome.UPHELD) | Q(objection=None)
        return self.standing().filter(ours, repeat_of=None)

    def responded(self) -> Self:
        """The person was contacted on the day of receipt (standards 2.1: "contact the person same day")."""
        same_day = HotlineContact.objects.filter(order=OuterRef("pk"), at__date__lte=OuterRef("received_at__date"))
        return self.filter(Exists(same_day))

    def not_taken_up(self, *, before: datetime) -> Self:
        """Open ones received before that moment, whose person nobody has spoken to, and of which nobody was reminded."""
        spoken_to = HotlineContact.objects.filter(order=OuterRef("pk"))
        reminded = EventSubject.objects.filter(
            kind=HotlineOrder.event_kind, object_id=OuterRef("pk"), event__verb="hotline.not_taken_up"
        )
        return self.open().filter(~Exists(spoken_to), ~Exists(reminded), received_at__lte=before, repeat_of=None)

    def called_back(self) -> Self:
        return self.filter(callback__isnull=False)

    def solved(self) -> Self:
        return self.filter(callback__solved=True)

    def satisfied(self) -> Self:
        return self.filter(callback__satisfied=True)

    def open(self) -> Self:
        return self.standing().filter(callback=None, service_request__state__in=OPEN_STATES)

    def due_today(self) -> Self:
        """To be answered before midnight, or since long ago."""
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return self.open().filter(deadline_at__lt=midnight)

    def for_list(self) -> Self:
        request = "service_request"
        return self.select_related(
            f"{request}__category",
            f"{request}__unit",
            f"{request}__project",
            f"{request}__owner",
            "objection",
            "callback",
        ).defer(f"{request}__search")


class HotlineOrder(Versioned):
    """What an outside office passes on to the company: its number, its deadline, who received it first."""

    event_kind = "hotlineorder"

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="hotline_orders", verbose_name=_("request")
    )
    interaction = models.OneToOneField(
        Interaction, models.PROTECT, related_name="hotline_order", verbose_name=_("interaction")
    )
    source = models.CharField(_("source"), max_length=20, choices=OrderSource.choices)
    external_no = models.CharField(_("number of the order"), max_length=60)
    received_at = models.DateTimeField(_("received at"))
    deadline_at = models.DateTimeField(_("deadline"))
    is_deadline_printed = models.BooleanField(_("deadline as printed on the order"), default=False)
    first_receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("first receiver")
    )
    # The same matter came before and nothing in it is new: it is answered with the progress of that one (E-023).
    repeat_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="repeats", verbose_name=_("repeat of")
    )
    new_facts = models.TextField(_("what is new"), max_length=LONGEST_TEXT, blank=True)
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    # Entered by mistake: its number is free again, the row stays.
    withdrawn_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken back by")
    )
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True)
    withdrawn_reason = models.TextField(_("why it was taken back"), max_length=LONGEST_TEXT, blank=True)

    objects = HotlineOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("outside order")
        ordering = ["deadline_at", "id"]
        indexes = [models.Index(fields=["deadline_at", "id"], name="hotline_order_by_deadline")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_no"], condition=STANDING, name="hotline_order_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="hotline_order_taken_back_with_reason",
            ),
            models.CheckConstraint(condition=Q(source__in=OrderSource.values), name="hotline_order_source_known"),
            models.CheckConstraint(condition=~Q(external_no=""), name="hotline_order_has_number"),
            models.CheckConstraint(
                condition=Q(deadline_at__gt=models.F("received_at")), name="hotline_order_deadline_after_receipt"
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=models.F("entered_at")), name="hotline_order_received_before_entered"
            ),
        ]
        triggers = keep_rows("hotlineorder")

    def __str__(self) -> str:
        return self.external_no

    @property
    def is_late(self) -> bool:
        is_open = self.withdrawn_at is None and not hasattr(self, "callback") and self.service_request.is_open
        return is_open and self.deadline_at < timezone.now()

    @property
    def opened_its_request(self) -> bool:
        """Else the matter was known already, and the order was linked to it."""
        return self.service_request.interaction_id == self.interaction_id


class OrderFact(models.Model):
    """Said or done about an outside order: who and when, kept as written."""

    by: Any = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        abstract = True
        ordering = ["at", "id"]


class HotlineContact(OrderFact):
    """The person was spoken to."""

    order = models.ForeignKey(HotlineOrder, models.PROTECT, related_name="contacts", verbose_name=_("outside order"))
    channel = models.CharField(_("channel"), max_length=20, choices=NoticeChannel.choices)
    words = models.TextField(_("words"), max_length=LONGEST_TEXT)

    class Meta(OrderFact.Meta):
        verbose_name = _("contact with the person")
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="hotline_contact_has_words")]
        triggers = keep_as_written("hotlinecontact")

    def __str__(self) -> str:
        return self.words[:40]


class HotlineObjection(OrderFact):
    """The company says that the order is not its own. The deadline runs on until the office has decided."""

    order = models.OneToOneField(
        HotlineOrder, models.PROTECT, related_name="objection", verbose_name=_("outside order")
    )
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT)
    outcome = models.CharField(_("decision"), max_length=10, choices=ObjectionOutcome.choices, blank=True)
    decided_at = models.DateTimeField(_("ruled at"), null=True)

    class Meta(OrderFact.Meta):
        verbose_name = _("objection")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hotline_objection_has_reason"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None)
                | Q(outcome__in=ObjectionOutcome.values, decided_at__isnull=False),
                name="hotline_objection_decided_with_time",
            ),
        ]
        triggers = keep_rows("hotlineobjection")

    def __str__(self) -> str:
        return self.reason[:40]


class HotlineCallback(OrderFact):
    """What the office's own call to the person brought: the base of the rates."""

    order = models.OneToOneField(HotlineOrder, models.PROTECT, related_name="callback", verbose_name=_("outside order"))
    solved = models.BooleanField(_("solved"))
    satisfied = models.BooleanField(_("satisfied"))
    comment = models.TextField(_("comment"), max_length=LONGEST_TEXT, blank=True)

    class Meta(OrderFact.Meta):
        verbose_name = _("callback by the office")
        triggers = keep_as_written("hotlinecallback")

    def __str__(self) -> str:
        return str(self.at)
