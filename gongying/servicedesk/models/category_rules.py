from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.enums import FollowUpBy, FollowUpRule, NoticeChannel, RequiredEvidence
from gongying.servicedesk.guards import keep_as_written
from gongying.servicedesk.models.categories import ServiceCategory
from gongying.servicedesk.models.policies import InVersions, InVersionsQuerySet
from gongying.servicedesk.policy_guards import check_list_guard, versions_in_order

MOST_ITEMS, LONGEST_ITEM = 20, 60
LARGEST_SAMPLE = 99


class CategoryRulesQuerySet(InVersionsQuerySet):
    def of_category(self, category: ServiceCategory) -> Self:
        return self.filter(category=category).order_by("project", "-version")


class CategoryRules(InVersions):
    """What a job of a category must prove, and how its customer is followed up (R-197, R-208).

    For the category with all below it; the nearest rules hold (`policy_choice.rules_for`). A request keeps the version
    under which it was registered.
    """

    SCOPE: ClassVar[tuple[str, ...]] = ("project", "category")

    category = models.ForeignKey(ServiceCategory, models.PROTECT, related_name="rules", verbose_name=_("category"))
    evidence = ArrayField(
        models.CharField(max_length=20, choices=RequiredEvidence.choices),
        default=list,
        blank=True,
        verbose_name=_("required evidence"),
    )
    # Ticked by the doer, beside the seven of R-210.
    check_list = ArrayField(
        models.CharField(max_length=LONGEST_ITEM), default=list, blank=True, verbose_name=_("check list")
    )
    # Empty: as the category itself says. When: the service time of the follow-up.
    follow_up = models.CharField(_("follow-up"), max_length=10, choices=FollowUpRule.choices, blank=True)
    sample_percent = models.PositiveSmallIntegerField(_("per cent of them"), null=True, blank=True)
    follow_up_by = models.CharField(
        _("who follows up"), max_length=10, choices=FollowUpBy.choices, default=FollowUpBy.ANYBODY
    )
    follow_up_channel = models.CharField(
        _("by which channel"), max_length=20, choices=NoticeChannel.choices, blank=True
    )

    objects: ClassVar[Any] = CategoryRulesQuerySet.as_manager()

    class Meta(InVersions.Meta):
        verbose_name = _("rules of a category")
        constraints = [
            *InVersions.Meta.constraints,
            models.UniqueConstraint(
                fields=["project", "category", "version"], nulls_distinct=False, name="category_rules_version_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(evidence__contained_by=RequiredEvidence.values), name="category_rules_evidence_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    follow_up=FollowUpRule.SAMPLE,
                    sample_percent__isnull=False,
                    sample_percent__range=(1, LARGEST_SAMPLE),
                )
                | models.Q(follow_up__in=["", FollowUpRule.ALWAYS, FollowUpRule.NEVER], sample_percent=None),
                name="category_rules_sample_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    follow_up_by__in=FollowUpBy.values, follow_up_channel__in=["", *NoticeChannel.values]
                ),
                name="category_rules_follow_up_known",
            ),
        ]
        triggers = [
            *keep_as_written("categoryrules"),
            versions_in_order("categoryrules", scope=["project_id", "category_id"]),
            check_list_guard(most=MOST_ITEMS),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.category}" if self.project else str(self.category)

    @property
    def evidence_labels(self) -> list[Any]:
        return [kind.label for kind in RequiredEvidence if kind in self.evidence]

    @property
    def follow_up_words(self) -> str:
        """How often, by whom, by which channel."""
        often = self.get_follow_up_display() if self.follow_up else _("as the category says")
        if self.sample_percent:
            often = f"{often} ({self.sample_percent} %)"
        channel = [self.get_follow_up_channel_display()] if self.follow_up_channel else []
        return " · ".join([str(often), str(self.get_follow_up_by_display()), *map(str, channel)])
