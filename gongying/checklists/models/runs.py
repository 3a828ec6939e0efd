from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gongying.checklists.enums import DAILY, OF_A_PERSON, OF_A_POST, Use, Verdict
from gongying.checklists.guards import run_guards, tick_guards
from gongying.checklists.models.lists import CheckItem, CheckList
from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.estates.models import PlacedModel, PlaceQuerySet
from gongying.organization.models import Post

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_WORD = 300


class CheckRunQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """How a colleague or a post did is for who looks after that, and for the colleague."""
        rows = super().visible_to(user)
        if may(user, "checklists.inspect_conduct"):
            return rows
        of_nobody = Q(person=None, post=None)
        return rows.filter(of_nobody | Q(person=user.pk) | Q(started_by=user.pk))

    def finished(self) -> Self:
        return self.filter(finished_at__isnull=False)

    def with_score(self) -> Self:
        """How many items were fine, how many were not, and where the first of these stands."""
        fine, failed = Q(ticks__verdict=Verdict.FINE), Q(ticks__verdict=Verdict.FAILED)
        return self.annotate(
            fine=Count("ticks", filter=fine),
            failed=Count("ticks", filter=failed),
            first_failed=Min("ticks__item__position", filter=failed),
        )

    def for_list(self) -> Self:
        return self.select_related("check_list", "project", "person", "post", "started_by", "finished_by").with_score()


class CheckRun(PlacedModel, Versioned):
    """A check list ticked once: who, where, when, and about whom or what."""

    event_kind = "checkrun"

    check_list = models.ForeignKey(
        CheckList, models.PROTECT, related_name="runs", verbose_name=pgettext_lazy("to tick", "check list")
    )
    use = models.CharField(_("used for"), max_length=12, choices=Use.choices)
    day = models.DateField(_("day"))
    # The thing that is looked at, as the journal names it: unithandover-5.
    about = models.CharField(max_length=60, blank=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="checked_conduct",
        verbose_name=_("colleague"),
    )
    # Whose score it is: the post that was looked at, or that of the colleague on that day.
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="checked_conduct", verbose_name=_("post")
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by")
    )
    started_at = models.DateTimeField(_("begun at"), default=timezone.now)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ticked by")
    )
    finished_at = models.DateTimeField(_("ticked at"), null=True)

    objects = CheckRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticked check list")
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["project", "-started_at", "-id"], name="check_run_newest"),
            models.Index(fields=["person", "use", "-started_at"], name="check_run_of_person"),
            models.Index(fields=["use", "post", "day"], name="check_run_of_post", condition=~Q(post=None)),
            models.Index(fields=["about"], name="check_run_about", condition=~Q(about="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "use", "day"], name="check_run_daily_once", condition=Q(use__in=DAILY)
            ),
            models.UniqueConstraint(
                fields=["about", "use"], name="check_run_open_once", condition=Q(finished_at=None) & ~Q(about="")
            ),
            models.CheckConstraint(
                condition=Q(use__in=OF_A_PERSON, person__isnull=False) | ~Q(use__in=OF_A_PERSON) & Q(person=None),
                name="check_run_of_a_person",
            ),
            models.CheckConstraint(
                condition=Q(use__in=OF_A_POST, post__isnull=False) | ~Q(use__in=OF_A_POST),
                name="check_run_of_a_post",
            ),
            models.CheckConstraint(condition=Q(person=None) | ~Q(person=F("started_by")), name="check_run_by_another"),
            models.CheckConstraint(
                condition=Q(finished_at=None, finished_by=None)
                | Q(finished_at__gte=F("started_at"), finished_by__isnull=False),
                name="check_run_finished_by_somebody",
            ),
        ]
        triggers = run_guards()

    def __str__(self) -> str:
        return f"{self.check_list} {self.day:%Y-%m-%d}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def due_at(self) -> datetime | None:
        due_by = self.check_list.due_by
        return timezone.make_aware(datetime.combine(self.day, due_by)) if due_by else None

    @property
    def is_late(self) -> bool:
        due = self.due_at
        return due is not None and (self.finished_at or timezone.now()) > due

    @property
    def score(self) -> int | None:
        """Per cent of what applied that was fine; needs `with_score`. None: nothing applied yet."""
        counted: Any = self
        judged = counted.fine + counted.failed
        return round(100 * counted.fine / judged) if judged else None

    @property
    def level(self) -> str:
        """The highest level of the standard up to which nothing failed, "" if none; needs `with_score`.

        Only what is finished has reached one.
        """
        counted: Any = self
        items = [item for item in self.check_list.items.all() if item.level] if self.is_finished else []
        passed = [item.level for item in items if counted.first_failed is None or item.position < counted.first_failed]
        failed = next((item.level for item in items if item.position == counted.first_failed), "")
        return next((level for level in reversed(passed) if level != failed), "")


class TickQuerySet(models.QuerySet["Tick"]):
    def of(self, run: CheckRun) -> Self:
        return self.filter(run=run).select_related("item", "by").order_by("item__position")

    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(run__in=CheckRun.objects.visible_to(user).order_by().values("pk"))

    def failed(self) -> Self:
        return self.filter(verdict=Verdict.FAILED)


class Tick(models.Model):
    """What was found of one item. What failed says in a word how."""

    run = models.ForeignKey(CheckRun, models.PROTECT, related_name="ticks", verbose_name=_("ticked check list"))
    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="ticks", verbose_name=_("item"))
    verdict = models.CharField(_("found"), max_length=14, choices=Verdict.choices)
    word = models.CharField(_("in a word"), max_length=LONGEST_WORD, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = TickQuerySet.as_manager()

    class Meta:
        verbose_name = _("tick")
        ordering = ["item__position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "item"], name="tick_once"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="tick_verdict_known"),
            models.CheckConstraint(condition=~Q(verdict=Verdict.FAILED) | ~Q(word=""), name="tick_failed_says_how"),
        ]
        triggers = tick_guards()

    def __str__(self) -> str:
        return f"{self.item}: {self.get_verdict_display()}"

    @property
    def finding(self) -> str:
        """What is wrong with what."""
        return gettext("%(word)s (%(item)s)") % {"item": self.item, "word": self.word}
