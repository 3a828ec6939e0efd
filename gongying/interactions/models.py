from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.common.text import bigram_field
from gongying.customers.models import Party
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit
from gongying.estates.scopes import scope_of
from gongying.interactions.enums import AnswerKind, Channel, Direction, PromiseKind

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_TEXT = 10_000
LONGEST_VENUE = 200
REPEAT_WITHIN = timedelta(days=30)


class InteractionQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """Her own entries, and with the permission all in her places."""
        own = models.Q(entered_by_id=user.pk)
        if not may(user, "interactions.view_interactions"):
            return self.filter(own)
        scope = scope_of(user)
        return self if scope.everywhere else self.filter(scope.condition() | own)

    def answered_at(self, post_id: int) -> Self:
        """Those whom somebody of this post heard first; 0: somebody without a post."""
        heard = self.filter(first_responder__isnull=False)
        return heard.filter(first_responder__staff__post=post_id or None)

    def possible_first_of(self, interaction: "Interaction") -> Self:
        """What `interaction` may be a repeat of: earlier touches of the unit or the person, within 30 days."""
        here = models.Q(pk__in=[])
        if interaction.unit_id:
            here |= models.Q(unit=interaction.unit_id)
        if interaction.party_id:
            here |= models.Q(party=interaction.party_id)
        since = interaction.occurred_at - REPEAT_WITHIN
        rows = self.filter(here, occurred_at__gte=since, occurred_at__lte=interaction.occurred_at, repeat_of=None)
        return rows.exclude(pk=interaction.pk).order_by("-occurred_at", "-id")


class Interaction(PlacedModel, Versioned):
    """One touch with a customer, recorded once: time, place, persons, matter, result."""

    event_kind = "interaction"

    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="interactions", verbose_name=_("unit")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="interactions", verbose_name=_("customer")
    )
    # As they were at that time, beside the link (snapshot plus link).
    person_name = models.CharField(_("name"), max_length=100, blank=True)
    person_phone = models.CharField(_("phone"), max_length=40, blank=True)

    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices, default=Direction.INBOUND)
    topic = models.CharField(_("topic"), max_length=200, blank=True)
    text = models.TextField(_("matter"), max_length=LONGEST_TEXT)
    answer = models.CharField(_("answer"), max_length=20, choices=AnswerKind.choices, default=AnswerKind.NONE)
    result = models.TextField(_("result"), max_length=LONGEST_TEXT, blank=True)
    first_responder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("first responder"),
    )
    occurred_at = models.DateTimeField(_("occurred at"))
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    late_reason = models.CharField(_("reason for late entry"), max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    external_no = models.CharField(_("outside number"), max_length=60, blank=True)
    repeat_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="repeats", verbose_name=_("repeat of")
    )
    search = bigram_field("topic", "text", "result")

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        indexes = [
            models.Index(fields=["project", "-occurred_at", "-id"], name="interaction_of_project"),
            models.Index(fields=["building", "-occurred_at", "-id"], name="interaction_of_building"),
            models.Index(fields=["-occurred_at", "-id"], name="interaction_newest"),
            GinIndex(fields=["search"], name="interaction_search"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="interaction_has_text"),
            models.CheckConstraint(
                condition=models.Q(occurred_at__lte=models.F("entered_at")), name="interaction_occurred_before_entered"
            ),
        ]

    def __str__(self) -> str:
        return self.topic or self.text[:40]


class PromiseQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        if may(user, "interactions.view_interactions"):
            return super().visible_to(user)
        return self.filter(owner_id=user.pk)

    def open(self) -> Self:
        return self.filter(keeping=None)

    def overdue(self, *, at: datetime | None = None) -> Self:
        return self.open().filter(due_at__lt=at or timezone.now())

    def of_owner(self, user: "AnyUser") -> Self:
        return self.filter(owner_id=user.pk)


class Promise(PlacedModel):
    """An answer promised to a customer by a time (R-011): where a matter could not be settled on the spot."""

    event_kind = "promise"

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="promises", verbose_name=_("interaction"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="promises", verbose_name=_("unit")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="promises", verbose_name=_("customer")
    )
    # What the desk could not answer has one of them; what was promised in passing has none.
    kind = models.CharField(
        pgettext_lazy("of a promise", "kind"),
        max_length=20,
        choices=PromiseKind.choices,
        blank=True,
        default="",
        db_default="",
    )
    venue = models.CharField(_("meeting place"), max_length=LONGEST_VENUE, blank=True, default="", db_default="")
    text = models.CharField(_("what was promised"), max_length=500)
    due_at = models.DateTimeField(_("promised for"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="promises", verbose_name=_("who keeps it")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("promised by")
    )
    made_at = models.DateTimeField(_("promised at"), default=timezone.now)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        indexes = [
            models.Index(fields=["project", "due_at", "id"], name="promise_of_project"),
            models.Index(fields=["owner", "due_at", "id"], name="promise_of_owner"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="promise_has_text"),
            models.CheckConstraint(
                condition=models.Q(kind="") | models.Q(kind__in=PromiseKind.values), name="promise_kind_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=PromiseKind.APPOINTMENT) | ~models.Q(venue=""),
                name="promise_appointment_has_venue",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_kept(self) -> bool:
        return hasattr(self, "keeping")

    @property
    def is_late(self) -> bool:
        return not self.is_kept and self.due_at < timezone.now()


class PromiseKept(models.Model):
    """Who told the customer what, and when. Its absence is what makes a promise open."""

    promise = models.OneToOneField(Promise, models.CASCADE, related_name="keeping", verbose_name=_("promise"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    words = models.CharField(_("what the customer was told"), max_length=2000)

    class Meta:
        verbose_name = _("kept promise")

    def __str__(self) -> str:
        return self.words[:40]
