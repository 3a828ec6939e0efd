from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit


@dataclass(frozen=True)
class Arrears:
    """What a unit owes by what was imported last: the sum over fee items, and the longest delay among them."""

    months: int
    amount: Decimal
    as_of: date
    newest: date  # the project's newest list

    @property
    def is_outdated(self) -> bool:
        """The newest list does not name all of it: that says neither that it is owed nor that it was paid."""
        return self.as_of < self.newest


class BalanceQuerySet(PlaceQuerySet):
    def latest(self) -> Self:  # type: ignore[override]
        """What was imported last of each unit and fee item; a later list that does not name them does not pay them."""
        newer = BalanceSnapshot.objects.filter(
            unit=models.OuterRef("unit"), item=models.OuterRef("item"), as_of__gt=models.OuterRef("as_of")
        )
        return self.filter(~models.Exists(newer))

    def owed_by(self, unit: Unit) -> Arrears | None:
        """None where nothing is owed, or nothing was ever imported."""
        newest = BalanceSnapshot.objects.filter(project=unit.project_id).order_by("-as_of").values("as_of")[:1]
        owed = (
            self.latest()
            .filter(~models.Q(amount=0), unit=unit)
            .annotate(list_day=models.Subquery(newest))
            .aggregate(
                months=models.Max("months"),
                amount=models.Sum("amount"),
                as_of=models.Min("as_of"),
                newest=models.Max("list_day"),
            )
        )
        return Arrears(**owed) if owed["amount"] else None


class BalanceSnapshot(PlacedModel):
    """What a unit owed on a day, as imported from the fee system; read-only (E-045)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="balances", verbose_name=_("unit"))
    item = models.CharField(_("fee item"), max_length=60)
    months = models.PositiveSmallIntegerField(_("months"))
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2)
    as_of = models.DateField(_("as of"))

    objects = BalanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("balance")
        indexes = [models.Index(fields=["project", "-as_of"], name="balance_newest")]
        constraints = [models.UniqueConstraint(fields=["unit", "item", "as_of"], name="balance_unique")]

    def __str__(self) -> str:
        return f"{self.unit} {self.item} {self.amount}"


def owed_by(unit: Unit) -> Arrears | None:
    """For pages of a unit that the user sees."""
    return BalanceSnapshot.objects.owed_by(unit)
