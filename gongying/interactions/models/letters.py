"""Suggestion boxes and when they were opened; letters, slips and mails, and what was answered (R-111)."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import append_only, keep_rows
from gongying.common.models import Versioned
from gongying.estates.models import PlacedModel, PlaceQuerySet, Project
from gongying.interactions.enums import AnswerKind, Channel, ReplyWay
from gongying.interactions.models.interactions import Interaction

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

MOST_DAYS = 90
LONGEST_REPLY = 2_000
# What comes on paper or by mail, and is entered by those who read it.
WRITTEN_CHANNELS = (Channel.SUGGESTION_BOX, Channel.LETTER, Channel.EMAIL)


class SuggestionBoxQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """They hang in public: everybody who serves a part of the project knows them."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def in_use(self) -> Self:
        return self.filter(ended_at=None)

    def with_due(self) -> Self:
        """`last_at`: when it was opened last; `due_on`: by which day it is opened next."""
        openings = BoxOpening.objects.filter(box=models.OuterRef("pk")).order_by("-at").values("at")[:1]
        rows = self.annotate(last_at=models.Subquery(openings))
        last_on = Coalesce(TruncDate("last_at", tzinfo=timezone.get_default_timezone()), "hung_on")
        due = models.ExpressionWrapper(last_on + F("every_days"), output_field=models.DateField())
        return rows.annotate(due_on=due)

    def overdue(self, *, on: date | None = None) -> Self:
        return self.in_use().with_due().filter(due_on__lt=on or timezone.localdate())


class SuggestionBox(PlacedModel, Versioned):
    """A box into which customers put slips; somebody opens it every so many days, with a second person."""

    event_kind = "suggestionbox"

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80)
    every_days = models.PositiveSmallIntegerField(_("opened every so many days"), default=7)
    hung_on = models.DateField(_("hung up on"), default=timezone.localdate)
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="suggestion_boxes", verbose_name=_("who opens it")
    )
    ended_at = models.DateTimeField(_("taken down at"), null=True, editable=False)

    objects = SuggestionBoxQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion box")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="suggestion_box_named"),
            models.CheckConstraint(
                condition=Q(every_days__gte=1, every_days__lte=MOST_DAYS), name="suggestion_box_opened_in_time"
            ),
            models.UniqueConstraint(fields=["project", "name"], name="suggestion_box_once", condition=Q(ended_at=None)),
        ]
        triggers = keep_rows("suggestion_box")

    def __str__(self) -> str:
        return self.name


class BoxOpening(models.Model):
    """A box was opened by two, with so many slips in it."""

    box = models.ForeignKey(SuggestionBox, models.PROTECT, related_name="openings", verbose_name=_("suggestion box"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("a box", "opened by")
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("second person")
    )
    at = models.DateTimeField(pgettext_lazy("a box", "opened at"), default=timezone.now)
    slips = models.PositiveSmallIntegerField(_("slips"))

    class Meta:
        verbose_name = _("opening of a box")
        indexes = [models.Index(fields=["box", "-at"], name="box_opening_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(by=F("witness")), name="box_opened_by_two"),
        ]
        triggers = append_only("box_opening")

    def __str__(self) -> str:
        return f"{self.box} {timezone.localdate(self.at)}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(interaction__in=Interaction.objects.visible_to(user).order_by().values("pk"))

    def unanswered(self) -> Self:
        return self.filter(reply=None, interaction__answer=AnswerKind.NONE)

    def answered(self) -> Self:
        return self.exclude(reply=None, interaction__answer=AnswerKind.NONE)

    def overdue(self, *, on: date | None = None) -> Self:
        return self.unanswered().filter(reply_due_on__lt=on or timezone.localdate())


class Letter(models.Model):
    """A letter, a slip or a mail: a touch with a number of its own, answered by a day."""

    event_kind = "letter"

    interaction = models.OneToOneField(
        Interaction, models.PROTECT, related_name="letter", verbose_name=_("interaction")
    )
    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    opening = models.ForeignKey(
        BoxOpening, models.PROTECT, null=True, related_name="letters", verbose_name=_("opening of a box")
    )
    reply_due_on = models.DateField(_("to be answered by"))

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("what customers write", "letter")
        ordering = ["reply_due_on", "id"]
        indexes = [models.Index(fields=["reply_due_on", "id"], name="letter_by_day")]
        triggers = append_only("letter")

    def __str__(self) -> str:
        return self.number

    @property
    def is_answered(self) -> bool:
        return hasattr(self, "reply") or self.interaction.answer != AnswerKind.NONE

    @property
    def is_late(self) -> bool:
        return not self.is_answered and self.reply_due_on < timezone.localdate()


class LetterReply(models.Model):
    """What was answered, and on which way; without a name on the slip it is put up for all."""

    letter = models.OneToOneField(
        Letter, models.PROTECT, related_name="reply", verbose_name=pgettext_lazy("what customers write", "letter")
    )
    text = models.TextField(pgettext_lazy("to a letter", "answer"), max_length=LONGEST_REPLY)
    way = models.CharField(_("answered how"), max_length=20, choices=ReplyWay.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("answer to a letter")
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & Q(way__in=ReplyWay.values), name="letter_reply_says_something"
            )
        ]
        triggers = append_only("letter_reply")

    def __str__(self) -> str:
        return self.text[:40]
