from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Versioned
from gongying.common.text import initials, pinyin
from gongying.estates.enums import PropertyKind
from gongying.estates.models import Project
from gongying.organization.enums import Trade
from gongying.organization.models import Department
from gongying.servicedesk.enums import DispatchMode, Payer, RequestKind, Urgency

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

# A question about a bill says that the relationship is getting worse, whatever kind it comes as.
BILL_QUERY = "service-fees-bill"
# What the manager must dissuade from (E-025): single categories, and families with what a company adds to them.
VIOLATIONS = (
    "common-building-works",
    "common-noise",
    "common-parking",
    "common-fire-lane",
    "common-charging-e-bike",
)


class ServiceCategoryQuerySet(models.QuerySet["ServiceCategory"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def leaves(self) -> Self:
        """The ones that a request may have."""
        return self.active().filter(~models.Exists(ServiceCategory.objects.filter(parent=models.OuterRef("pk"))))

    def with_descendants(self, category_id: int) -> Self:
        """A category and everything below it; the tree has at most four levels."""
        below = ["pk", "parent", "parent__parent", "parent__parent__parent"]
        return self.filter(models.Q(*[(name, category_id) for name in below], _connector=models.Q.OR))

    def of_violations(self) -> Self:
        """Leaves that name an illegal act: building works, noise, parking, a blocked fire lane, a bike charged indoors."""
        below = models.Q(*[(f"{name}__in", VIOLATIONS) for name in ("code", "parent__code")], _connector=models.Q.OR)
        return self.leaves().filter(below)

    def fit_for(self, kind: str) -> Self:
        """A violation is about an illegal act; every other kind may be about anything."""
        return self.of_violations() if kind == RequestKind.VIOLATION else self.leaves()

    def offered_in(self, project: Project) -> Self:
        """Leaves for this kind of property: an office park has no rooms of a flat, a compound no meeting rooms."""
        return self.leaves().filter(models.Q(property_kinds=[]) | models.Q(property_kinds__contains=[project.kind]))


class ServiceCategory(Versioned):
    """What a request is about: a tree whose leaves say urgency, trade, who pays and whether to follow up (2.21)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=40)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    # Names from the root down, joined by slashes; derived, so that a list needs no walk up the tree.
    path = models.CharField(max_length=140, editable=False)
    pinyin = models.CharField(max_length=200, editable=False)
    initials = models.CharField(max_length=60, editable=False)
    property_kinds = ArrayField(
        models.CharField(max_length=20, choices=PropertyKind.choices),
        default=list,
        blank=True,
        verbose_name=_("kinds of property"),
        help_text=_("None chosen: all"),
    )
    default_urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    trade = models.CharField(_("trade"), max_length=20, choices=Trade.choices, blank=True)
    payer = models.CharField(_("paid by"), max_length=20, choices=Payer.choices, default=Payer.COMPANY)
    needs_follow_up = models.BooleanField(_("follow up"), default=True)
    dispatch_mode = models.CharField(
        _("how a job finds its doer"),
        max_length=20,
        choices=DispatchMode.choices,
        default=DispatchMode.CLAIM,
        db_default=DispatchMode.CLAIM,
    )
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ServiceCategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "id"]

    # What it costs in a project, where a page that offers it says so (`named_prices.show_prices`).
    price_line = ""
    price_lines: Sequence[Any] = ()

    def __str__(self) -> str:
        return self.path

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        names = [ancestor.name for ancestor in self.lineage()]
        self.path = " / ".join(reversed(names))[:140]
        self.pinyin = pinyin(self.path)[:200]
        self.initials = initials(self.name)[:60]

    def lineage(self) -> list["ServiceCategory"]:
        """The category itself, its parent, and so on up to the root."""
        line, here = [], self
        while here is not None and here not in line:
            line.append(here)
            here = here.parent  # type: ignore[assignment]
        return line


class ResponsibilityRuleQuerySet(models.QuerySet["ResponsibilityRule"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """The general ones, and those of the user's projects."""
        return self.filter(models.Q(project=None) | models.Q(project__in=Project.objects.visible_to(user).values("pk")))

    def answering(self, category: ServiceCategory, project: Project) -> "ResponsibilityRule | None":
        """The nearest rule: of the category before its ancestors, of the project before the general one."""
        line = [ancestor.pk for ancestor in category.lineage()]
        rules = self.filter(category__in=line).filter(models.Q(project=project) | models.Q(project=None))
        rows = rules.select_related("department")
        return min(rows, key=lambda rule: (line.index(rule.category_id), rule.project_id is None), default=None)


class ResponsibilityRule(Versioned):
    """Which department answers for a category, and which ones support it (R-004)."""

    category = models.ForeignKey(
        ServiceCategory, models.CASCADE, related_name="responsibility_rules", verbose_name=_("category")
    )
    project = models.ForeignKey(
        Project,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("project"),
        help_text=_("None: everywhere"),
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="responsibilities", verbose_name=_("responsible department")
    )
    supporting = models.ManyToManyField(
        Department, blank=True, related_name="supported_categories", verbose_name=_("supporting departments")
    )

    objects = ResponsibilityRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility rule")
        ordering = ["category__position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "project"], nulls_distinct=False, name="responsibility_rule_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} → {self.department}"
