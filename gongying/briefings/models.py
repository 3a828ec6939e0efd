from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.briefings.enums import BriefingDirection
from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.common.places import Place
from gongying.estates.models import Project

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_TITLE = 80
LONGEST_TEXT = 5_000


class BriefingQuerySet(models.QuerySet["Briefing"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """One's own, those one was sent, and all of a project for who sends its notices or hears its reports."""
        sent = Receipt.objects.filter(briefing=models.OuterRef("pk"), user=user.pk)
        condition: models.Q = models.Q(by=user.pk) | models.Q(models.Exists(sent))
        directions = [
            direction
            for direction, permission in (
                (BriefingDirection.DOWN, "briefings.send_notices"),
                (BriefingDirection.UP, "briefings.hear_reports"),
            )
            if may(user, permission)
        ]
        if directions:
            condition |= models.Q(direction__in=directions, project__in=Project.objects.visible_to(user))
        return self.filter(condition)

    def in_force(self) -> Self:
        return self.filter(withdrawn_at=None)

    def unread_by(self, user: "AnyUser") -> Self:
        """What still waits for this person's word that it was read."""
        waiting = Receipt.objects.filter(briefing=models.OuterRef("pk"), user=user.pk, read_at=None)
        return self.in_force().filter(models.Exists(waiting))

    def with_reading(self) -> Self:
        """With how many got it (`sent_to`) and how many of them have read it (`read_by`)."""
        return self.annotate(
            sent_to=models.Count("receipts"),
            read_by=models.Count("receipts", filter=models.Q(receipts__read_at__isnull=False)),
        )


class Briefing(Versioned):
    """Word passed between the staff of a project and its leadership, down or up; each reader says that she has read it (R-028)."""

    event_kind = "briefing"
    sent_to: int  # set by `with_reading`, with `read_by`
    read_by: int

    project = models.ForeignKey(Project, models.PROTECT, related_name="briefings", verbose_name=_("project"))
    direction = models.CharField(_("direction"), max_length=5, choices=BriefingDirection.choices)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    text = models.TextField(_("text"), max_length=LONGEST_TEXT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    at = models.DateTimeField(_("sent at"), default=timezone.now)
    answer = models.TextField(_("reply"), max_length=LONGEST_TEXT, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    objects = BriefingQuerySet.as_manager()

    class Meta:
        verbose_name = _("briefing")
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-id"], name="briefing_newest")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title="") & ~models.Q(text=""), name="briefing_says_something"),
            models.CheckConstraint(
                condition=models.Q(direction__in=BriefingDirection.values), name="briefing_direction_known"
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_by=None, answered_at=None)
                | (
                    models.Q(direction=BriefingDirection.UP, answered_by__isnull=False, answered_at__isnull=False)
                    & ~models.Q(answer="")
                ),
                name="briefing_answered_upwards_only",
            ),
        ]
        triggers = [
            *keep_rows("briefing"),
            # What people said they had read never reads differently afterwards.
            Guard(
                name="briefing_said_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=refuse_when(
                    """
                    (OLD.project_id, OLD.direction, OLD.title, OLD.text, OLD.by_id, OLD.at)
                        IS DISTINCT FROM (NEW.project_id, NEW.direction, NEW.title, NEW.text, NEW.by_id, NEW.at)
                    OR (OLD.answered_at IS NOT NULL AND (OLD.answer, OLD.answered_by_id, OLD.answered_at)
                        IS DISTINCT FROM (NEW.answer, NEW.answered_by_id, NEW.answered_at))
                    OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
                    """,
                    "briefing: what was said stays",
                )
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> Place:
        return Place(self.project_id, None, None)

    @property
    def is_upwards(self) -> bool:
        return self.direction == BriefingDirection.UP

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


class Receipt(models.Model):
    """One person to whom a briefing was sent, and when she said that she had read it."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="receipts", verbose_name=_("briefing"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent to"), db_index=False
    )
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("receipt")
        indexes = [
            models.Index(fields=["user"], name="briefing_receipt_unread", condition=models.Q(read_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "briefing"], name="briefing_receipt_once"),
        ]
        triggers = [
            *keep_rows("briefing_receipt"),
            Guard(
                name="briefing_read_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=refuse_when(
                    """
                    (OLD.briefing_id, OLD.user_id) IS DISTINCT FROM (NEW.briefing_id, NEW.user_id)
                    OR (OLD.read_at IS NOT NULL AND NEW.read_at IS DISTINCT FROM OLD.read_at)
                    """,
                    "briefing_receipt: a reading stays",
                )
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.briefing}"
