"""What a pass of guests and a pass of things have in common: a number, a code for the gate, an end before its time."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.estates.models import PlacedModel, PlaceQuerySet

LONGEST_PERSON = 60
LONGEST_PLATE = 12
LONGEST_REASON = 200
CODE_DIGITS = 6


class GatePassQuerySet(PlaceQuerySet):
    def called(self, typed: str) -> Self:
        """By the code while it holds, by the whole number, or by its last digits."""
        typed = typed.strip().upper()
        if len(typed) == CODE_DIGITS and typed.isdecimal():
            return self.filter(Q(code=typed) | Q(number__endswith=typed))
        return self.filter(number=typed)


class GatePass(PlacedModel):
    number = models.CharField(_("number"), max_length=24, unique=True)
    # What is said at the gate, as long as the pass may be used.
    code = models.CharField(pgettext_lazy("of a pass", "code"), max_length=CODE_DIGITS)
    voided_at = models.DateTimeField(pgettext_lazy("a pass", "withdrawn at"), null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("a pass", "withdrawn by"),
    )
    void_reason = models.CharField(
        pgettext_lazy("a pass", "why it was withdrawn"), max_length=LONGEST_REASON, blank=True
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number
