from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import append_only, keep_rows
from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.customers.enums import RoleKind
from gongying.estates.models import PlacedModel, PlaceQuerySet
from gongying.estates.scopes import scope_of
from gongying.improvements.models import ImprovementItem
from gongying.joint_reviews.enums import LESS_IS_BETTER, MORE_IS_BETTER, Figure

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_TEXT = 5_000
LONGEST_NAMES = 500
MOST_MONTHS = 12


def of_person(user: "AnyUser") -> Q:
    sitting = JointReview.colleagues.through._default_manager.filter(user=user.pk)
    return Q(leader=user.pk) | Q(pk__in=sitting.values("jointreview"))


class JointReviewQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """Those one leads or sits in, and with the permission all of the projects that one serves as a whole."""
        if not may(user, "joint_reviews.view_reviews"):
            return self.of(user)
        scope = scope_of(user)
        return self if scope.everywhere else self.filter(scope.condition() | of_person(user))

    def of(self, user: "AnyUser") -> Self:
        """Those one leads or sits in."""
        return self.filter(of_person(user))

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def closed(self) -> Self:
        return self.filter(closed_at__isnull=False)

    def due(self, *, on: date | None = None) -> Self:
        return self.open().filter(due_on__lte=on or timezone.localdate())

    def before(self, review: "JointReview") -> Self:
        """Closed ones of the same contacts, of earlier days."""
        same = self.closed().filter(project=review.project_id, counterpart=review.counterpart)
        return same.filter(last_day__lt=review.last_day).exclude(pk=review.pk)

    def led_by(self, user: "AnyUser") -> Self:
        return self.filter(leader=user.pk)


class JointReview(PlacedModel, Versioned):
    """What was said with one kind of counterpart in a period, looked at together (R-139 to R-141)."""

    event_kind = "jointreview"

    # Empty: everybody the project speaks with.
    counterpart = models.CharField(_("kind of counterpart"), max_length=20, choices=RoleKind.choices, blank=True)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    due_on = models.DateField(_("meets on"))
    # 0: once. Closing it opens the next one, of as many months.
    every_months = models.PositiveSmallIntegerField(_("every so many months"), default=1)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="led_reviews", verbose_name=_("led by")
    )
    colleagues = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="joint_reviews", verbose_name=_("colleagues")
    )
    others = models.CharField(_("others present"), max_length=LONGEST_NAMES, blank=True)
    summary = models.TextField(pgettext_lazy("of a meeting", "minutes"), max_length=LONGEST_TEXT, blank=True)
    # As they were when it was closed: later entries change no minutes.
    figures = models.JSONField(_("figures"), null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = JointReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("joint review")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["due_on", "id"], name="joint_review_open", condition=Q(closed_at=None)),
            models.Index(fields=["project", "-due_on", "-id"], name="joint_review_of_project"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(counterpart__in=["", *RoleKind.values]), name="joint_review_counterpart_known"
            ),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="joint_review_has_a_period"),
            models.CheckConstraint(condition=Q(due_on__gte=F("first_day")), name="joint_review_meets_afterwards"),
            models.CheckConstraint(condition=Q(every_months__lte=MOST_MONTHS), name="joint_review_months"),
            # Closed means: by whom, when, with minutes and figures.
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, figures=None)
                | (Q(closed_at__isnull=False, closed_by__isnull=False, figures__isnull=False) & ~Q(summary="")),
                name="joint_review_closed_with_minutes",
            ),
            models.UniqueConstraint(
                fields=["project", "counterpart"], name="joint_review_one_open", condition=Q(closed_at=None)
            ),
        ]
        triggers = [
            *keep_rows("joint_review"),
            Guard(
                name="joint_review_minutes_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=refuse_when("OLD.closed_at IS NOT NULL", "joint_review: minutes that are closed stay")
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counterpart_word} {self.first_day:%Y-%m-%d} \u2013 {self.last_day:%Y-%m-%d}"

    @cached_property
    def previous(self) -> "JointReview | None":
        """The last one of the same contacts, whatever days it looked at."""
        return JointReview.objects.before(self).order_by("-last_day", "-pk").first()

    @property
    def counterpart_word(self) -> str:
        return str(self.get_counterpart_display() if self.counterpart else _("all counterparts"))

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_late(self) -> bool:
        return not self.is_closed and self.due_on < timezone.localdate()

    def next_period(self) -> tuple[date, date, date]:
        """First day, last day and meeting day of the one after it."""
        first = self.last_day + timedelta(days=1)
        last = first + relativedelta(months=self.every_months) - timedelta(days=1)
        return first, last, last + (self.due_on - self.last_day)

    def present_state(self) -> dict[str, Any]:
        return {**super().present_state(), "closed_at": self.closed_at}


class ReviewDecisionQuerySet(models.QuerySet["ReviewDecision"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(review__in=JointReview.objects.visible_to(user).order_by().values("pk"))


class ReviewDecision(models.Model):
    """What a review found, and what is changed because of it; the item says by whom and by when."""

    review = models.ForeignKey(JointReview, models.PROTECT, related_name="decisions", verbose_name=_("joint review"))
    item = models.OneToOneField(
        ImprovementItem, models.PROTECT, related_name="review_decision", verbose_name=_("improvement item")
    )
    # Which figure it is to move; empty: none of them tells.
    figure = models.CharField(_("figure that it moves"), max_length=20, choices=Figure.choices, blank=True)

    objects = ReviewDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision of a review")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(figure__in=["", *Figure.values]), name="review_decision_figure_known")
        ]
        triggers = append_only("review_decision")

    def __str__(self) -> str:
        return str(self.item)

    def moved(self, before: int | None, after: int | None) -> bool | None:
        """Whether the figure became better; None: it does not say."""
        if before is None or after is None or before == after:
            return None
        if self.figure in MORE_IS_BETTER:
            return after > before
        return after < before if self.figure in LESS_IS_BETTER else None


class DecisionEffect(models.Model):
    """Whether a decision has helped, as a later review saw it, with the figure then and now (R-141)."""

    decision = models.OneToOneField(
        ReviewDecision, models.PROTECT, related_name="effect", verbose_name=_("decision of a review")
    )
    review = models.ForeignKey(JointReview, models.PROTECT, related_name="effects", verbose_name=_("joint review"))
    has_helped = models.BooleanField(_("it has helped"))
    before = models.IntegerField(pgettext_lazy("of a figure", "before"), null=True)
    after = models.IntegerField(pgettext_lazy("of a figure", "after"), null=True)
    word = models.CharField(pgettext_lazy("of a decision", "in a few words"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("effect of a decision")
        triggers = append_only("decision_effect")

    def __str__(self) -> str:
        return str(self.decision)
