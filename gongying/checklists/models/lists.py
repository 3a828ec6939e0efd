from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.checklists.enums import Use
from gongying.checklists.guards import item_guards, list_guards
from gongying.checklists.models.standards import StandardQuerySet
from gongying.common.places import Place
from gongying.estates.models import Project

LONGEST_NAME, LONGEST_ITEM, LONGEST_SOURCE, LONGEST_LEVEL = 60, 200, 200, 20
MOST_ITEMS = 80


class CheckListQuerySet(StandardQuerySet):
    def newest(self) -> Self:
        """Of every list the version that new runs get."""
        later = CheckList.objects.filter(key=OuterRef("key"), version__gt=OuterRef("version"))
        outdated = Exists(later.filter(project=OuterRef("project"))) | (
            Q(project=None) & Exists(later.filter(project=None))
        )
        return self.exclude(outdated)

    def in_force(self, project: Project) -> Self:
        """As they hold in a project: its own in place of the company's of the same key."""
        own = CheckList.objects.newest().filter(project=project, key=OuterRef("key"), is_given_up=False)
        held = self.newest().filter(is_given_up=False)
        return held.filter(Q(project=project) | Q(project=None) & ~Exists(own))


class CheckList(models.Model):
    """What is looked at, item by item, with its source. A change is a further version, for what begins from then on."""

    event_kind = "checklist"

    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    key = models.SlugField(_("key"), max_length=30)
    use = models.CharField(_("used for"), max_length=12, choices=Use.choices)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=LONGEST_NAME)
    source = models.CharField(_("source"), max_length=LONGEST_SOURCE)
    # Of a daily list: until then it is to be ticked.
    due_by = models.TimeField(_("every day before"), null=True, blank=True)
    is_given_up = models.BooleanField(_("given up"), default=False, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)

    objects = CheckListQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("to tick", "check list")
        ordering = ["use", "key", "project", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "key", "version"], nulls_distinct=False, name="check_list_version_unique"
            ),
            models.CheckConstraint(condition=Q(use__in=Use.values), name="check_list_use_known"),
            # What nobody can trace is nobody's standard.
            models.CheckConstraint(condition=~Q(name="") & ~Q(source=""), name="check_list_has_name_and_source"),
        ]
        triggers = list_guards()

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        return Place(self.project_id)


class CheckItemQuerySet(models.QuerySet["CheckItem"]):
    def of(self, check_list: CheckList) -> Self:
        return self.filter(check_list=check_list).order_by("position")


class CheckItem(models.Model):
    check_list = models.ForeignKey(
        CheckList, models.PROTECT, related_name="items", verbose_name=pgettext_lazy("to tick", "check list")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("item"), max_length=LONGEST_ITEM)
    # Of a standard in levels: which one asks for it; the lowest stands first.
    level = models.CharField(
        pgettext_lazy("of a standard", "level"), max_length=LONGEST_LEVEL, blank=True, default="", db_default=""
    )
    # The words or the rule that it comes from; empty: that of the whole list.
    source = models.CharField(_("source"), max_length=LONGEST_SOURCE, blank=True)

    objects = CheckItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a check list")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["check_list", "position"], name="check_item_position_unique"),
            models.UniqueConstraint(fields=["check_list", "text"], name="check_item_once"),
            models.CheckConstraint(condition=~Q(text=""), name="check_item_has_text"),
        ]
        triggers = item_guards()

    def __str__(self) -> str:
        return self.text
