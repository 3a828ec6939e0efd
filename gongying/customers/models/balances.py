from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit


class BalanceSnapshot(PlacedModel):
    """What a unit owed on a day, as imported from the fee system; read-only (E-045)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="balances", verbose_name=_("unit"))
    item = models.CharField(_("fee item"), max_length=60)
    months = models.PositiveSmallIntegerField(_("months"))
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2)
    as_of = models.DateField(_("as of"))

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("balance")
        constraints = [models.UniqueConstraint(fields=["unit", "item", "as_of"], name="balance_unique")]

    def __str__(self) -> str:
        return f"{self.unit} {self.item} {self.amount}"
