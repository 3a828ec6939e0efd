from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Versioned
from gongying.estates.models import Project
from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.enums import Trade, trades_in_words

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class OutsideFirmQuerySet(models.QuerySet["OutsideFirm"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Those who work everywhere, and those of the user's projects."""
        return self._in(Project.objects.visible_to(user))

    def in_project(self, project_id: int) -> Self:
        return self._in(Project.objects.filter(pk=project_id))

    def under_contract(self, *, on: date | None = None) -> Self:
        on = on or timezone.localdate()
        return self.filter(models.Q(contract_until=None) | models.Q(contract_until__gte=on), is_active=True)

    def with_trade(self, trade: str) -> Self:
        """Whoever has learned it; a firm of which nothing is said may have."""
        return self.filter(models.Q(trades=[]) | models.Q(trades__contains=[trade])) if trade else self

    def _in(self, projects: models.QuerySet[Project]) -> Self:
        places = OutsideFirm.projects.through.objects
        here = places.filter(outsidefirm=models.OuterRef("pk"))
        return self.filter(~models.Exists(here) | models.Exists(here.filter(project__in=projects)))


class OutsideFirm(Versioned):
    """A firm that does jobs: lifts, fire protection, waterproofing; the dispatcher writes down what it does (E-046)."""

    event_kind = "outsidefirm"

    name = models.CharField(_("firm"), max_length=100, unique=True)
    trades = ArrayField(
        models.CharField(max_length=30, choices=Trade.choices), default=list, blank=True, verbose_name=_("trades")
    )
    projects = models.ManyToManyField(
        Project, blank=True, related_name="outside_firms", verbose_name=_("projects"), help_text=_("None chosen: all")
    )
    contract_until = models.DateField(
        _("contract until"), null=True, blank=True, help_text=_("The last day. Empty: no end")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    duties = models.TextField(_("duties by contract"), max_length=LONGEST_TEXT, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = OutsideFirmQuerySet.as_manager()

    class Meta:
        verbose_name = _("outside firm")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="outside_firm_has_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def trades_in_words(self) -> list[str]:
        return trades_in_words(self.trades)

    def is_under_contract(self, *, on: date) -> bool:
        return self.is_active and (self.contract_until is None or self.contract_until >= on)
