from datetime import date
from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.models import Versioned
from gongying.customers.enums import RoleKind
from gongying.customers.models import Party
from gongying.estates.models import PlacedModel, PlaceQuerySet, Project
from gongying.interactions.models.interactions import Interaction

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

MOST_MONTHS = 24
# Their duties and rights stand in a contract: without it nobody can prepare a talk with them.
UNDER_CONTRACT: Final = (RoleKind.DEVELOPER, RoleKind.CONTRACTOR, RoleKind.UTILITY)


class CounterpartGuideQuerySet(models.QuerySet["CounterpartGuide"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """The company's own, for everybody."""
        return self


class CounterpartGuide(Versioned):
    """What the company talks about with one kind of counterpart, how one prepares, and what one says (R-122 to R-137)."""

    event_kind = "counterpartguide"

    kind = models.CharField(_("kind of counterpart"), max_length=20, choices=RoleKind.choices, unique=True)
    topics = models.TextField(_("topics"), max_length=2000, blank=True, help_text=_("One on each line"))
    preparation = models.TextField(_("preparation"), max_length=2000, blank=True, help_text=_("One step a line"))
    points = models.TextField(_("talking points"), max_length=4000, blank=True, help_text=_("One on each line"))

    objects = CounterpartGuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("guide for a counterpart")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=RoleKind.values), name="counterpart_guide_kind_known")
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def steps(self) -> list[str]:
        return lines_of(self.preparation)

    @property
    def topic_list(self) -> list[str]:
        return lines_of(self.topics)

    @property
    def point_list(self) -> list[str]:
        return lines_of(self.points)


class ContactPlanQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """Counterparts are the whole project's: everybody who serves a part of it sees with whom it speaks."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def in_force(self) -> Self:
        return self.filter(ended_at=None)

    def with_due(self) -> Self:
        """`last_at`: when one last spoke with them; `due_on`: that day and the months of the plan, else its first day.

        A plan without a name is kept by a talk with anybody of that kind.
        """
        of_kind = Interaction.objects.filter(project=models.OuterRef("project"), counterpart=models.OuterRef("kind"))
        spoken = of_kind.annotate(wanted=models.ExpressionWrapper(models.OuterRef("party"), models.BigIntegerField()))
        spoken = spoken.filter(models.Q(wanted=None) | models.Q(party=models.F("wanted")))
        last = models.Subquery(spoken.order_by("-occurred_at").values("occurred_at")[:1])
        rows = self.annotate(last_at=last)
        next_on = models.Func(
            TruncDate("last_at", tzinfo=timezone.get_default_timezone()),
            models.F("every_months"),
            template="(%(expressions)s)::date",
            function="",
            arg_joiner=" + INTERVAL '1 month' * ",
            output_field=models.DateField(),
        )
        return rows.annotate(due_on=models.functions.Greatest(Coalesce(next_on, "starts_on"), "starts_on"))

    def overdue(self, *, on: date | None = None) -> Self:
        return self.with_due().in_force().filter(due_on__lt=on or timezone.localdate())


class ContactPlan(PlacedModel, Versioned):
    """How often one speaks with a counterpart of a project, and who does (R-092)."""

    event_kind = "contactplan"

    kind = models.CharField(_("kind of counterpart"), max_length=20, choices=RoleKind.choices)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="contact_plans", verbose_name=_("customer")
    )
    every_months = models.PositiveSmallIntegerField(_("every so many months"), default=1)
    starts_on = models.DateField(_("first on"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="contact_plans", verbose_name=_("who keeps in touch")
    )
    contract = models.CharField(_("contract"), max_length=200, blank=True)
    no_contract_reason = models.CharField(_("why there is no contract"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    objects = ContactPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact plan")
        indexes = [models.Index(fields=["project", "kind"], name="contact_plan_of_project")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=RoleKind.values), name="contact_plan_kind_known"),
            models.CheckConstraint(
                condition=models.Q(every_months__gte=1, every_months__lte=MOST_MONTHS), name="contact_plan_months"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=UNDER_CONTRACT)
                | ~models.Q(contract="")
                | ~models.Q(no_contract_reason=""),
                name="contact_plan_names_contract",
            ),
            models.UniqueConstraint(
                fields=["project", "kind", "party"],
                name="contact_plan_once",
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.party or ''}".strip()


class PreparationTick(models.Model):
    """A step of the preparation that is done. Until one has spoken it stands for the next talk, then for that one."""

    plan = models.ForeignKey(ContactPlan, models.PROTECT, related_name="ticks", verbose_name=_("contact plan"))
    step = models.CharField(_("step"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    interaction = models.ForeignKey(
        Interaction, models.CASCADE, null=True, related_name="preparation", verbose_name=_("interaction")
    )

    class Meta:
        verbose_name = pgettext_lazy("of a talk", "preparation")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "step"], name="preparation_ticked_once", condition=models.Q(interaction=None)
            )
        ]

    def __str__(self) -> str:
        return self.step


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
