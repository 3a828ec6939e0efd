from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.common.text import bigram_field
from gongying.common.word_index import WordIndex
from gongying.customers.enums import RoleKind
from gongying.customers.models import Party
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit
from gongying.estates.scopes import scope_of
from gongying.interactions.enums import (
    AnswerKind,
    Channel,
    Direction,
    Form,
    JourneyStage,
    MatterKind,
    Method,
    PlaceKind,
)
from gongying.interactions.models.reasons import ContactReason

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_TEXT = 10_000
LONGEST_VENUE = 200
REPEAT_WITHIN = timedelta(days=30)
# Answered and not asked again within a week: resolved at first contact (standards 2.8).
SETTLED_AFTER = timedelta(days=7)
SETTLING = (AnswerKind.EXPLAINED, AnswerKind.WITHIN_AUTHORITY)


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

    def resolved_at_first_contact(self) -> Self:
        """Answered at once or within authority, themselves no repeat, and not asked again within a week."""
        asked_again = Interaction.objects.filter(
            repeat_of=models.OuterRef("pk"), occurred_at__lte=models.OuterRef("occurred_at") + SETTLED_AFTER
        )
        return self.filter(~models.Exists(asked_again), answer__in=SETTLING, repeat_of=None)

    def of_thread(self, interaction: "Interaction") -> Self:
        """The conversation that it belongs to, in its order."""
        first = interaction.thread_id or interaction.pk
        return self.filter(models.Q(pk=first) | models.Q(thread=first)).order_by("occurred_at", "id")

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
    # Where, how, and by which means they spoke: derived from the channel unless somebody says otherwise.
    place_kind = models.CharField(
        _("where they spoke"), max_length=20, choices=PlaceKind.choices, db_default=PlaceKind.DISTANCE
    )
    venue = models.CharField(_("place by name"), max_length=LONGEST_VENUE, blank=True, default="", db_default="")
    form = models.CharField(_("form"), max_length=10, choices=Form.choices, db_default=Form.ORAL)
    methods = ArrayField(
        models.CharField(max_length=20, choices=Method.choices),
        verbose_name=_("methods"),
        blank=True,
        default=list,
        db_default=[],
    )
    # What the other side is to the place; empty: nobody knows.
    counterpart = models.CharField(
        _("kind of counterpart"), max_length=20, choices=RoleKind.choices, blank=True, default="", db_default=""
    )
    reason_code = models.ForeignKey(
        ContactReason,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="interactions",
        verbose_name=_("reason for the contact"),
    )
    journey_stage = models.CharField(
        _("journey stage"), max_length=20, choices=JourneyStage.choices, db_default=JourneyStage.LIVING
    )
    kind = models.CharField(
        _("kind of contact"), max_length=20, choices=MatterKind.choices, blank=True, default="", db_default=""
    )
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
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    late_reason = models.CharField(_("reason for late entry"), max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    external_no = models.CharField(_("outside number"), max_length=60, blank=True)
    repeat_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="repeats", verbose_name=_("repeat of")
    )
    # The first touch of the conversation; empty: it is the first, or the only one.
    thread = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="messages", verbose_name=_("conversation")
    )
    # What else it is found by, as it was called then: the reason, and who took part besides.
    keywords = models.TextField(editable=False, blank=True, default="", db_default="")
    search = bigram_field("topic", "text", "result", "person_name", "keywords")

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        indexes = [
            models.Index(fields=["project", "-occurred_at", "-id"], name="interaction_of_project"),
            models.Index(fields=["building", "-occurred_at", "-id"], name="interaction_of_building"),
            models.Index(fields=["-occurred_at", "-id"], name="interaction_newest"),
            models.Index(
                fields=["project", "counterpart", "-occurred_at"],
                name="interaction_of_counterpart",
                condition=~models.Q(counterpart=""),
            ),
            WordIndex("occurred_at", name="interaction_words_by_spell"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="interaction_has_text"),
            models.CheckConstraint(
                condition=models.Q(occurred_at__lte=models.F("entered_at")), name="interaction_occurred_before_entered"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None)
                | models.Q(ended_at__gte=models.F("occurred_at"), ended_at__lte=models.F("entered_at")),
                name="interaction_ended_after_begun",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    form__in=Form.values,
                    place_kind__in=PlaceKind.values,
                    journey_stage__in=JourneyStage.values,
                    counterpart__in=["", *RoleKind.values],
                    methods__contained_by=Method.values,
                ),
                name="interaction_words_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["", *MatterKind.values]), name="interaction_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(thread=None) | ~models.Q(thread=models.F("id")), name="interaction_thread_of_others"
            ),
        ]

    def __str__(self) -> str:
        return self.topic or self.text[:40]

    @property
    def method_words(self) -> list[str]:
        labels = dict(Method.choices)
        return [str(labels[method]) for method in self.methods]
